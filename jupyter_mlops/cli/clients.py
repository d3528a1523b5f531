"""The client that a command asks, and what its options name."""

from __future__ import annotations

import click

from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.errors import NotFound
from jupyter_mlops.storage.opened import open_store, set_tracking_uri
from jupyter_mlops.tracking.client import MlflowClient

__all__ = ["client_at", "experiment_id_of", "experiment_named"]


def client_at(store: str | None) -> MlflowClient:
    """A client of the store at `store`, which the whole command then means; of the one that is meant here for None."""
    if store:
        set_tracking_uri(store)
    open_store()
    return MlflowClient()


def experiment_named(client: MlflowClient, name: str) -> Experiment:
    """The experiment of that name.

    Raises
    ------
    NotFound
        There is none.
    """
    found = client.get_experiment_by_name(name)
    if found is None:
        raise NotFound(f"There is no experiment {name!r}.")
    return found


def experiment_id_of(argument: str | None, option: str | None) -> str:
    """The id that was given, as an argument or by ``--experiment-id``.

    Raises
    ------
    click.UsageError
        None or two of them.
    """
    if argument and option and argument != option:
        raise click.UsageError(f"Two experiments are named: {argument} and {option}.")
    if not argument and not option:
        raise click.UsageError("Missing option '-x' / '--experiment-id'.")
    return argument or option or ""
