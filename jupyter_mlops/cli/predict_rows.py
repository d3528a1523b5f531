"""``jupyter mlops models predict``."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("predict")
@click.option("-m", "--model-uri", required=True, metavar="URI", help="runs:/<run id>/<path>, models:/<name>/<version or stage>, models:/<name>@<alias>, or a folder.")
@click.option("-i", "--input-path", type=click.Path(exists=True, dir_okay=False), help="File of rows; standard input by default.")
@click.option("-o", "--output-path", type=click.Path(dir_okay=False), help="File for the predictions, .csv, .parquet or .json; standard output, as JSON, by default.")
@click.option("-t", "--content-type", type=click.Choice(["json", "csv", "parquet"]), help="What the input is; by its suffix, else json as a scoring server takes it.")
@click.option("--trust", is_flag=True, help="Run the model's own code even if you have not signed it.")
@click.option("--env-manager", type=click.Choice(["local"]), default="local", show_default=True, help="The environment that the model runs in: this one.")
@click.option("--no-conda", is_flag=True, hidden=True)
def command(
    model_uri: str, input_path: str | None, output_path: str | None, content_type: str | None, trust: bool, env_manager: str, no_conda: bool
) -> None:
    """Predict for the rows of a file, which may be larger than memory.

    \b
      jupyter mlops models predict -m models:/wine@champion -i input.csv -o output.csv
      echo '{"inputs": [[1.0]]}' | jupyter mlops models predict -m runs:/01a2.../model
    """
    from jupyter_mlops.serving.batches import predict_file

    count = predict_file(model_uri, input_path, output_path, kind=content_type, trust=trust, shown=True)
    if output_path:
        click.echo(f"Predicted {count:,} row{'' if count == 1 else 's'} into {output_path}.", err=True)
