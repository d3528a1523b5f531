"""``jupyter mlops models build-docker``."""

from __future__ import annotations

from typing import Any

import click

from jupyter_mlops.cli.model_options import image_options
from jupyter_mlops.serving.images import build_docker

__all__ = ["command"]


@click.command("build-docker")
@image_options
@click.option("-n", "--name", default="mlflow-pyfunc-servable", show_default=True, metavar="NAME", help="Name of the image, maybe with a tag.")
def command(name: str, **options: Any) -> None:
    """Build an image that serves a model, by docker or podman.

    \b
      jupyter mlops models build-docker -m models:/wine@champion -n wine
      docker run -p 127.0.0.1:5001:8080 wine
    """
    build_docker(name=name, **options)
    mount = "" if options["model_uri"] else "-v FOLDER:/opt/ml/model "
    click.echo(f"The image {name} is there: docker run {mount}-p 127.0.0.1:5001:8080 {name}", err=True)
