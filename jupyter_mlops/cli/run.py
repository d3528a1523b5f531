"""``jupyter mlops run``."""

from __future__ import annotations

import json
import os
from typing import Any

import click

from jupyter_mlops.cli.completions import experiment_ids, experiment_names, run_ids
from jupyter_mlops.cli.options import store_option
from jupyter_mlops.environments.managers import MANAGERS
from jupyter_mlops.projects.launches import run
from jupyter_mlops.storage.opened import set_tracking_uri

__all__ = ["command"]


def _pairs(_context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> dict[str, Any]:
    """``name=value`` by name; of docker's arguments a name alone is a flag."""
    pairs: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not (equals or parameter.name == "docker_args"):
            raise click.BadParameter(f"{text!r} is not name=value.")
        if name in pairs:
            raise click.BadParameter(f"{name!r} is given twice.")
        pairs[name] = value if equals else True
    return pairs


def _config(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Any:
    """A file's path as it is, else JSON."""
    if text is None or os.path.exists(text):
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"it is no file and no JSON: {error}") from None


@click.command("run")
@click.argument("uri")
@store_option
@click.option("-e", "--entry-point", default="main", show_default=True, metavar="NAME", help="An entry point of MLproject, or a script or notebook.")
@click.option("-v", "--version", metavar="VERSION", help="Branch, tag or commit of a Git project.")
@click.option("-P", "--param-list", "parameters", multiple=True, metavar="NAME=VALUE", callback=_pairs, help="A parameter; may be given often.")
@click.option("-A", "--docker-args", multiple=True, metavar="NAME[=VALUE]", callback=_pairs, help="An argument of docker run; may be given often.")
@click.option("--experiment-name", metavar="NAME", shell_complete=experiment_names, help="The experiment of the run, made when it is not there; MLFLOW_EXPERIMENT_NAME by default.")
@click.option("--experiment-id", metavar="ID", shell_complete=experiment_ids, help="The experiment of the run; MLFLOW_EXPERIMENT_ID by default.")
@click.option("-b", "--backend", default="local", show_default=True, metavar="NAME", help="Where it runs: local, dask, or one of another package.")
@click.option("-c", "--backend-config", metavar="FILE|JSON", callback=_config, help="Settings of the backend.")
@click.option("--env-manager", type=click.Choice(list(MANAGERS)), help="What makes the environment; by default the best that is installed.")
@click.option("--no-conda", is_flag=True, hidden=True)
@click.option("--storage-dir", metavar="FOLDER", envvar="MLFLOW_TMP_DIR", show_envvar=True, help="Where temporary folders are made.")
@click.option("--run-id", metavar="ID", shell_complete=run_ids, help="Go on with this run.")
@click.option("--run-name", metavar="NAME", help="Name of the run.")
@click.option("--build-image", is_flag=True, help="Of a docker project: build an image with the project in it.")
def command(store: str | None, no_conda: bool, **options: Any) -> None:
    """Run the project at URI: a folder, a Git repository or a .zip; URI#FOLDER is one inside.

    \b
      jupyter mlops run . -P alpha=0.5
      jupyter mlops run https://github.com/user/repo -v main -e validate
    """
    if options["experiment_name"] and options["experiment_id"]:
        raise click.UsageError("Give either --experiment-name or --experiment-id, not both.")
    if store:
        set_tracking_uri(store)
    if no_conda:
        options["env_manager"] = "local"
    submitted = run(**options)
    click.echo(f"Run {submitted.run_id} {submitted.get_status()}", err=True)
