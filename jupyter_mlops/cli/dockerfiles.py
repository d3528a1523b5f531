"""``jupyter mlops models generate-dockerfile``."""

from __future__ import annotations

from typing import Any

import click

from jupyter_mlops.cli.model_options import image_options
from jupyter_mlops.serving.images import generate_dockerfile

__all__ = ["command"]


@click.command("generate-dockerfile")
@image_options
@click.option("-d", "--output-directory", default="mlflow-dockerfile", show_default=True, type=click.Path(file_okay=False), help="Where to write it; not there yet, or empty.")
def command(output_directory: str, **options: Any) -> None:
    """Write a folder that `docker build` makes an image of, which serves a model.

    \b
      jupyter mlops models generate-dockerfile -m models:/wine@champion -d wine-image
    """
    generate_dockerfile(output_directory=output_directory, **options)
    click.echo(f"Wrote {output_directory}: docker build -t NAME {output_directory}", err=True)
