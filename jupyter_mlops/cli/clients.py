"""The client that a command asks, and what its options name."""

from __future__ import annotations

import click

from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.plain_texts import shown
from jupyter_mlops.errors import NotFound
from jupyter_mlops.storage.http.addresses import is_server
from jupyter_mlops.storage.locate import is_store_there
from jupyter_mlops.storage.opened import get_tracking_uri, open_store, set_registry_uri, set_tracking_uri
from jupyter_mlops.tracking.client import MlflowClient

__all__ = ["client_at", "experiment_named"]


def client_at(store: str | None) -> MlflowClient:
    """A client of the store at `store`, which the whole command then means, for models too; of the one that is meant here for None."""
    if store:
        set_tracking_uri(store)
        set_registry_uri(store)
    place = get_tracking_uri()
    if not is_server(place) and not is_store_there(place):
        click.echo(f"There was no store at {shown(place, None)}: it is made. --store names another one.", err=True)
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
        raise NotFound(f"There is no experiment {name!r}: jupyter mlops experiments list shows them.")
    return found
