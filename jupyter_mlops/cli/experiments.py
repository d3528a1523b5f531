"""``jupyter mlops experiments …``."""

from __future__ import annotations

import click

from jupyter_mlops.cli.clients import client_at, experiment_named
from jupyter_mlops.cli.completions import experiment_names
from jupyter_mlops.cli.csv_files import csv_text, write_whole
from jupyter_mlops.cli.groups import Group
from jupyter_mlops.cli.options import (
    COUNT,
    VIEWS,
    experiment_option,
    json_option,
    output_option,
    store_option,
    time_text,
    view_option,
)
from jupyter_mlops.cli.records import print_json, print_json_list
from jupyter_mlops.cli.tables import echo_facts, echo_table
from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.tracking.run_frames import runs_to_frame

__all__ = ["command"]

_PAGE = 1000


@click.group("experiments", cls=Group)
def command() -> None:
    """Make, list, rename, delete and restore experiments.

    \b
      jupyter mlops experiments create -n wine
      jupyter mlops experiments list --view all
    """


@command.command("create")
@click.option("-n", "--experiment-name", required=True, metavar="NAME", help="Its name.")
@click.option("-l", "--artifact-location", metavar="URI", help="Where artifacts of its runs are kept.")
@store_option
def create(experiment_name: str, artifact_location: str | None, store: str | None) -> None:
    """Make an experiment.

    \b
      jupyter mlops experiments create -n wine
    """
    made = client_at(store).create_experiment(experiment_name, artifact_location)
    click.echo(f"Created experiment {experiment_name!r} with id {made}")


@command.command("search")
@view_option
@click.option("--max-results", type=COUNT, metavar="N", help="At most so many; all by default.")
@json_option
@store_option
def search(view: str, max_results: int | None, as_json: bool, store: str | None) -> None:
    """List experiments.

    \b
      jupyter mlops experiments list --view deleted_only
    """
    client = client_at(store)
    found = every_page(lambda size, token: client.search_experiments(VIEWS[view], size, page_token=token), max_results, _PAGE)
    found.sort(key=lambda experiment: experiment.experiment_id)
    if as_json:
        return print_json_list(found)
    echo_table(["Experiment Id", "Name", "Artifact Location"], [[e.experiment_id, e.name, e.artifact_location] for e in found], "There is none of these.")


command.add_command(search, "list")


@command.command("get")
@experiment_option
@click.option("-n", "--experiment-name", metavar="NAME", shell_complete=experiment_names, help="Its name.")
@output_option
@store_option
def get(experiment_id: str | None, experiment_name: str | None, as_json: bool, store: str | None) -> None:
    """Print what an experiment is.

    \b
      jupyter mlops experiments get -n wine --json
    """
    if (experiment_id is None) == (experiment_name is None):
        raise click.UsageError("Give either an id or --experiment-name.")
    client = client_at(store)
    experiment = client.get_experiment(experiment_id) if experiment_id else experiment_named(client, experiment_name or "")
    if as_json:
        return print_json(experiment)
    echo_facts({
        "Experiment ID": experiment.experiment_id,
        "Name": experiment.name,
        "Artifact Location": experiment.artifact_location,
        "Lifecycle Stage": experiment.lifecycle_stage,
        "Creation Time": time_text(experiment.creation_time),
        "Last Update Time": time_text(experiment.last_update_time),
        "Tags": ", ".join(f"{key}={value}" for key, value in sorted(experiment.tags.items())),
    })  # fmt: skip


@command.command("delete")
@experiment_option
@store_option
def delete(experiment_id: str, store: str | None) -> None:
    """Delete an experiment with its runs; `restore` brings it back, `jupyter mlops gc` removes it for good.

    \b
      jupyter mlops experiments delete 3
    """
    client_at(store).delete_experiment(experiment_id)
    click.echo(f"Experiment with ID {experiment_id} has been deleted.")


@command.command("restore")
@experiment_option
@store_option
def restore(experiment_id: str, store: str | None) -> None:
    """Bring back a deleted experiment.

    \b
      jupyter mlops experiments restore 3
    """
    client_at(store).restore_experiment(experiment_id)
    click.echo(f"Experiment with id {experiment_id} has been restored.")


@command.command("rename")
@experiment_option
@click.option("--new-name", required=True, metavar="NAME", help="Its new name.")
@store_option
def rename(experiment_id: str, new_name: str, store: str | None) -> None:
    """Rename an experiment.

    \b
      jupyter mlops experiments rename 3 --new-name wine
    """
    client_at(store).rename_experiment(experiment_id, new_name)
    click.echo(f"Experiment with id {experiment_id} has been renamed to {new_name!r}.")


@command.command("csv")
@experiment_option
@click.option("-o", "--filename", type=click.Path(dir_okay=False), metavar="FILE", help="Write it there.")
@store_option
def csv(experiment_id: str, filename: str | None, store: str | None) -> None:
    """Print all runs of an experiment as CSV.

    Text that a spreadsheet would take for a formula begins with an apostrophe.

    \b
      jupyter mlops experiments csv 3 -o runs.csv
    """
    client = client_at(store)
    client.get_experiment(experiment_id)
    frame = runs_to_frame(every_page(lambda size, token: client.search_runs([experiment_id], max_results=size, page_token=token), None, _PAGE))
    if not filename:
        return click.echo(csv_text(frame), nl=False)
    write_whole(filename, csv_text(frame))
    click.echo(f"Experiment with ID {experiment_id} has been exported as a CSV to file: {filename}.")
