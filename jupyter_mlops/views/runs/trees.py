"""Runs below a run, a stretch at a time."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import PARENT_TAG
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.search.pages import token_of
from jupyter_mlops.views.calls import check_stretch

__all__ = ["ancestors", "children_filter", "named_run", "run_children"]

_MOST, _DEEPEST = 200, 10


def run_children(store: TrackingStore, run_id: str, offset: int = 0, limit: int = 50) -> dict[str, Any]:
    """Active child runs, the oldest first.

    Returns
    -------
    dict
        ``total``, ``offset`` and ``runs`` (``run_id, name, status``).
    """
    check_stretch(limit, offset, _MOST)
    store.get_run(run_id)
    condition, begin = children_filter(run_id), token_of(offset) if offset else None
    found = store.search_runs(None, condition, ViewType.ACTIVE_ONLY, limit, ["start_time"], begin)
    total = store.count_runs(None, condition, ViewType.ACTIVE_ONLY)
    return {"total": total, "offset": offset, "runs": [named_run(one) for one in found]}


def children_filter(run_id: str) -> str:
    """The filter that child runs match."""
    return f"tags.`{PARENT_TAG}` = '{run_id}'"


def ancestors(store: TrackingStore, run: Run) -> list[Run]:
    """The runs above a run that can be read, the topmost first."""
    found, seen = [run], {run.info.run_id}
    while len(found) <= _DEEPEST and (above := found[0].data.tags.get(PARENT_TAG)):
        if above in seen or not (runs := store.get_runs([above])):
            break
        seen.add(above)
        found.insert(0, runs[0])
    return found[:-1]


def named_run(run: Run) -> dict[str, str]:
    """A run as a link to it needs it."""
    return {"run_id": run.info.run_id, "name": run.info.run_name, "status": run.info.status}
