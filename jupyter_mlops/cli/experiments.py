"""``jupyter mlops experiments …``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from jupyter_mlops.cli.clients import client_at, experiment_id_of, experiment_named
from jupyter_mlops.cli.options import VIEWS, json_option, print_json, store_option, time_text, view_option
from jupyter_mlops.cli.tables import echo_table
from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.tracking.run_frames import runs_to_frame

__all__ = ["command"]

_MOST = 50_000


@click.group("experiments")
def command() -> None:
    """Make, list, rename, delete and restore experiments."""


def _id(function: Callable[..., Any]) -> Callable[..., Any]:
    """An experiment's id, by option as MLflow has it, or as argument."""
    option = click.option("-x", "--experiment-id", metavar="ID", help="Its id.")
    return click.argument("argument", metavar="[ID]", required=False)(option(function))


@command.command("create")
@click.option("-n", "--experiment-name", required=True, metavar="NAME", help="Its name.")
@click.option("-l", "--artifact-location", metavar="URI", help="Where artifacts of its runs are kept.")
@store_option
def create(experiment_name: str, artifact_location: str | None, store: str | None) -> None:
    """Make an experiment."""
    made = client_at(store).create_experiment(experiment_name, artifact_location)
    click.echo(f"Created experiment {experiment_name!r} with id {made}")


@command.command("search")
@view_option
@click.option("--max-results", type=click.IntRange(1, _MOST), default=_MOST, metavar="N", help="At most so many.")
@json_option
@store_option
def search(view: str, max_results: int, as_json: bool, store: str | None) -> None:
    """List experiments."""
    found = sorted(client_at(store).search_experiments(VIEWS[view], max_results=max_results), key=lambda e: e.experiment_id)
    if as_json:
        return print_json(found)
    echo_table(["Experiment Id", "Name", "Artifact Location"], [[e.experiment_id, e.name, e.artifact_location] for e in found])


command.add_command(search, "list")


@command.command("get")
@_id
@click.option("-n", "--experiment-name", metavar="NAME", help="Its name.")
@json_option
@click.option("--output", type=click.Choice(["table", "json"]), default="table", help="table by default.")
@store_option
def get(argument: str | None, experiment_id: str | None, experiment_name: str | None, as_json: bool, output: str, store: str | None) -> None:
    """Print what an experiment is."""
    client = client_at(store)
    if experiment_name is None:
        experiment = client.get_experiment(experiment_id_of(argument, experiment_id))
    elif argument or experiment_id:
        raise click.UsageError("Give either an id or --experiment-name, not both.")
    else:
        experiment = experiment_named(client, experiment_name)
    if as_json or output == "json":
        return print_json(experiment)
    rows = {
        "Experiment ID": experiment.experiment_id,
        "Name": experiment.name,
        "Artifact Location": experiment.artifact_location,
        "Lifecycle Stage": experiment.lifecycle_stage,
        "Creation Time": time_text(experiment.creation_time),
        "Last Update Time": time_text(experiment.last_update_time),
        "Tags": ", ".join(f"{key}={value}" for key, value in sorted(experiment.tags.items())),
    }
    for name, value in rows.items():
        click.echo(f"{name:<19}: {value}")


@command.command("delete")
@_id
@store_option
def delete(argument: str | None, experiment_id: str | None, store: str | None) -> None:
    """Delete an experiment with its runs; `restore` brings it back, `jupyter mlops gc` removes it for good."""
    meant = experiment_id_of(argument, experiment_id)
    client_at(store).delete_experiment(meant)
    click.echo(f"Experiment with ID {meant} has been deleted.")


@command.command("restore")
@_id
@store_option
def restore(argument: str | None, experiment_id: str | None, store: str | None) -> None:
    """Bring back a deleted experiment."""
    meant = experiment_id_of(argument, experiment_id)
    client_at(store).restore_experiment(meant)
    click.echo(f"Experiment with id {meant} has been restored.")


@command.command("rename")
@_id
@click.option("--new-name", required=True, metavar="NAME", help="Its new name.")
@store_option
def rename(argument: str | None, experiment_id: str | None, new_name: str, store: str | None) -> None:
    """Rename an experiment."""
    meant = experiment_id_of(argument, experiment_id)
    client_at(store).rename_experiment(meant, new_name)
    click.echo(f"Experiment with id {meant} has been renamed to {new_name!r}.")


@command.command("csv")
@_id
@click.option("-o", "--filename", metavar="FILE", help="Write it there.")
@store_option
def csv(argument: str | None, experiment_id: str | None, filename: str | None, store: str | None) -> None:
    """Print all runs of an experiment as CSV."""
    meant = experiment_id_of(argument, experiment_id)
    client = client_at(store)
    client.get_experiment(meant)
    runs = every_page(lambda size, token: client.search_runs([meant], max_results=size, page_token=token), None, 1000)
    frame = runs_to_frame(runs)
    if not filename:
        return click.echo(frame.to_csv(index=False), nl=False)
    frame.to_csv(filename, index=False)
    click.echo(f"Experiment with ID {meant} has been exported as a CSV to file: {filename}.")
