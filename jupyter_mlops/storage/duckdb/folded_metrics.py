"""Folding metrics: every point into the history, and each key's latest, least, greatest and first value."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jupyter_mlops.storage.duckdb.intakes import Intake
from jupyter_mlops.storage.duckdb.sessions import Session

if TYPE_CHECKING:
    import numpy as np

    Columns = dict[str, "np.ndarray[Any, Any]"]

__all__ = ["add_points", "given_columns", "summarise", "take_in"]

# Compared as whole rows, so that nothing depends on where folds were cut. A NaN is greater than every number in DuckDB.
_RANK = "if(isnan({0}), 0, {0}), isnan({0})"
_NEWER = f"(i.step, i.timestamp, {_RANK.format('i.value')}) > (m.step, m.timestamp, {_RANK.format('m.value')})"
_OLDER = (
    f"(i.first_step, i.first_timestamp, {_RANK.format('i.first')}) < "
    f"(m.first_step, m.first_timestamp, {_RANK.format('m.first')})"
)
_LESS = "(i.min, i.min_step) < (m.min, m.min_step)"
_MORE = "(NOT isnan(i.max), i.max, m.max_step) > (NOT isnan(m.max), m.max, i.max_step)"
_KEPT_NAN = "coalesce({0}, 'NaN'::DOUBLE)"  # DuckDB reads a NaN in a numpy column as NULL, and no value is ever missing
_NUMBERS = ", ".join(f"{_KEPT_NAN.format(name)} AS {name}" for name in ("value", "min", "max", "first"))
_MERGE = f"""
MERGE INTO store.latest_metrics m
USING (SELECT * REPLACE ({_NUMBERS}), (?::VARCHAR[])[key_index + 1] AS key FROM incoming_latest) i
ON m.rid = i.rid AND m.key = i.key
WHEN MATCHED THEN UPDATE SET
    value = if({_NEWER}, i.value, m.value), timestamp = if({_NEWER}, i.timestamp, m.timestamp),
    step = if({_NEWER}, i.step, m.step),
    min = if({_LESS}, i.min, m.min), min_step = if({_LESS}, i.min_step, m.min_step),
    max = if({_MORE}, i.max, m.max), max_step = if({_MORE}, i.max_step, m.max_step),
    first = if({_OLDER}, i.first, m.first), first_timestamp = if({_OLDER}, i.first_timestamp, m.first_timestamp),
    first_step = if({_OLDER}, i.first_step, m.first_step), count = m.count + i.count
WHEN NOT MATCHED THEN INSERT (rid, key, value, timestamp, step, min, min_step, max, max_step, first, first_timestamp, first_step, count) VALUES (
    i.rid, i.key, i.value, i.timestamp, i.step, i.min, i.min_step, i.max, i.max_step,
    i.first, i.first_timestamp, i.first_step, i.count)
"""


def take_in(session: Session, intake: Intake, rids: dict[str, int]) -> None:
    """Insert the points of the runs in `rids` and merge their summary into ``latest_metrics``.

    Notes
    -----
    Columns go to DuckDB as numpy arrays: 0.2 µs a point, where lists of Python objects take 5.
    """
    if not intake.metrics[0]:
        return
    import numpy as np  # loaded with the engine; never by a process that only logs

    rid_of = np.full(len(intake.runs), -1, dtype=np.int64)
    for run_id, index in intake.runs.items():
        rid_of[index] = rids.get(run_id, -1)
    points = {
        "rid": rid_of[np.asarray(intake.metrics[0], dtype=np.int64)],
        "key_index": np.asarray(intake.metrics[1], dtype=np.int64),
        "value": np.asarray(intake.metrics[2], dtype=np.float64),
        "timestamp": np.asarray(intake.metrics[3], dtype=np.int64),
        "step": np.asarray(intake.metrics[4], dtype=np.int64),
    }
    add_points(session, points, list(intake.keys))


def add_points(session: Session, points: Columns, keys: list[str]) -> None:
    """Insert `points` (columns rid, key_index, value, timestamp, step) and merge their summary into ``latest_metrics``."""
    with given_columns(session, "incoming_points", points):
        session.rows(
            f"INSERT INTO store.metrics (rid, key, value, timestamp, step) SELECT rid, (?::VARCHAR[])[key_index + 1], {_KEPT_NAN.format('value')}, timestamp, step "
            "FROM incoming_points",
            [keys],
        )
    with given_columns(session, "incoming_latest", summarise(points)):
        session.rows(_MERGE, [keys])


@contextlib.contextmanager
def given_columns(session: Session, name: str, columns: Columns) -> Iterator[None]:
    """Numpy columns as the table `name`, for the body."""
    session.connection.register(name, columns)
    try:
        yield
    finally:
        session.connection.unregister(name)


def summarise(points: Columns) -> Columns:
    """One row for each run and key of `points`: latest (by step, timestamp, value), min, max, first and count.

    A NaN counts as a bit above 0 where values are compared for the latest and the first, and never as least or
    greatest beside a number. Of equal extremes that of the least step is told.
    """
    import numpy as np

    rank = np.nan_to_num(points["value"], nan=0.0, posinf=np.inf, neginf=-np.inf)
    order = np.lexsort((np.isnan(points["value"]), rank, points["timestamp"], points["step"], points["key_index"], points["rid"]))
    rid, key = points["rid"][order], points["key_index"][order]
    starts = np.flatnonzero(np.r_[True, (rid[1:] != rid[:-1]) | (key[1:] != key[:-1])])
    ends = np.r_[starts[1:], len(rid)] - 1
    counts = ends - starts + 1
    latest, first = order[ends], order[starts]
    low, high = _extreme(points, order, starts, counts, np.inf), _extreme(points, order, starts, counts, -np.inf)
    return {
        "rid": rid[starts], "key_index": key[starts], "value": points["value"][latest],
        "timestamp": points["timestamp"][latest], "step": points["step"][latest],
        "min": points["value"][low], "min_step": points["step"][low],
        "max": points["value"][high], "max_step": points["step"][high],
        "first": points["value"][first], "first_timestamp": points["timestamp"][first],
        "first_step": points["step"][first], "count": counts.astype(np.int64),
    }  # fmt: skip


def _extreme(points: Columns, order: Any, starts: Any, counts: Any, nan_as: float) -> Any:
    """Index of the least value of each group (`nan_as` +inf) or the greatest (-inf), the earliest of equal ones."""
    import numpy as np

    raw = points["value"][order]
    values = np.where(np.isnan(raw), nan_as, raw)
    best = np.minimum.reduceat(values, starts) if nan_as > 0 else np.maximum.reduceat(values, starts)
    hits = np.flatnonzero(values == np.repeat(best, counts))
    group = np.searchsorted(starts, hits, side="right") - 1
    hits = hits[np.lexsort((hits, np.isnan(raw[hits]), group))]  # a NaN stands only for a group of nothing else
    return order[hits[np.r_[True, group[1:] != group[:-1]]]]
