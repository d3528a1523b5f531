"""The runs of a notebook's cells, and the code that they ran."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from jupyter_mlops.entities.directions import direction_of, metric_place
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import CELL_DIGEST_TAG, ERROR_TAG, NOTEBOOK_TAG, TRACKED_CELL_TAG
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.reproduction.recordings import recording_of
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.tracking.run_references import NEWEST
from jupyter_mlops.views.runs.differences import text_diff

__all__ = ["cell_code", "cell_runs", "main_metric"]

_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOST_CELLS, _MOST_RUNS = 200, 500
_SHOWN_SOURCE = 1_000_000


def cell_runs(store: TrackingStore, cells: list[str], most: int = 20) -> dict[str, Any]:
    """The last runs of each of some cells, for the badges beside them.

    Parameters
    ----------
    store : TrackingStore
    cells : list of str, at most 200
        Their ids; what is no id of a cell has no runs.
    most : int
        Of how many runs of a cell is told.

    Returns
    -------
    dict
        By cell that has runs: ``runs``, newest first (``run_id, name, status, start_time, end_time, experiment_id, error``,
        ``value`` of the metric, ``notebook`` (its path), and ``digest`` of the code that ran, see `context.cell_digests`), ``metric``
        (the one that says most of the newest run that has any, or None), ``better`` (`direction_of` it) and ``more`` (there are older ones).

    Notes
    -----
    One search for all cells; one more for each whose runs lie behind 500 of the others', or that a server asks for apart.
    """
    most = max(1, min(most, 100))
    wanted = [cell for cell in dict.fromkeys(cells) if _CELL_ID.fullmatch(cell)][:_MOST_CELLS]
    found = _found(store, wanted, most) if wanted else {}
    return {cell: _cell(runs, most) for cell, runs in found.items() if runs}


def _found(store: TrackingStore, cells: Sequence[str], most: int) -> dict[str, list[Run]]:
    enough = min(_MOST_RUNS, (most + 1) * len(cells))
    among = ", ".join(f"'{cell}'" for cell in cells)
    try:
        runs = store.search_runs(None, f"tags.`{TRACKED_CELL_TAG}` IN ({among})", ViewType.ACTIVE_ONLY, enough, NEWEST, None)
    except MlflowException:  # MLflow's own servers have no lists of tags
        return {cell: _of_one(store, cell, most) for cell in cells}
    found: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        found[run.data.tags[TRACKED_CELL_TAG]].append(run)
    if len(runs) == enough and len(cells) > 1:
        found |= {cell: _of_one(store, cell, most) for cell in cells if len(found[cell]) <= most}
    return found


def _of_one(store: TrackingStore, cell: str, most: int) -> list[Run]:
    where = f"tags.`{TRACKED_CELL_TAG}` = '{cell}'"
    return list(store.search_runs(None, where, ViewType.ACTIVE_ONLY, most + 1, NEWEST, None))


def _cell(runs: Sequence[Run], most: int) -> dict[str, Any]:
    metric = next(filter(None, map(main_metric, runs)), None)
    return {
        "metric": metric,
        "better": direction_of(metric) if metric else "neither",
        "more": len(runs) > most,
        "runs": [_run(run, metric) for run in runs[:most]],
    }


def main_metric(run: Run) -> str | None:
    """Key of the metric that says most of a run; None where it has none of its own."""
    own = [key for key in run.data.metrics if not key.startswith("system/")]
    return min(own, key=metric_place, default=None)


def _run(run: Run, metric: str | None) -> dict[str, Any]:
    info, tags = run.info, run.data.tags
    return {
        "run_id": info.run_id, "name": info.run_name, "status": info.status, "start_time": info.start_time, "end_time": info.end_time,
        "experiment_id": info.experiment_id, "value": as_json(run.data.metrics[metric]) if metric in run.data.metrics else None,
        "error": tags.get(ERROR_TAG), "notebook": tags.get(NOTEBOOK_TAG), "digest": tags.get(CELL_DIGEST_TAG),
    }  # fmt: skip


def cell_code(store: TrackingStore, run_id: str, source: str | None = None) -> dict[str, Any]:
    """The code of a run's cell as it ran, and how a text differs from it.

    Parameters
    ----------
    store : TrackingStore
    run_id : str
    source : str, optional
        What the cell holds now.

    Returns
    -------
    dict
        ``source`` (without what looks like a secret; None where it was not kept), and what `text_diff` says of the way from
        it to the text, where both are there.

    Raises
    ------
    NotFound
        There is no such run.
    """
    cells = recording_of(store, store.get_run(run_id)).cells
    kept = cells[-1].source if cells else None
    diff = {} if kept is None or source is None else text_diff(kept, source)
    return {"source": kept if kept is None or len(kept) <= _SHOWN_SOURCE else None, **diff}
