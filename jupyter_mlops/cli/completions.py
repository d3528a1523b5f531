"""What a shell's Tab key offers for ids and names: what the store has."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from jupyter_mlops.tracking.client import MlflowClient

__all__ = ["Completer", "aliases", "experiment_ids", "experiment_names", "model_names", "run_ids", "versions"]

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
Finder = Callable[["MlflowClient", click.Context], Iterator[tuple[str, str | None]]]
_MOST = 200
_PATIENCE = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "2", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}  # nobody waits for the Tab key


def _completer(find: Finder) -> Completer:
    def complete(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from jupyter_mlops.cli.clients import client_at
        from jupyter_mlops.storage.http.addresses import is_server
        from jupyter_mlops.storage.locate import is_store_there
        from jupyter_mlops.storage.opened import get_tracking_uri, location_of

        os.environ.update(_PATIENCE)
        with contextlib.suppress(Exception):  # a line is being typed: no error may stand in it
            store = context.params.get("store")
            place = location_of(store) if store else get_tracking_uri()
            if is_server(place) or is_store_there(place):  # looking makes none
                found = find(client_at(store), context)
                return [CompletionItem(value, help=_help(text)) for value, text in found if value.startswith(incomplete) and value.isprintable()]
        return []

    return complete


def _help(text: str | None) -> str | None:
    return text if text and text.isprintable() else None


@_completer
def experiment_ids(client: MlflowClient, _context: click.Context) -> Iterator[tuple[str, str | None]]:
    """Ids of experiments, with their names."""
    return ((e.experiment_id, e.name) for e in client.search_experiments(max_results=_MOST))


@_completer
def experiment_names(client: MlflowClient, _context: click.Context) -> Iterator[tuple[str, str | None]]:
    """Names of experiments."""
    return ((e.name, None) for e in client.search_experiments(max_results=_MOST))


@_completer
def run_ids(client: MlflowClient, _context: click.Context) -> Iterator[tuple[str, str | None]]:
    """Ids of the newest runs, with their names."""
    experiments = [e.experiment_id for e in client.search_experiments(max_results=_MOST)]
    return ((run.info.run_id, run.info.run_name) for run in client.search_runs(experiments, "", 3, _MOST))


@_completer
def model_names(client: MlflowClient, _context: click.Context) -> Iterator[tuple[str, str | None]]:
    """Names of registered models."""
    return ((model.name, None) for model in client.search_registered_models(max_results=_MOST))


@_completer
def aliases(client: MlflowClient, context: click.Context) -> Iterator[tuple[str, str | None]]:
    """Aliases of the model that the line names, with their versions."""
    return ((alias, f"version {version}") for alias, version in client.get_registered_model(context.params["name"]).aliases.items())


@_completer
def versions(client: MlflowClient, context: click.Context) -> Iterator[tuple[str, str | None]]:
    """Versions of the model that the line names, with their stages."""
    quoted = context.params["name"].replace("'", "''")
    return ((v.version, v.current_stage) for v in client.search_model_versions(f"name = '{quoted}'", _MOST))
