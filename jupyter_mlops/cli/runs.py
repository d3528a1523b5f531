"""``jupyter mlops runs …``."""

from __future__ import annotations

import contextlib
import datetime
from typing import Any

import click

from jupyter_mlops.cli.clients import client_at, experiment_named
from jupyter_mlops.cli.completions import experiment_ids, experiment_names, run_ids
from jupyter_mlops.cli.groups import Group
from jupyter_mlops.cli.options import COUNT, VIEWS, json_option, run_option, store_option, tags_option, view_option
from jupyter_mlops.cli.records import print_json, print_json_list
from jupyter_mlops.cli.run_records import run_record
from jupyter_mlops.cli.tables import echo_table
from jupyter_mlops.entities.page_walks import each_of_pages
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.tags import NOTE_TAG, PARENT_TAG
from jupyter_mlops.entities.variables import EXPERIMENT_ID, EXPERIMENT_NAME
from jupyter_mlops.errors import ServerLacks
from jupyter_mlops.storage.opened import open_store

__all__ = ["command"]

_PAGE = 1000


@click.group("runs", cls=Group)
def command() -> None:
    """List, describe, make, delete and restore runs.

    \b
      jupyter mlops runs list --experiment-id 1
      jupyter mlops runs describe --run-id 01a2...
    """


@command.command("list")
@click.option("-x", "--experiment-id", metavar="ID", envvar="MLFLOW_EXPERIMENT_ID", show_envvar=True, shell_complete=experiment_ids, help="Of this experiment.")
@click.option("-n", "--experiment-name", metavar="NAME", shell_complete=experiment_names, help="Of this experiment.")
@view_option
@click.option("--max-results", type=COUNT, metavar="N", help="At most so many; all by default.")
@click.option("--filter", "filter_string", default="", metavar="FILTER", help="Only these: \"metrics.loss < 0.1\".")
@json_option
@store_option
def list_runs(
    experiment_id: str | None, experiment_name: str | None, view: str, max_results: int | None, filter_string: str, as_json: bool, store: str | None
) -> None:
    """List runs of an experiment, the newest first.

    \b
      jupyter mlops runs list -n wine --filter "metrics.loss < 0.1"
    """
    if experiment_id is None and experiment_name is None:
        raise click.UsageError("Missing option '-x' / '--experiment-id' or '-n' / '--experiment-name'.")
    client = client_at(store)
    meant = experiment_named(client, experiment_name) if experiment_name else client.get_experiment(experiment_id or "")
    order = ["attributes.start_time DESC"]
    runs = each_of_pages(
        lambda size, token: client.search_runs([meant.experiment_id], filter_string, VIEWS[view], size, order, token), max_results, _PAGE
    )
    if as_json:
        return print_json_list(run_record(run) for run in runs)
    empty = "No run is like that." if filter_string or view != "active_only" else "No runs yet: %%track on top of a cell, or mlflow.start_run(), makes one."
    echo_table(["Date", "Name", "ID"], ([_date(run.info.start_time), run.info.run_name, run.info.run_id] for run in runs), empty)


def _date(time_ms: int) -> str:
    try:
        return datetime.datetime.fromtimestamp(time_ms / 1000, datetime.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError):  # of no calendar
        return str(time_ms)


@command.command("describe")
@run_option
@json_option
@store_option
def describe(run_id: str, as_json: bool, store: str | None) -> None:
    """Print all of a run, as JSON with or without --json.

    \b
      jupyter mlops runs describe --run-id 01a2...
    """
    run = client_at(store).get_run(run_id)
    print_json(run_record(run) | {"outputs": {"model_outputs": _models_of(run)}}, indent=4)


def _models_of(run: Run) -> list[dict[str, Any]]:
    with contextlib.suppress(ServerLacks):
        found = open_store().search_logged_models([run.info.experiment_id], f"source_run_id = '{run.info.run_id}'", _PAGE, None, None)
        return [{"model_id": model.model_id, "step": 0} for model in found]
    return []


@command.command("delete")
@run_option
@store_option
def delete(run_id: str, store: str | None) -> None:
    """Delete a run; `restore` brings it back, `jupyter mlops gc` removes it for good.

    \b
      jupyter mlops runs delete --run-id 01a2...
    """
    client_at(store).delete_run(run_id)
    click.echo(f"Run with ID {run_id} has been deleted.")


@command.command("restore")
@run_option
@store_option
def restore(run_id: str, store: str | None) -> None:
    """Bring back a deleted run.

    \b
      jupyter mlops runs restore --run-id 01a2...
    """
    client_at(store).restore_run(run_id)
    click.echo(f"Run with id {run_id} has been restored.")


@command.command("create")
@click.option("-x", "--experiment-id", metavar="ID", shell_complete=experiment_ids, help="In this experiment; MLFLOW_EXPERIMENT_NAME and _ID say by default.")
@click.option("-n", "--experiment-name", metavar="NAME", shell_complete=experiment_names, help="In this one.")
@click.option("--run-name", metavar="NAME", help="Its name.")
@click.option("--description", metavar="TEXT", help="Markdown.")
@tags_option
@click.option("--status", type=click.Choice(["RUNNING", "FINISHED", "FAILED", "KILLED"], case_sensitive=False), default="FINISHED", show_default=True, help="What becomes of it.")
@click.option("--parent-run-id", metavar="ID", shell_complete=run_ids, help="The run that it is a child of.")
@json_option
@store_option
def create(
    experiment_id: str | None, experiment_name: str | None, run_name: str | None, description: str | None, tags: dict[str, str],
    status: str, parent_run_id: str | None, as_json: bool, store: str | None,
) -> None:  # fmt: skip
    """Make a run, and print what it is, as JSON with or without --json.

    \b
      jupyter mlops runs create -n wine --run-name bought --status finished -t origin=vendor
    """
    if experiment_id is None and experiment_name is None:
        experiment_id, experiment_name = EXPERIMENT_ID.get(), EXPERIMENT_NAME.get()
    if (experiment_id is None) == (experiment_name is None):
        raise click.UsageError("Give either --experiment-id or --experiment-name.")
    given = dict(tags)
    given |= {NOTE_TAG: description} if description else {}
    given |= {PARENT_TAG: parent_run_id} if parent_run_id else {}
    client = client_at(store)
    if parent_run_id:
        client.get_run(parent_run_id)
    if experiment_name is not None:
        experiment_id = experiment_named(client, experiment_name).experiment_id
    assert experiment_id is not None
    run = client.create_run(experiment_id, run_name=run_name, tags=given)
    if status.upper() != "RUNNING":
        client.set_terminated(run.info.run_id, status.upper())
    print_json({"run_id": run.info.run_id, "experiment_id": experiment_id, "status": status.upper(), "run_name": run.info.run_name})
