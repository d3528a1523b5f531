"""What goes on in a store: the runs that run, and how those stand that ran when somebody looked last."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.entities.alerts import alerts_in
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import ALERTS_TAG, CELL_ID_TAG, ERROR_TAG, NOTEBOOK_TAG, PARENT_TAG
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.tracking.run_references import NEWEST

__all__ = ["activity"]

_MOST, _MOST_ALERTS = 50, 5
_RUNNING = "attributes.status = 'RUNNING'"


def activity(store: TrackingStore, watched: list[str] | None = None, since: int | None = None) -> dict[str, Any]:
    """The runs that run now, and news of others.

    Parameters
    ----------
    store : TrackingStore
    watched : list of str, optional
        Runs that ran when the caller looked last: how they stand is told whether or not they still run; of at most 200.
    since : int, milliseconds since the Unix epoch, UTC, optional
        Runs that began after it are also told of when they have alerts: they may have come and gone between two looks.

    Returns
    -------
    dict
        ``now``; ``running``, a number; and ``runs`` of ``run_id, name, status, start_time, end_time, error, parent, notebook, cell_id`` and
        ``alerts`` (the last 5): the newest 50 that run, those that are watched, and the newest 50 with alerts.

    Notes
    -----
    At most four reads, none of which grows with the runs that have ended.
    """
    found = {run.info.run_id: run for run in _search(store, _RUNNING)}
    running = len(found) if len(found) < _MOST else store.count_runs(None, _RUNNING, ViewType.ACTIVE_ONLY)
    if since is not None:
        found |= {run.info.run_id: run for run in _search(store, f"attributes.start_time > {since} AND tags.`{ALERTS_TAG}` LIKE '%'")}
    gone = [run_id for run_id in (watched or ())[:200] if run_id not in found]
    runs = [*found.values(), *(store.get_runs(gone) if gone else ())]
    return {"now": now_ms(), "running": running, "runs": [_told(run) for run in runs]}


def _search(store: TrackingStore, where: str) -> list[Run]:
    return list(store.search_runs(None, where, ViewType.ACTIVE_ONLY, _MOST, NEWEST, None))


def _told(run: Run) -> dict[str, Any]:
    info, tags = run.info, run.data.tags
    return {
        "run_id": info.run_id, "name": info.run_name, "status": info.status, "start_time": info.start_time, "end_time": info.end_time,
        "error": tags.get(ERROR_TAG), "parent": tags.get(PARENT_TAG), "notebook": tags.get(NOTEBOOK_TAG), "cell_id": tags.get(CELL_ID_TAG),
        "alerts": [one.to_dictionary() for one in alerts_in(tags)[-_MOST_ALERTS:]],
    }  # fmt: skip
