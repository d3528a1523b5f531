"""Runs side by side: which params and metrics they have, and which of these differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from jupyter_mlops.charts.curves import Axis, Series, metric_curves, points_for
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.columns import Along
from jupyter_mlops.views.html import table

__all__ = [
    "MOST_RUNS", "Column", "Comparison", "checked_ids", "compare", "comparison_html", "curves", "experiment_names", "side_by_side",
    "snapshot",
]  # fmt: skip

MOST_RUNS = 1000
_SNAPSHOT_ROWS, _SNAPSHOT_BYTES = 100, 50_000
_MOST_HTML_ROWS, _MOST_HTML_COLUMNS = 50, 12


class Column(msgspec.Struct, frozen=True):
    """A param or metric that at least one of the runs has."""

    id: str
    group: str
    label: str
    kind: str
    differs: bool


class Comparison(msgspec.Struct, frozen=True):
    """Runs side by side.

    Attributes
    ----------
    columns : list of Column
        Params that differ, metrics that differ, then those that do not.
    rows : list of dict
        ``run_id, name, status, start_time, end_time, duration, experiment`` and ``values``, one a column, None if missing.
    missing : list of str
        Run ids that are not in the store.
    """

    columns: list[Column]
    rows: list[dict[str, Any]]
    missing: list[str]


def compare(store: TrackingStore, run_ids: Sequence[str]) -> Comparison:
    """Compare runs of a store, in the order given.

    Parameters
    ----------
    store : TrackingStore
    run_ids : sequence of str
        At most 1,000.

    Raises
    ------
    InvalidParameter
        More, or not a list of text.

    Notes
    -----
    Two sessions, however many runs and experiments.
    """
    run_ids = checked_ids(run_ids)
    runs = store.get_runs(run_ids)
    found = {run.info.run_id for run in runs}
    missing = [run_id for run_id in run_ids if run_id not in found]
    return side_by_side(runs, experiment_names(store) if runs else {}, missing)


def side_by_side(runs: Sequence[Run], names: Mapping[str, str], missing: Sequence[str] = ()) -> Comparison:
    """The comparison of runs that were read, with the names of their experiments by id."""
    columns = _columns(runs)
    return Comparison(columns, [_row(run, columns, names[run.info.experiment_id]) for run in runs], list(missing))


def checked_ids(run_ids: Any) -> list[str]:
    """`run_ids` if it is a list of text of no more than 1,000."""
    if not isinstance(run_ids, (list, tuple)) or not all(isinstance(run_id, str) for run_id in run_ids):
        raise InvalidParameter("run_ids must be a list of str.")
    if len(run_ids) > MOST_RUNS:
        raise InvalidParameter(f"At most {MOST_RUNS} runs can be compared at once, not {len(run_ids)}.")
    return list(dict.fromkeys(run_ids))


def experiment_names(store: TrackingStore) -> dict[str, str]:
    """Names of all experiments by id, deleted ones too."""
    found = every_page(lambda size, token: store.search_experiments(None, ViewType.ALL, size, None, token), None, 1000)
    return {experiment.experiment_id: experiment.name for experiment in found}


def _columns(runs: Sequence[Run]) -> list[Column]:
    columns = []
    for group in ("params", "metrics"):
        for key in sorted({key for run in runs for key in getattr(run.data, group)}):
            values = [getattr(run.data, group).get(key) for run in runs]
            is_number = group == "metrics" or all(_number(value) is not None for value in values if value is not None)
            differs = len({repr(value) for value in values}) > 1
            columns.append(Column(f"{group}.{key}", group, key, "number" if is_number else "text", differs))
    return sorted(columns, key=lambda column: (not column.differs, column.group != "params"))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _row(run: Run, columns: Sequence[Column], experiment: str) -> dict[str, Any]:
    info = run.info
    return {
        "run_id": info.run_id,
        "name": info.run_name,
        "status": info.status,
        "start_time": info.start_time,
        "end_time": info.end_time,
        "duration": None if info.end_time is None else (info.end_time - info.start_time) / 1000,
        "experiment": experiment,
        "values": [_value(run, column) for column in columns],
    }


def _value(run: Run, column: Column) -> Any:
    value = getattr(run.data, column.group).get(column.label)
    if value is not None and column.kind == "number" and column.group == "params":
        number = float(value)
        return as_json(int(number) if number.is_integer() and value.lstrip("+-").isdigit() else number)
    return as_json(value)


def snapshot(comparison: Comparison) -> Comparison:
    """As much of a comparison as a notebook should hold: at most 100 rows and 50 kB."""
    rows = comparison.rows[:_SNAPSHOT_ROWS]
    while rows and len(msgspec.json.encode((comparison.columns, rows))) > _SNAPSHOT_BYTES:
        rows = rows[: len(rows) // 2]
    return Comparison(comparison.columns if rows else [], rows, comparison.missing)


def comparison_html(comparison: Comparison) -> str:
    """The comparison as a lasting table: what differs first."""
    shown = comparison.columns[:_MOST_HTML_COLUMNS]
    rows = [[row["name"], *row["values"][: len(shown)]] for row in comparison.rows[:_MOST_HTML_ROWS]]
    left_out = []
    if len(comparison.rows) > len(rows):
        left_out.append(f"{len(comparison.rows) - len(rows)} more runs")
    if len(comparison.columns) > len(shown):
        left_out.append(f"{len(comparison.columns) - len(shown)} more columns")
    note = f"<p>… {' and '.join(left_out)}</p>" if left_out else ""
    return table(["run", *(column.label for column in shown)], rows) + note


def curves(store: TrackingStore, run_ids: Sequence[str], key: str | None = None, x: Axis = "step") -> dict[str, Any]:
    """Curves of one metric of several runs.

    Parameters
    ----------
    key : str, optional
        By default the first metric of which a run has more than one point, else the first one.
    x : {"step", "relative", "time"}

    Returns
    -------
    dict
        ``keys`` (all metrics of the runs), ``key`` (the one drawn, None if there is none), ``figure`` (Plotly's JSON).
    """
    if x not in ("step", "relative", "time"):
        raise InvalidParameter(f"x is 'step', 'relative' or 'time', not {x!r}.")
    runs = store.get_runs(checked_ids(run_ids))
    keys = sorted({name for run in runs for name in run.data.metrics})
    found = [run.info.run_id for run in runs]
    if key not in keys:
        key = _most_telling(store.metric_lengths(found))
    along: Along = "step" if x == "step" else "timestamp"
    drawn = store.metric_curves(found, key, along, points_for(len(found))) if key else {}
    series = [
        Series(run.info.run_id, run.info.run_name, run.info.start_time, drawn[run.info.run_id])
        for run in runs
        if run.info.run_id in drawn
    ]
    return {"keys": keys, "key": key, "figure": metric_curves(key or "", series, x), "chosen": {"key": key, "keys": keys}}


def _most_telling(lengths: dict[str, int]) -> str | None:
    """The first metric that draws a line, else the first metric."""
    return next((key for key, length in lengths.items() if length > 1), next(iter(lengths), None))
