"""The versions of a model, page by page, and all that there is to know of one."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.entities.registered_models import ModelVersion
from jupyter_mlops.entities.registry_pages import SourceRun, VersionPage
from jupyter_mlops.storage.base import Store
from jupyter_mlops.views.registry.folders import read_folder
from jupyter_mlops.views.registry.histories import last_move
from jupyter_mlops.views.registry.models import model_head

__all__ = ["model_version", "model_versions", "version_rows"]


def model_versions(
    store: Store, name: str, search: str = "", limit: int = 100, page: str | None = None
) -> dict[str, Any]:
    """A model and one page of its versions, the newest first.

    Parameters
    ----------
    store : Store
    name : str
    search : str
        Text in description, user, stage, aliases, tags or the source run's name, in any case; or a version's number.
    limit : int, 1 to 500
    page : str, optional
        What ``next`` was.

    Returns
    -------
    dict
        ``model`` with its gates, ``versions``, ``metrics`` (the keys that most of these versions have, at most 12), ``next``,
        ``total`` and ``undo``, the last move that can be taken back.

    Raises
    ------
    NotFound
        There is no such model.

    Notes
    -----
    A few sessions, however many versions. Runs are looked up in the same store.
    """
    found = store.versions_page(name, search, limit, page)
    assert found.model is not None
    gates = [
        {"gate_id": gate.gate_id, "stage": gate.stage, "alias": gate.alias, "rule": gate.rule}
        for gate in store.get_gates(name)
    ]
    return {
        "model": {**model_head(found.model), "gates": gates},
        "versions": version_rows(found),
        "metrics": found.metrics,
        "next": found.token,
        "total": found.total,
        "undo": last_move(store, name),
    }


def version_rows(page: VersionPage) -> list[dict[str, Any]]:
    """Versions with what is shown of their source runs."""
    return [_row(version, page.runs.get(version.run_id or "")) for version in page.versions]


def _row(version: ModelVersion, run: SourceRun | None) -> dict[str, Any]:
    return {
        "version": version.version,
        "stage": version.current_stage,
        "aliases": version.aliases,
        "created": version.creation_timestamp,
        "updated": version.last_updated_timestamp,
        "user": version.user_id,
        "description": version.description,
        "run_id": version.run_id,
        "run_name": run and run.run_name,
        "experiment": run and run.experiment,
        "source": version.source,
        "tags": version.tags,
        "metrics": {key: as_json(value) for key, value in run.metrics.items()} if run else {},
    }


def model_version(store: Store, name: str, version: str) -> dict[str, Any]:
    """A version with all params and metrics of its run, and what the model's folder says of it.

    Raises
    ------
    NotFound
        There is no such version.

    Notes
    -----
    Reads two small files of the folder and loads nothing of it; a folder that cannot be read is a ``problem``.
    """
    found = store.get_model_version(name, version)
    (row,) = version_rows(store.versions_named([(found.name, found.version)]))
    runs = store.get_runs([found.run_id] if found.run_id else [])
    params, metrics = (runs[0].data.params, runs[0].data.metrics) if runs else ({}, {})
    folder = msgspec.to_builtins(read_folder(store, found))
    return {**row, "params": params, "metrics": {k: as_json(v) for k, v in metrics.items()}, **folder}
