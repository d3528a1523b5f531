"""The steps of a run: the runs below it, as a tree in the order in which they began."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import PARENT_TAG, PROJECT_ENTRY_POINT_TAG
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.tracking.run_references import NEWEST
from jupyter_mlops.views.runs.cells import main_metric
from jupyter_mlops.views.runs.trees import children_filter

__all__ = ["run_steps"]

_MOST, _DEEPEST = 100, 4
_LONGEST = 60


def run_steps(store: TrackingStore, run_id: str) -> dict[str, Any]:
    """Active runs below a run, depth first, the oldest first.

    Returns
    -------
    dict
        ``steps`` (``run_id``, ``depth`` from 0, ``name``, ``entry_point`` of a project's run or None, ``status``,
        ``start_time``, ``end_time``, ``metric`` (key and value of the one that says most, or None)), and ``more``: older ones that
        are left out.

    Raises
    ------
    NotFound
        There is no such run.

    Notes
    -----
    One search for each of at most 4 levels; of each level the newest 100 runs, and of all of them the newest 100.
    """
    store.get_run(run_id)
    below: dict[str, list[Run]] = defaultdict(list)
    level, found, more, seen = [run_id], list[Run](), 0, {run_id}
    for _ in range(_DEEPEST):
        children, left = _children(store, level)
        children = [child for child in children if child.info.run_id not in seen]  # tags may lead round in a circle
        more += left
        for child in reversed(children):
            below[child.data.tags.get(PARENT_TAG, "")].append(child)
        found += children
        level = [child.info.run_id for child in children]
        seen.update(level)
        if not level:
            break
    kept = {run.info.run_id for run in sorted(found, key=lambda run: -run.info.start_time)[:_MOST]}
    return {"steps": _steps(run_id, below, kept, 0), "more": more + len(found) - len(kept)}


def _children(store: TrackingStore, parents: Sequence[str]) -> tuple[list[Run], int]:
    """The newest children of some runs, and how many there are besides."""
    among = ", ".join(f"'{parent}'" for parent in parents)
    condition = children_filter(parents[0]) if len(parents) == 1 else f"tags.`{PARENT_TAG}` IN ({among})"
    try:
        found = list(store.search_runs(None, condition, ViewType.ACTIVE_ONLY, _MOST, NEWEST, None))
    except MlflowException:  # MLflow's own servers have no lists of tags
        return [child for parent in parents for child in _children(store, [parent])[0]] if len(parents) > 1 else [], 0
    left = store.count_runs(None, condition, ViewType.ACTIVE_ONLY) - len(found) if len(found) == _MOST else 0
    return found, left


def _steps(parent: str, below: dict[str, list[Run]], kept: set[str], depth: int) -> list[dict[str, Any]]:
    steps = []
    for run in below.get(parent, ()):
        inner = _steps(run.info.run_id, below, kept, depth + 1)
        if run.info.run_id in kept or inner:
            steps += [_step(run, depth), *inner]
    return steps


def _step(run: Run, depth: int) -> dict[str, Any]:
    key, info = main_metric(run), run.info
    return {
        "run_id": info.run_id, "depth": depth, "name": info.run_name[:_LONGEST], "status": info.status,
        "entry_point": (run.data.tags.get(PROJECT_ENTRY_POINT_TAG) or "")[:_LONGEST] or None,
        "start_time": info.start_time, "end_time": info.end_time,
        "metric": None if key is None else {"key": key[:_LONGEST], "value": as_json(run.data.metrics[key])},
    }  # fmt: skip
