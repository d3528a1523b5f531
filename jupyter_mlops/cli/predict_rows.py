"""``jupyter mlops models predict``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.model_options import (
    environment_options,
    extra_option,
    model_option,
    override_option,
    trust_option,
)

__all__ = ["command"]


@click.command("predict")
@model_option
@click.option("-i", "--input-path", type=click.Path(exists=True, dir_okay=False), help="File of rows; standard input by default.")
@click.option("-o", "--output-path", type=click.Path(dir_okay=False), help="File for the predictions, .csv, .parquet or .json; standard output, as JSON, by default.")
@click.option("-t", "--content-type", type=click.Choice(["json", "csv", "parquet"]), help="What the input is; by its suffix, else json as a scoring server takes it.")
@trust_option
@environment_options()
@override_option
@extra_option
def command(
    model_uri: str, input_path: str | None, output_path: str | None, content_type: str | None, trust: bool, env_manager: str,
    install_mlflow: bool, pip_requirements_override: list[str], extra_envs: dict[str, str],
) -> None:  # fmt: skip
    """Predict for the rows of a file, which may be larger than memory.

    \b
      jupyter mlops models predict -m models:/wine@champion -i input.csv -o output.csv
      echo '{"inputs": [[1.0]]}' | jupyter mlops models predict -m runs:/01a2.../model
    """
    from jupyter_mlops.serving.model_environments import model_environment
    from jupyter_mlops.serving.predictions import predict_file_in

    with model_environment(
        model_uri, env_manager, pip_requirements_override=pip_requirements_override, install_mlflow=install_mlflow, trust=trust
    ) as environment:
        count = predict_file_in(environment, extra_envs, model_uri, input_path, output_path, kind=content_type, trust=trust)
    if output_path:
        click.echo(f"Predicted {count:,} row{'' if count == 1 else 's'} into {output_path}.", err=True)
