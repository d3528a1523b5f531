"""``jupyter mlops deployments …``."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

import click

from jupyter_mlops.cli.csv_files import write_whole
from jupyter_mlops.cli.groups import Group
from jupyter_mlops.cli.options import by_name, combined, json_option
from jupyter_mlops.cli.records import print_json
from jupyter_mlops.cli.tables import echo_table
from jupyter_mlops.deployments import targets
from jupyter_mlops.entities.plain_texts import shown
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.pyfunc.serving_inputs import FORMS, read_serving_input

__all__ = ["command"]

_target = click.option(
    "-t", "--target", metavar="URI", default=targets.get_deployments_target, show_default="MLFLOW_DEPLOYMENTS_TARGET, else local",
    shell_complete=lambda *_: list(targets.target_names()), help="The target, such as local or sagemaker:/eu-west-1.",
)  # fmt: skip
_name = click.option("--name", required=True, metavar="NAME", help="The deployment.")
_endpoint = click.option("--endpoint", metavar="NAME", help="The endpoint that it belongs to, where a target has some.")
_flavor = click.option("-f", "--flavor", metavar="NAME", help="Flavor of the model; the target chooses by default.")
_config = click.option("-C", "--config", multiple=True, metavar="NAME=VALUE", callback=by_name, help="A setting of the target; may be given often.")


def _call(function: Callable[..., Any], *arguments: Any, **given: Any) -> Any:
    """Call a plugin's method, which need not know of endpoints and settings."""
    known = inspect.signature(function).parameters
    return function(*arguments, **{name: value for name, value in given.items() if name in known})


@click.group("deployments", cls=Group)
def command() -> None:
    """Deploy models: to this machine, to SageMaker or Azure ML, and to where packages with an entry point
    jupyter_mlops.deployments take them. `jupyter mlops deployments targets` lists the targets.

    \b
      jupyter mlops deployments create -t local --name wine -m models:/wine@champion
      jupyter mlops deployments predict -t local --name wine -I bottles.csv
    """


@command.command("targets")
@json_option
def list_targets(as_json: bool) -> None:
    """List the targets that there are.

    \b
      jupyter mlops deployments targets
    """
    found = targets.target_names()
    if as_json:
        return print_json([{"name": name, "help": line} for name, line in found.items()])
    echo_table(("Target", "What it is"), found.items(), "There are none.")


@command.command("help")
@_target
def target_help(target: str) -> None:
    """Print what a target says of its URIs and settings.

    \b
      jupyter mlops deployments help -t local
    """
    click.echo(targets.target_help(target))


@command.command("create")
@_target
@_name
@click.option("-m", "--model-uri", required=True, metavar="URI", help="The model.")
@_flavor
@_config
@_endpoint
def create(target: str, name: str, model_uri: str, flavor: str | None, config: dict[str, str], endpoint: str | None) -> None:
    """Deploy a model.

    \b
      jupyter mlops deployments create -t local --name wine -m models:/wine@champion -C port=5001
    """
    made = _call(targets.get_deploy_client(target).create_deployment, name, model_uri, flavor, config=config, endpoint=endpoint)
    click.echo(f"{shown(made.get('flavor') or 'Model')} deployment {shown(made.get('name', name))} is created")
    if made.get("url"):
        click.echo(f"It answers at {shown(made['url'])}/invocations")


@command.command("update")
@_target
@_name
@click.option("-m", "--model-uri", metavar="URI", help="Another model.")
@_flavor
@_config
@_endpoint
def update(target: str, name: str, model_uri: str | None, flavor: str | None, config: dict[str, str], endpoint: str | None) -> None:
    """Give a deployment another model or other settings.

    \b
      jupyter mlops deployments update -t local --name wine -m models:/wine/4
    """
    update_deployment = targets.get_deploy_client(target).update_deployment
    _call(update_deployment, name, model_uri=model_uri, flavor=flavor, config=config, endpoint=endpoint)
    click.echo(f"Deployment {name} is updated")


@command.command("delete")
@_target
@_name
@_config
@_endpoint
def delete(target: str, name: str, config: dict[str, str], endpoint: str | None) -> None:
    """Remove a deployment.

    \b
      jupyter mlops deployments delete -t local --name wine
    """
    _call(targets.get_deploy_client(target).delete_deployment, name, config=config, endpoint=endpoint)
    click.echo(f"Deployment {name} is deleted")


