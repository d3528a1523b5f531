"""The run that a tracked cell had before, for ``--resume`` and ``--replace``."""

from __future__ import annotations

import logging
import re

from jupyter_mlops.context.notebooks import notebook_path
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import RunStatus, ViewType
from jupyter_mlops.entities.uris import without_secrets
from jupyter_mlops.errors import NotFound
from jupyter_mlops.storage.base import Store
from jupyter_mlops.tracking.run_references import NEWEST, find_run, in_quotes
from jupyter_mlops.tracking.run_states import look_again

__all__ = ["delete_former", "former_run"]

_log = logging.getLogger(__name__)
_WHOLE_ID = re.compile(r"[0-9a-f]{32}")


def former_run(store: Store, name: str | None, cell_id: str | None, experiment_id: str) -> Run | None:
    """The newest run of that name, or of that id, else of the cell; None when there is none yet.

    Raises
    ------
    NotFound
        `name` is a run id that is not there.
    """
    if name is None:
        return _of_cell(store, cell_id, experiment_id)
    try:
        return find_run(name, store, experiment_id)
    except NotFound:
        if _WHOLE_ID.fullmatch(name):
            raise
        return None


def _of_cell(store: Store, cell_id: str | None, experiment_id: str) -> Run | None:
    if cell_id is None:
        _log.warning("Nobody tells which cell this is, so its former run is not known: name the run, %%track NAME.")
        return None
    where = f"tags.`jupyter_mlops.cell_id` = {in_quotes(cell_id)}"
    if path := notebook_path():  # a copied notebook has the same cells
        where += f" AND tags.`jupyter_mlops.notebook` = {in_quotes(without_secrets(path))}"
    found = store.search_runs([experiment_id], where, ViewType.ACTIVE_ONLY, 1, NEWEST, None)
    return found[0] if found else None


def delete_former(store: Store, run: Run) -> None:
    """Set a run and those inside it to deleted, but for one that still runs."""
    info = store.get_run(run.info.run_id).info
    if not RunStatus.is_terminated(RunStatus.from_string(info.status)):
        _log.warning("Run %s still runs elsewhere and is not replaced.", info.run_name)
        return
    children = store.search_runs(None, f"tags.`mlflow.parentRunId` = '{info.run_id}'", ViewType.ACTIVE_ONLY, 1000, None, None)
    for child in children:
        delete_former(store, child)
    if info.lifecycle_stage == "active":
        store.delete_run(info.run_id)
        look_again(store, info.run_id)
