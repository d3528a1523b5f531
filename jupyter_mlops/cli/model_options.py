"""Options of the commands that run models or make something to run them in."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from jupyter_mlops.cli.options import Function, by_name, combined
from jupyter_mlops.environments.managers import MANAGERS

__all__ = ["environment_options", "extra_option", "image_options", "model_option", "override_option", "trust_option"]

URIS = "runs:/<run id>/<path>, models:/<name>/<version or stage>, models:/<name>@<alias>, or a folder."


def model_option(function: Function) -> Function:
    """``-m``, given to the command as ``model_uri``."""
    return click.option("-m", "--model-uri", required=True, metavar="URI", help=URIS)(function)


def trust_option(function: Function) -> Function:
    """``--trust``."""
    return click.option("--trust", is_flag=True, help="Run the model's own code even if you have not signed it.")(function)


def environment_options(default: str | None = "local") -> Callable[[Function], Function]:
    """``--env-manager``, with ``--no-conda`` for local as MLflow had it, and ``--install-mlflow``."""

    def options(function: Function) -> Function:
        @functools.wraps(function)
        def chosen(env_manager: str | None, no_conda: bool, **given: Any) -> Any:
            return function(env_manager="local" if no_conda else env_manager, **given)

        which = "local is this one" if default else "the best that is installed by default"
        manager = click.option("--env-manager", type=click.Choice(list(MANAGERS)), default=default, show_default=bool(default), help=f"What makes an environment of the model's own, once; {which}.")
        conda = click.option("--no-conda", is_flag=True, hidden=True)
        mlflow = click.option("--install-mlflow", is_flag=True, help="Install MLflow there, too; this package stands for it otherwise.")
        return manager(conda(mlflow(chosen)))

    return options


def override_option(function: Function) -> Function:
    """``-r``, given to the command as the list ``pip_requirements_override``."""

    def listed(_context: click.Context, _parameter: click.Parameter, text: str | None) -> list[str]:
        return [line.strip() for line in (text or "").split(",") if line.strip()]

    return click.option("-r", "--pip-requirements-override", metavar="A==1,B==2", callback=listed, help="Packages in the model's environment in place of its own.")(function)


def extra_option(function: Function) -> Function:
    """``--env``, given to the command as the dict ``extra_envs``."""
    return click.option("--env", "extra_envs", multiple=True, metavar="NAME=VALUE", callback=by_name, help="A variable of the model's process; may be given often.")(function)


image_options = combined(
    click.option("-m", "--model-uri", metavar="URI", help=f"{URIS} Without one it serves what is mounted at /opt/ml/model."),
    click.option("--env-manager", type=click.Choice(["local", "virtualenv", "uv"]), help="Without a model: what makes the environment of the one that is mounted, when the container starts."),
    click.option("--mlflow-home", hidden=True),
    click.option("--install-java", is_flag=True, help="Install Java, too."),
    click.option("--install-mlflow", is_flag=True, help="Install MLflow, too; this package stands for it otherwise."),
    click.option("--enable-mlserver", is_flag=True, hidden=True),
    click.option("--base-image", metavar="NAME", help="Image with Python and pip to begin with; python:<the model's Python>-slim by default."),
    click.option("--trust", is_flag=True, help="Let the model, and the packages that it names, run code in the container even if you have not signed it."),
)
"""What an image is made of, as `generate_dockerfile` takes it."""
