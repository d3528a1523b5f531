"""``jupyter mlops runs …``."""

from __future__ import annotations

import datetime

import click

from jupyter_mlops.cli.clients import client_at, experiment_named
from jupyter_mlops.cli.options import VIEWS, json_option, print_json, store_option, view_option
from jupyter_mlops.cli.run_records import run_record
from jupyter_mlops.cli.tables import echo_table
from jupyter_mlops.entities.tags import NOTE_TAG, PARENT_TAG
from jupyter_mlops.entities.variables import EXPERIMENT_ID, EXPERIMENT_NAME

__all__ = ["command"]


@click.group("runs")
def command() -> None:
    """List, describe, make, delete and restore runs."""


_run_id = click.option("--run-id", required=True, metavar="ID", help="Its id.")
_MOST = 50_000


@command.command("list")
@click.option("--experiment-id", required=True, metavar="ID", envvar="MLFLOW_EXPERIMENT_ID", help="Of this experiment.")
@view_option
@click.option("--max-results", type=click.IntRange(1, _MOST), default=_MOST, metavar="N", help="At most so many.")
@click.option("--filter", "filter_string", default="", metavar="FILTER", help="Only these: \"metrics.loss < 0.1\".")
@json_option
@store_option
def list_runs(experiment_id: str, view: str, max_results: int, filter_string: str, as_json: bool, store: str | None) -> None:
    """List runs of an experiment, the newest first."""
    client = client_at(store)
    client.get_experiment(experiment_id)
    runs = client.search_runs([experiment_id], filter_string, VIEWS[view], max_results, ["attributes.start_time DESC"])
    if as_json:
        return print_json([run_record(run) for run in runs])
    echo_table(["Date", "Name", "ID"], [[_date(run.info.start_time), run.info.run_name, run.info.run_id] for run in runs])


def _date(time_ms: int) -> str:
    return datetime.datetime.fromtimestamp(time_ms / 1000, datetime.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


@command.command("describe")
@_run_id
@store_option
def describe(run_id: str, store: str | None) -> None:
    """Print all of a run as JSON."""
    print_json(run_record(client_at(store).get_run(run_id)), indent=4)


@command.command("delete")
@_run_id
@store_option
def delete(run_id: str, store: str | None) -> None:
    """Delete a run; `restore` brings it back, `jupyter mlops gc` removes it for good."""
    client_at(store).delete_run(run_id)
    click.echo(f"Run with ID {run_id} has been deleted.")


@command.command("restore")
@_run_id
@store_option
def restore(run_id: str, store: str | None) -> None:
    """Bring back a deleted run."""
    client_at(store).restore_run(run_id)
    click.echo(f"Run with id {run_id} has been restored.")


@command.command("create")
@click.option("--experiment-id", metavar="ID", help="In this experiment; MLFLOW_EXPERIMENT_NAME and _ID say by default.")
@click.option("--experiment-name", metavar="NAME", help="In this one.")
@click.option("--run-name", metavar="NAME", help="Its name.")
@click.option("--description", metavar="TEXT", help="Markdown.")
@click.option("-t", "--tags", multiple=True, metavar="KEY=VALUE", help="A tag; may be given often.")
@click.option("--status", type=click.Choice(["RUNNING", "FINISHED", "FAILED", "KILLED"], case_sensitive=False), default="FINISHED", help="FINISHED by default.")
@click.option("--parent-run-id", metavar="ID", help="The run that it is a child of.")
@store_option
def create(
    experiment_id: str | None, experiment_name: str | None, run_name: str | None, description: str | None, tags: tuple[str, ...],
    status: str, parent_run_id: str | None, store: str | None,
) -> None:  # fmt: skip
    """Make a run."""
    if experiment_id is None and experiment_name is None:
        experiment_id, experiment_name = EXPERIMENT_ID.get(), EXPERIMENT_NAME.get()
    if (experiment_id is None) == (experiment_name is None):
        raise click.UsageError("Give either --experiment-id or --experiment-name.")
    given = dict(_pair(text) for text in tags)
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


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise click.UsageError(f"--tags {text!r} is not KEY=VALUE.")
    return key, value
