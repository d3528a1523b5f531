"""The code that a run was made by, and the environment that it ran in."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import (
    BRANCH_TAG,
    CELL_ID_TAG,
    COMMIT_TAG,
    DIRTY_TAG,
    HOST_TAG,
    NOTEBOOK_TAG,
    PYTHON_TAG,
    REPOSITORY_TAG,
    REPRODUCES_TAG,
    SOURCE_NAME_TAG,
    SOURCE_TYPE_TAG,
    USER_TAG,
)
from jupyter_mlops.reproduction.recordings import DIFF, read_text, recorded_packages, recording_of
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.tracking.run_references import in_quotes

__all__ = ["run_code"]

_MOST_DIFF, _MOST_OTHERS = 500_000, 20
_SOURCE = (SOURCE_NAME_TAG, SOURCE_TYPE_TAG, NOTEBOOK_TAG, CELL_ID_TAG, COMMIT_TAG, BRANCH_TAG, REPOSITORY_TAG, DIRTY_TAG)
_MACHINE = (PYTHON_TAG, HOST_TAG, USER_TAG, *(f"jupyter_mlops.{name}" for name in ("cpu", "memory", "gpu")))


def run_code(store: TrackingStore, run_id: str) -> dict[str, Any]:
    """What a run was made of.

    Returns
    -------
    dict
        ``cells`` in the order of their execution, the run's own last (``source, cell_id, count, failed``), ``hidden`` (``names, why``
        of what the notebook no longer tells), ``diff`` (what was not committed, its first 500 kB), ``source`` and ``machine`` (tags
        by the last part of their names), ``packages`` (rows of name and version), and ``others``: runs to compare it with, the one
        that it makes again and those of the same cell first (``run_id, name, status, start_time, why``).

    Raises
    ------
    NotFound
        There is no such run.
    """
    run = store.get_run(run_id)
    recording, tags = recording_of(store, run), run.data.tags
    diff = read_text(run, DIFF)
    return {
        "cells": [msgspec.structs.asdict(cell) for cell in recording.cells],
        "hidden": [msgspec.structs.asdict(one) for one in recording.hidden],
        "diff": diff and diff[:_MOST_DIFF],
        "source": {key.rpartition(".")[2]: tags[key] for key in _SOURCE if key in tags},
        "machine": {key.rpartition(".")[2]: tags[key] for key in _MACHINE if key in tags},
        "packages": list(map(list, recorded_packages(run).items())),
        "others": _others(store, run),
    }


def _others(store: TrackingStore, run: Run) -> list[dict[str, Any]]:
    again, cell = run.data.tags.get(REPRODUCES_TAG), run.data.tags.get(CELL_ID_TAG)
    found = [(one, "reproduced") for one in (store.get_runs([again]) if again else [])]
    for why, filter_string in (("cell", f"tags.`{CELL_ID_TAG}` = {in_quotes(cell)}" if cell else None), ("experiment", "")):
        if filter_string is not None:
            some = store.search_runs([run.info.experiment_id], filter_string or None, ViewType.ACTIVE_ONLY, _MOST_OTHERS, None, None)
            found += [(one, why) for one in some]
    rows: dict[str, dict[str, Any]] = {}
    for one, why in found:
        info = one.info
        row = {"run_id": info.run_id, "name": info.run_name, "status": info.status, "start_time": info.start_time, "why": why}
        rows.setdefault(info.run_id, row)
    rows.pop(run.info.run_id, None)
    return list(rows.values())[:_MOST_OTHERS]

