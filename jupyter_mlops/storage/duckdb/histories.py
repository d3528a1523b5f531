"""Points of metrics: all of them, or as many as a chart can show."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.storage.columns import Along, Curve
from jupyter_mlops.storage.duckdb.runs import among
from jupyter_mlops.storage.duckdb.sessions import Session

if TYPE_CHECKING:
    import numpy as np

    Columns = dict[str, "np.ndarray[Any, Any]"]

__all__ = ["curves", "history", "latest", "lengths"]

_LONG, _LONGEST = 50_000, 2_000_000  # points of what is kept; 48 MB at most
_long: dict[tuple[Any, ...], Columns] = {}  # at most one
_lock = threading.Lock()
_CHOSEN = "SELECT rid FROM store.runs WHERE run_id IN (SELECT unnest($1::VARCHAR[]))"
_WHOLE = """
SELECT rid, x, value FROM (
    SELECT DISTINCT rid, {axis} AS x, step, timestamp, value FROM store.metrics WHERE rid {which} AND key = {key})
ORDER BY rid, x, step, timestamp, value
"""
_ENDS = "SELECT rid, min({axis}), max({axis}) FROM store.metrics WHERE rid {which} AND key = {key} GROUP BY rid"
# A run's axis is cut into equal parts; of each the least and the greatest value stay, where they are. The first and the
# last place are parts of their own. DOUBLE, for steps may be further apart than a BIGINT. The ends are literals, which the
# planner knows to be few: DuckDB 1.5 takes four times as long when they are a subquery.
_THINNED = """
WITH parts AS (SELECT rid, if({axis} = hi, {parts} + 1, ceil(({axis}::DOUBLE - lo) * scale)) AS part, min({axis}) AS start,
    min(value) FILTER (isfinite(value)) AS least, arg_min({axis}, value) FILTER (isfinite(value)) AS least_x,
    max(value) FILTER (isfinite(value)) AS most, arg_max({axis}, value) FILTER (isfinite(value)) AS most_x
    FROM store.metrics JOIN (VALUES {ends}) AS ends (rid, lo, hi, scale) USING (rid) WHERE key = $1 GROUP BY ALL)
SELECT rid, x, coalesce(value, 'NaN'::DOUBLE) AS value FROM (
    SELECT rid, coalesce(least_x, start) AS x, least AS value FROM parts
    UNION SELECT rid, coalesce(most_x, start), most FROM parts)
ORDER BY rid, x, value
"""


def history(session: Session, rid: int, key: str) -> Columns:
    """All points of a metric, by time, step and value; identical ones once: columns ``value, timestamp, step``.

    Long ones that were read last are kept until something more comes of them, for clients read them page by page.
    """
    state = session.row(
        "SELECT m.value, r.change, count, l.step, l.timestamp, l.value FROM store.latest_metrics l JOIN store.runs r USING (rid), "
        "store.meta m WHERE m.key = 'store_id' AND rid = ? AND l.key = ?", [rid, key]
    )  # fmt: skip
    mark = (rid, key, *map(str, state)) if state else ()
    with _lock:
        kept = _long.get(mark)
    if kept is None:
        kept = _read(session, rid, key)
        if state and _LONG <= len(kept["value"]) <= _LONGEST:
            with _lock:
                _long.clear()
                _long[mark] = kept
        else:
            return kept
    return {name: column.copy() for name, column in kept.items()}


def _read(session: Session, rid: int, key: str) -> Columns:
    import numpy as np

    found = session.columns(
        f"SELECT value, timestamp, step FROM store.metrics WHERE rid = {rid} AND key = ? ORDER BY timestamp, step, value",
        [key],
    )
    # Identical points are neighbours now, and told apart here in a tenth of the time of a DISTINCT. NaN is like NaN.
    alike = [(c[1:] == c[:-1]) | ((c[1:] != c[1:]) & (c[:-1] != c[:-1])) for c in found.values()]
    kept = np.ones(len(found["value"]), bool)
    kept[1:] = ~np.logical_and.reduce(alike)
    return {name: column[kept] for name, column in found.items()}


def latest(session: Session, run_ids: Sequence[str]) -> dict[str, list[Metric]]:
    """By run the latest point of each metric."""
    rows = session.rows(
        "SELECT run_id, key, value, timestamp, step FROM store.latest_metrics JOIN store.runs USING (rid) "
        f"WHERE rid IN ({_CHOSEN}) ORDER BY key",
        [list(run_ids)],
    )
    found: dict[str, list[Metric]] = {run_id: [] for run_id in run_ids}
    for run_id, *point in rows:
        found[run_id].append(Metric(*point))
    return found


def lengths(session: Session, run_ids: Sequence[str]) -> dict[str, int]:
    """By metric of those runs the points of the run that has most."""
    return dict(
        session.rows(
            f"SELECT key, max(count) FROM store.latest_metrics WHERE rid IN ({_CHOSEN}) GROUP BY key ORDER BY key",
            [list(run_ids)],
        )
    )


def curves(session: Session, run_ids: Sequence[str], key: str, axis: Along, most: int) -> dict[str, Curve]:
    """Points of one metric by run, in the order of `axis`: ``"step"`` or ``"timestamp"``; at most `most` of each run."""
    rows = session.rows(
        "SELECT rid, run_id, count <= $3 FROM store.latest_metrics JOIN store.runs USING (rid) "
        f"WHERE key = $2 AND rid IN ({_CHOSEN})",
        [list(run_ids), key, most],
    )
    names = {rid: run_id for rid, run_id, _ in rows}
    whole, thinned = ([rid for rid, _, is_short in rows if is_short is wanted] for wanted in (True, False))
    gathered = _by_run(_whole(session, whole, key, axis), names) if whole else {}
    return gathered | (_by_run(_thinned(session, thinned, key, axis, most // 2 - 2), names) if thinned else {})


def _whole(session: Session, rids: list[int], key: str, axis: Along) -> Columns:
    which, bound = among(rids)
    return session.columns(_WHOLE.format(axis=axis, which=which, key=f"${len(bound) + 1}"), [*bound, key])


def _thinned(session: Session, rids: list[int], key: str, axis: Along, parts: int) -> Columns:
    which, bound = among(rids)
    ends = session.rows(_ENDS.format(axis=axis, which=which, key=f"${len(bound) + 1}"), [*bound, key])
    values = ", ".join(f"({rid}, {lo}, {hi}, {parts / max(hi - lo, 1)!r}::DOUBLE)" for rid, lo, hi in ends)
    return session.columns(_THINNED.format(axis=axis, parts=parts, ends=values), [key])


def _by_run(columns: Columns, names: dict[int, str]) -> dict[str, Curve]:
    import numpy as np

    rids, begins = np.unique(columns["rid"], return_index=True)
    places, values = (np.split(columns[name], begins[1:]) for name in ("x", "value"))
    parts = zip(rids.tolist(), places, values, strict=True)
    return {names[rid]: Curve(xs.tolist(), ys.tolist()) for rid, xs, ys in parts}