@command.command("list")
@_target
@_endpoint
@json_option
def list_deployments(target: str, endpoint: str | None, as_json: bool) -> None:
    """List deployments.

    \b
      jupyter mlops deployments list -t local
    """
    found = _call(targets.get_deploy_client(target).list_deployments, endpoint=endpoint)
    if as_json:
        return print_json(found)
    rows = [one if isinstance(one, dict) else {"name": one} for one in found]
    echo_table(
        ("Name", "Status", "Model", "URL"),
        [(row.get("name", ""), row.get("status") or row.get("EndpointStatus") or "", row.get("model_uri") or "", row.get("url") or "") for row in rows],
        f"There are no deployments: jupyter mlops deployments create -t {shown(target)} --name NAME -m URI",
    )


@command.command("get")
@_target
@_name
@_endpoint
@json_option
def get(target: str, name: str, endpoint: str | None, as_json: bool) -> None:
    """Print what a deployment is.

    \b
      jupyter mlops deployments get -t local --name wine
    """
    found = _call(targets.get_deploy_client(target).get_deployment, name, endpoint=endpoint)
    if as_json:
        return print_json(found)
    for key, value in found.items():
        click.echo(f"{shown(key)}: {shown(value, None)}")


_asking = combined(
    _target,
    click.option("--name", metavar="NAME", help="The deployment."),
    click.option("--endpoint", metavar="NAME", help="Instead: the endpoint."),
    click.option("-I", "--input-path", required=True, type=click.Path(exists=True, dir_okay=False), help="A table: .csv, or JSON, also as a scoring server takes it."),
    click.option("-O", "--output-path", type=click.Path(dir_okay=False), help="Where the answer is written, as JSON; printed by default."),
)


@command.command("predict")
@_asking
def predict(target: str, name: str | None, endpoint: str | None, input_path: str, output_path: str | None) -> None:
    """Ask a deployed model.

    \b
      jupyter mlops deployments predict -t local --name wine -I bottles.csv
    """
    _ask(target, "predict", name, endpoint, input_path, output_path)


@command.command("explain")
@_asking
def explain(target: str, name: str | None, endpoint: str | None, input_path: str, output_path: str | None) -> None:
    """Ask a deployed model why it predicts so, where a target can.

    \b
      jupyter mlops deployments explain -t mycloud --name wine -I bottles.csv
    """
    _ask(target, "explain", name, endpoint, input_path, output_path)


def _ask(target: str, method: str, name: str | None, endpoint: str | None, input_path: str, output_path: str | None) -> None:
    if (name is None) == (endpoint is None):
        raise click.UsageError("Give either --name or --endpoint.")
    text = _json_text(_call(getattr(targets.get_deploy_client(target), method), name, _table(input_path), endpoint=endpoint))
    if output_path is None:
        click.echo(text)
    else:
        write_whole(output_path, text)


def _table(path: str) -> Any:
    """What a file has for a model: a table as pandas reads it, or what a scoring server is asked."""
    import pandas as pd  # only here

    try:
        if path.lower().endswith(".csv"):
            return pd.read_csv(path)
        with open(path, encoding="utf-8") as file:
            form = json.load(file)
        if isinstance(form, dict) and any(name in form for name in FORMS):
            data, params = read_serving_input(form, None)
            return data if params is None else (data, params)
        return pd.read_json(path)
    except ValueError as error:
        raise InvalidParameter(f"{path} cannot be read as a table: {error}") from error


def _json_text(predictions: Any) -> str:
    if hasattr(predictions, "to_json"):  # pandas' things, and MLflow's answers
        return str(predictions.to_json())
    return json.dumps(predictions.tolist() if hasattr(predictions, "tolist") else predictions)


@command.command("run-local")
@_target
@_name
@click.option("-m", "--model-uri", required=True, metavar="URI", help="The model.")
@_flavor
@_config
def run_local(target: str, name: str, model_uri: str, flavor: str | None, config: dict[str, str]) -> None:
    """Deploy a model on this machine as a target would.

    \b
      jupyter mlops deployments run-local -t local --name wine -m models:/wine/4
    """
    targets.run_local(target, name, model_uri, flavor, config)
