"""The runs that a tracked cell had before, for ``--resume`` and ``--replace``."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from jupyter_mlops.context.notebooks import notebook_path
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import RunStatus, ViewType
from jupyter_mlops.entities.tags import SWEEP_TAG, TRACKED_CELL_TAG
from jupyter_mlops.entities.uris import without_secrets
from jupyter_mlops.errors import NotFound
from jupyter_mlops.storage.base import Store
from jupyter_mlops.tracking.run_references import NEWEST, find_run, in_quotes
from jupyter_mlops.tracking.run_states import look_again

__all__ = ["delete_formers", "former_runs"]

_log = logging.getLogger(__name__)
_WHOLE_ID = re.compile(r"[0-9a-f]{32}")
_MOST = 50


def former_runs(store: Store, name: str | None, cell_id: str | None, experiment_id: str) -> list[Run]:
    """The runs of that name or that id, else of the cell: from the newest back to the last one that finished.

    Raises
    ------
    NotFound
        `name` is a run id that is not there.
    """
    if name is None and cell_id is None:
        _log.warning("Nobody tells which cell this is, so its former run is not known: name the run, %%track NAME.")
        return []
    where = f"attributes.run_name = {in_quotes(name)}" if name else _of_cell(str(cell_id))
    found = _found(store, experiment_id, where)
    finished = next((place for place, run in enumerate(found) if run.info.status == "FINISHED"), 0)
    return found[: finished + 1] or _of_id(store, name, experiment_id)


def _found(store: Store, experiment_id: str, where: str) -> list[Run]:
    """The newest of them that are no sweeps, behind however many sweeps."""
    token = None
    while True:
        page = store.search_runs([experiment_id], where, ViewType.ACTIVE_ONLY, _MOST, NEWEST, token)
        found, token = [run for run in page if SWEEP_TAG not in run.data.tags], page.token
        if found or token is None:
            return found


def _of_cell(cell_id: str) -> str:
    where = f"tags.`{TRACKED_CELL_TAG}` = {in_quotes(cell_id)}"
    if path := notebook_path():  # a copied notebook has the same cells
        where += f" AND tags.`jupyter_mlops.notebook` = {in_quotes(without_secrets(path))}"
    return where


def _of_id(store: Store, name: str | None, experiment_id: str) -> list[Run]:
    try:
        found = [find_run(name, store, experiment_id)] if name else []
        return [run for run in found if SWEEP_TAG not in run.data.tags]
    except NotFound:
        if name and _WHOLE_ID.fullmatch(name):
            raise
        return []


def delete_formers(store: Store, runs: Sequence[Run]) -> None:
    """Set runs and those inside them to deleted, but for what still runs."""
    for info in (run.info for run in store.get_runs([run.info.run_id for run in runs])):
        if not RunStatus.is_terminated(RunStatus.from_string(info.status)):
            _log.warning("Run %s still runs elsewhere and is not replaced.", info.run_name)
            continue
        inside = f"tags.`mlflow.parentRunId` = '{info.run_id}'"
        delete_formers(store, store.search_runs(None, inside, ViewType.ACTIVE_ONLY, 1000, None, None))
        if info.lifecycle_stage == "active":
            store.delete_run(info.run_id)
            look_again(store, info.run_id)
