"""``jupyter mlops models update-pip-requirements``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.model_options import model_option
from jupyter_mlops.models.changes import update_model_requirements

__all__ = ["command"]


@click.command("update-pip-requirements")
@model_option
@click.argument("operation", type=click.Choice(["add", "remove"]))
@click.argument("requirements", nargs=-1, required=True, metavar="REQUIREMENT…")
def command(model_uri: str, operation: str, requirements: tuple[str, ...]) -> None:
    """Add packages to what a model needs, or remove some; not of a registered version, which stays what it is.

    \b
      jupyter mlops models update-pip-requirements -m runs:/01a2.../model add "pandas>=2" pillow
    """
    update_model_requirements(model_uri, operation, requirements)
