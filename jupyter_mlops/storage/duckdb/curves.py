"""Points of metrics, as many as a chart can show: of a whole run or of a part of it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_mlops.storage.columns import Along, Curve, Span
from jupyter_mlops.storage.duckdb.runs import among
from jupyter_mlops.storage.duckdb.sessions import Session

if TYPE_CHECKING:
    import numpy as np

    Columns = dict[str, "np.ndarray[Any, Any]"]

__all__ = ["Question", "read", "shares"]

_ONE_LEASE = 4_000_000  # points that are looked through in well under a second
_MOST_KEPT = 1_000_000  # points of thinned curves that are kept, 16 MB
_kept: OrderedDict[tuple[Any, ...], tuple[Any, Any]] = OrderedDict()  # the one used last is the last
_lock = threading.Lock()
_RUNS = """
SELECT rid, run_id, count, (SELECT value FROM store.meta WHERE key = 'store_id'), l.timestamp, l.step, l.value::VARCHAR
FROM store.latest_metrics l JOIN store.runs r USING (rid)
WHERE l.key = $2 AND rid IN (SELECT rid FROM store.runs WHERE run_id IN (SELECT unnest($1::VARCHAR[])))
ORDER BY rid
"""
_WHOLE = """
SELECT rid, x, value FROM (
    SELECT DISTINCT rid, {axis} AS x, step, timestamp, value FROM store.metrics {spans} WHERE rid {which} AND key = {key} {within})
ORDER BY rid, x, step, timestamp, value
"""
_ENDS = """
SELECT rid, min({axis}), max({axis}), count(*) FROM store.metrics {spans} WHERE rid {which} AND key = {key} {within} GROUP BY rid
"""
# A run's axis is cut into equal parts; of each the least and the greatest value stay, where they are. The first and the
# last place are parts of their own. DOUBLE, for steps may be further apart than a BIGINT. The ends are literals, which the
# planner knows to be few: DuckDB 1.5 takes four times as long when they are a subquery.
_THINNED = """
WITH parts AS (SELECT rid, if({axis} = hi, {parts} + 1, ceil(({axis}::DOUBLE - lo) * scale)) AS part, min({axis}) AS start,
    min(value) FILTER (isfinite(value)) AS least, arg_min({axis}, value) FILTER (isfinite(value)) AS least_x,
    max(value) FILTER (isfinite(value)) AS most, arg_max({axis}, value) FILTER (isfinite(value)) AS most_x
    FROM store.metrics JOIN (VALUES {ends}) AS ends (rid, lo, hi, scale) USING (rid) WHERE key = $1 {within} GROUP BY ALL)
SELECT rid, x, coalesce(value, 'NaN'::DOUBLE) AS value FROM (
    SELECT rid, coalesce(least_x, start) AS x, least AS value FROM parts
    UNION SELECT rid, coalesce(most_x, start), most FROM parts)
