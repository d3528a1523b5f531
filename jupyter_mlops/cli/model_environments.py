"""``jupyter mlops models prepare-env``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.model_options import environment_options, model_option, override_option, trust_option
from jupyter_mlops.serving.model_environments import model_environment

__all__ = ["command"]


@click.command("prepare-env")
@model_option
@environment_options(default=None)
@override_option
@trust_option
def command(model_uri: str, env_manager: str | None, install_mlflow: bool, pip_requirements_override: list[str], trust: bool) -> None:
    """Make the environment of a model, which serve and predict find by its content then; prints its Python.

    \b
      jupyter mlops models prepare-env -m models:/wine@champion
    """
    with model_environment(
        model_uri, env_manager, pip_requirements_override=pip_requirements_override, install_mlflow=install_mlflow, trust=trust
    ) as environment:
        click.echo(environment.python)
