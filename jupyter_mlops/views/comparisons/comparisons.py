"""Runs side by side: which params and metrics they have, and which of these differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from jupyter_mlops.entities.clock import seconds_between
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import NOTE_TAG
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.run_tables import ColumnFacts, RunPart, RunQuery, split_id
from jupyter_mlops.views.formats.html import escape, table

__all__ = [
    "MOST_RUNS", "NO_RUNS", "Column", "Comparison", "checked_ids", "compare", "comparison_html", "experiment_names", "side_by_side",
    "snapshot",
]  # fmt: skip

MOST_RUNS = 1000
NO_RUNS = "No runs. %%track makes a run of a cell; compare() means the current experiment, compare(experiment=name) another."
_SNAPSHOT_ROWS, _SNAPSHOT_COLUMNS, _SNAPSHOT_BYTES = 100, 60, 50_000
_GROUPS = ("params", "metrics", "tags")
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
    total : int
        How many runs there are, with those that have no row here.
    missing : int
        How many of the runs that were listed are not in the store.
    """

    columns: list[Column]
    rows: list[dict[str, Any]]
    total: int
    missing: int = 0


def compare(store: TrackingStore, query: RunQuery) -> Comparison:
    """What a notebook keeps of the runs that a query finds: the first 100 of them, and 60 columns.

    Notes
    -----
    Two sessions, however many runs and experiments.
    """
    facts = store.run_facts(query)
    known = [_column(one) for one in facts.columns if not one.id.startswith("attributes.")]
    columns = sorted(known, key=lambda column: (not column.differs, _GROUPS.index(column.group)))[:_SNAPSHOT_COLUMNS]
    part = store.run_part(query, [column.id for column in columns], 0, _SNAPSHOT_ROWS)
    missing = 0 if query.run_ids is None or query.filters else len(query.run_ids) - facts.total
    return Comparison(columns, _rows(part, columns), facts.total, missing)


def _column(facts: ColumnFacts) -> Column:
    group, key = split_id(facts.id)
    return Column(facts.id, group, "note" if key == NOTE_TAG else key, facts.kind, facts.differs)


def _rows(part: RunPart, columns: Sequence[Column]) -> list[dict[str, Any]]:
    info = [dict(zip(part.info, values, strict=True)) for values in zip(*part.info.values(), strict=True)]
    cells = [[_cell(value, column) for value in part.values[column.id]] for column in columns]
    return [
        {
            "run_id": one["run_id"], "name": one["run_name"], "status": one["status"], "start_time": one["start_time"],
            "end_time": one["end_time"], "duration": seconds_between(one["start_time"], one["end_time"]), "experiment": one["experiment"],
            "values": [values[place] for values in cells],
        }
        for place, one in enumerate(info)
    ]  # fmt: skip


def side_by_side(runs: Sequence[Run], names: Mapping[str, str]) -> Comparison:
    """The comparison of runs that were read, with the names of their experiments by id."""
    columns = _columns(runs)
    return Comparison(columns, [_row(run, columns, names[run.info.experiment_id]) for run in runs], len(runs))


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
        "duration": seconds_between(info.start_time, info.end_time),
        "experiment": experiment,
        "values": [_value(run, column) for column in columns],
    }


def _value(run: Run, column: Column) -> Any:
    return _cell(getattr(run.data, column.group).get(column.label), column)


def _cell(value: Any, column: Column) -> Any:
    if value is not None and column.kind == "number" and column.group != "metrics":
        number = float(value)
        return as_json(int(number) if number.is_integer() and value.lstrip("+-").isdigit() else number)
    return as_json(value)


def snapshot(comparison: Comparison) -> Comparison:
    """As much of a comparison as a notebook should hold: at most 100 rows and 50 kB."""
    rows = comparison.rows[:_SNAPSHOT_ROWS]
    while rows and len(msgspec.json.encode((comparison.columns, rows))) > _SNAPSHOT_BYTES:
        rows = rows[: len(rows) // 2]
    return msgspec.structs.replace(comparison, columns=comparison.columns if rows else [], rows=rows)


def comparison_html(comparison: Comparison) -> str:
    """The comparison as a lasting table: what differs first."""
    if not comparison.total:
        return f"<p>{escape(NO_RUNS)}</p>"
    shown = comparison.columns[:_MOST_HTML_COLUMNS]
    rows = [[row["name"], *row["values"][: len(shown)]] for row in comparison.rows[:_MOST_HTML_ROWS]]
    left_out = []
    if comparison.total > len(rows):
        left_out.append(f"{comparison.total - len(rows):,} more runs")
    if len(comparison.columns) > len(shown):
        left_out.append(f"{len(comparison.columns) - len(shown)} more columns")
    note = f"<p>… {' and '.join(left_out)}</p>" if left_out else ""
    return table(["run", *(column.label for column in shown)], rows) + note