ORDER BY rid, x, value
"""


class Question(NamedTuple):
    """What is asked of each run."""

    key: str
    axis: Along
    most: int
    between: Mapping[str, Span] | None = None


class _Asked(NamedTuple):
    rid: int
    run_id: str
    length: int
    mark: tuple[Any, ...]  # of this question and all that the run has of the metric
    span: Span | None


def shares(session: Session, run_ids: Sequence[str], question: Question) -> list[list[_Asked]]:
    """The runs that have the metric, in shares that one lease can read each."""
    key, axis, most, between = question
    found: list[list[_Asked]] = []
    room = 0
    for rid, run_id, count, *state in session.rows(_RUNS, [list(run_ids), key]):
        span = None if between is None else between.get(run_id)
        if between is not None and span is None:
            continue
        asked = _Asked(rid, run_id, count, (rid, key, axis, most, span, count, *state), span)
        cost = 0 if asked.mark in _kept else count if span is None else count // 4  # of a part most is skipped
        if not found or cost > room:
            found.append([])
            room = _ONE_LEASE
        found[-1].append(asked)
        room -= cost
    return found


def read(session: Session, share: Sequence[_Asked], question: Question) -> dict[str, Curve]:
    """Points of runs, at most as many of each as the question says."""
    curves = {asked.run_id: kept for asked in share if (kept := _known(asked.mark))}
    rest = {asked.rid: asked for asked in share if asked.run_id not in curves}
    short = [rid for rid, asked in rest.items() if asked.length <= question.most]
    long = [rid for rid in rest if rid not in set(short)]
    ends: dict[int, tuple[int, int]] = {}
    if long:
        for rid, low, high, count in _ends(session, [rest[rid] for rid in long], question):
            if count > question.most:
                ends[rid] = (low, high)
            else:
                short.append(rid)
    if short:
        curves |= _by_run(_whole(session, [rest[rid] for rid in short], question), rest)
    if ends:
        curves |= _by_run(_thinned(session, ends, question), rest, keep=True)
    return curves


def _known(mark: tuple[Any, ...]) -> Curve | None:
    with _lock:
        if mark not in _kept:
            return None
        _kept.move_to_end(mark)
        places, values = _kept[mark]
    return Curve(places.tolist(), values.tolist())


def _keep(mark: tuple[Any, ...], places: Any, values: Any) -> None:
    with _lock:
        _kept[mark] = (places.copy(), values.copy())
        while sum(len(some) for some, _ in _kept.values()) > _MOST_KEPT:
            _kept.popitem(last=False)


def _spans(asked: Sequence[_Asked], axis: Along) -> dict[str, str]:
    """SQL that leaves of each run what lies in its span. The outermost bounds let DuckDB skip what it need not read."""
    spans = [(one.rid, *one.span) for one in asked if one.span]
    if not spans:
        return {"spans": "", "within": ""}
    low, high = min(span[1] for span in spans), max(span[2] for span in spans)
    values = ", ".join(map(str, spans))
    return {
        "spans": f"JOIN (VALUES {values}) AS spans (rid, lo, hi) USING (rid)",
        "within": f"AND {axis} BETWEEN {low} AND {high} AND {axis} BETWEEN lo AND hi",
    }


def _ends(session: Session, asked: Sequence[_Asked], question: Question) -> list[tuple[Any, ...]]:
    which, bound = among([one.rid for one in asked])
    sql = _ENDS.format(axis=question.axis, which=which, key=f"${len(bound) + 1}", **_spans(asked, question.axis))
    return session.rows(sql, [*bound, question.key])


def _whole(session: Session, asked: Sequence[_Asked], question: Question) -> Columns:
    which, bound = among([one.rid for one in asked])
    sql = _WHOLE.format(axis=question.axis, which=which, key=f"${len(bound) + 1}", **_spans(asked, question.axis))
    return session.columns(sql, [*bound, question.key])


def _thinned(session: Session, ends: Mapping[int, tuple[int, int]], question: Question) -> Columns:
    key, axis, most, between = question
    parts = most // 2 - 2
    values = ", ".join(f"({rid}, {lo}, {hi}, {parts / max(hi - lo, 1)!r}::DOUBLE)" for rid, (lo, hi) in ends.items())
    low, high = min(lo for lo, _ in ends.values()), max(hi for _, hi in ends.values())
    within = "" if between is None else f"AND {axis} BETWEEN {low} AND {high} AND {axis} BETWEEN lo AND hi"
    return session.columns(_THINNED.format(axis=axis, parts=parts, ends=values, within=within), [key])


def _by_run(columns: Columns, asked: Mapping[int, _Asked], keep: bool = False) -> dict[str, Curve]:
    import numpy as np

    rids, begins = np.unique(columns["rid"], return_index=True)
    places, values = (np.split(columns[name], begins[1:])[: len(rids)] for name in ("x", "value"))  # of nothing there is one part
    parts = list(zip(rids.tolist(), places, values, strict=True))
    for rid, xs, ys in parts if keep else ():
        _keep(asked[rid].mark, xs, ys)
    return {asked[rid].run_id: Curve(xs.tolist(), ys.tolist()) for rid, xs, ys in parts}
