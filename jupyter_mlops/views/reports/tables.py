"""The table of a comparison as the page shows it, written out: its columns, order, groups and differences to the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from jupyter_mlops.entities.clock import seconds_between
from jupyter_mlops.entities.tags import NOTE_TAG
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.run_tables import GroupCell, RunGroup, RunQuery, SortKey
from jupyter_mlops.views.comparisons.comparisons import NO_RUNS
from jupyter_mlops.views.comparisons.view_states import ViewState
from jupyter_mlops.views.formats.bundles import is_plain
from jupyter_mlops.views.formats.html import cell_text
from jupyter_mlops.views.formats.numbers import duration_text, number_text, time_text
from jupyter_mlops.views.runs.grids import run_facts

__all__ = ["Cell", "ReportTable", "label_of", "report_table"]

_MOST_ROWS, _MOST_COLUMNS = 100, 30
_NO_VALUE = "\0"  # the key of the runs without one, as the page has it
_NAME, _STARTED, _DURATION = "attributes.run_name", "attributes.start_time", "attributes.duration"
_LABELS = {_STARTED: "started", _DURATION: "duration", NOTE_TAG: "note", "tags." + NOTE_TAG: "note"}


class Cell(msgspec.Struct, frozen=True):
    """A text, how far it is from the baseline (``"+0.01"``), and whether that is ``"better"`` or ``"worse"``."""

    text: str
    delta: str = ""
    tone: str = ""


class ReportTable(msgspec.Struct, frozen=True):
    """Rows of cells; `numeric` says which columns stand right, `note` what is left out."""

    columns: list[str]
    numeric: list[bool]
    rows: list[list[Cell]]
    note: str = ""


class _Shown(msgspec.Struct, frozen=True):
    """What decides how a cell reads."""

    columns: list[dict[str, Any]]
    better: dict[str, str]
    base: dict[str, Any]
    baseline: str | None


def label_of(column: str) -> str:
    """How a column is called.

    Examples
    --------
    >>> label_of("metrics.val.loss"), label_of("attributes.start_time")
    ('val.loss', 'started')
    """
    return _LABELS.get(column) or column.partition(".")[2]


def report_table(store: TrackingStore, query: RunQuery, state: ViewState) -> ReportTable:
    """The first 100 rows and 30 columns of what is shown.

    Parameters
    ----------
    query : RunQuery
        With the filters of the page.
    state : ViewState
    """
    facts = run_facts(store, query)
    better = {one["id"]: state.directions.get(one["id"], one["better"]) for one in facts["columns"]}
    aspects = _aspects(state.aggregates, better)
    known = {_NAME, *better}
    sort = [one for one in state.sort if one.id in known]
    asked = msgspec.structs.replace(query, sort=sort, aspects=aspects)
    columns = _columns(facts["columns"], state)
    shown = _Shown(columns[:_MOST_COLUMNS], better, *_baseline(store, asked, columns[:_MOST_COLUMNS], state.baseline))
    names = [_head(one, state.aggregates) for one in shown.columns]
    numeric = [one["kind"] == "number" and one["id"] != _STARTED for one in shown.columns]
    hidden = len(columns) - len(shown.columns)
    if (by := state.group) in known:
        rows, left = _group_rows(store, asked, str(by), shown, state.expanded)
        names, numeric = [label_of(str(by)), "runs", *names], [False, True, *numeric]
    else:
        rows = _run_rows(store, asked, shown)
        names, numeric, left = ["run", *names], [False, *numeric], {"runs": facts["total"] - len(rows)}
    left_out = [f"{count:,} more {what}" for what, count in {**left, "columns": hidden}.items() if count > 0]
    note = f"… and {' and '.join(left_out)}" if left_out else "" if rows else NO_RUNS
    return ReportTable(names, numeric, rows, note)


def _aspects(aggregates: Mapping[str, str], better: Mapping[str, str]) -> dict[str, Any]:
    ends = {"lower": "min", "higher": "max"}
    found = {one: ends.get(better.get(one, ""), "last") if how == "best" else how for one, how in aggregates.items()}
    return {one: how for one, how in found.items() if how != "last" and one in better}


def _columns(facts: Sequence[Mapping[str, Any]], state: ViewState) -> list[dict[str, Any]]:
    """Those that are shown: pinned first, then as somebody moved them, then those that differ."""
    places = [{one: place for place, one in enumerate(ids)} for ids in (state.columns.pinned, state.columns.order)]
    kept = [dict(one) for one in facts if _is_shown(one, state) and one["id"] != state.group]
    return sorted(kept, key=lambda one: [place.get(one["id"], len(place)) for place in places])


def _is_shown(column: Mapping[str, Any], state: ViewState) -> bool:
    name, changes = column["id"], column["id"] in (_STARTED, _DURATION, "attributes.user_id")
    if name == _NAME or name in state.columns.hidden or (is_plain() and changes):
        return False
    if name in (*state.columns.shown, *state.columns.pinned):
        return True
    is_own = column["group"] == "attributes" and name not in (_STARTED, _DURATION)
    return bool(column["differs"]) or not (state.differences_only or is_own or name.startswith("metrics.system/"))


def _head(column: Mapping[str, Any], aggregates: Mapping[str, str]) -> str:
    how = aggregates.get(column["id"], "last")
    return label_of(column["id"]) + ("" if how == "last" else f" ({how})")


def _baseline(
    store: TrackingStore, query: RunQuery, columns: Sequence[Mapping[str, Any]], run_id: str | None
) -> tuple[dict[str, Any], str | None]:
    if not run_id:
        return {}, None
    ids = [one["id"] for one in columns]
    found = _read(store, msgspec.structs.replace(query, run_ids=[run_id], filters=[]), ids, 1)
    kinds = {one["id"]: one["kind"] for one in columns}
    return {one: _value(found[one][0], kinds[one]) for one in ids if found[one]}, run_id


def _read(store: TrackingStore, query: RunQuery, columns: Sequence[str], limit: int) -> dict[str, list[Any]]:
    """Columns by id; what every run has beside them."""
    part = store.run_part(query, columns, 0, limit)
    own = {f"attributes.{name}": values for name, values in part.info.items()}
    own[_DURATION] = [seconds_between(*times) for times in zip(part.info["start_time"], part.info["end_time"], strict=True)]
    return {**part.values, **own}


def _run_rows(store: TrackingStore, query: RunQuery, shown: _Shown, limit: int = _MOST_ROWS) -> list[list[Cell]]:
    found = _read(store, query, [one["id"] for one in shown.columns], limit)
    rows = []
    for place, (run_id, name) in enumerate(zip(found["attributes.run_id"], found[_NAME], strict=True)):
        is_base = run_id == shown.baseline
        cells = [_cell(one, found[one["id"]][place], shown, is_base) for one in shown.columns]
        rows.append([Cell(f"{name} (baseline)" if is_base else name), *cells])
    return rows


def _value(raw: Any, kind: str) -> Any:
    try:
        return float(raw) if kind == "number" and raw is not None else raw
    except ValueError:
        return raw


def _cell(column: Mapping[str, Any], raw: Any, shown: _Shown, is_base: bool) -> Cell:
    value = _value(raw, column["kind"])
    if value is None or value == "":
        return Cell("–")
    text = _text(column["id"], value, raw)
    return Cell(text) if is_base else _compared(column, text, value, shown)


def _text(column: str, value: Any, raw: Any) -> str:
    if column == _STARTED:
        return time_text(int(value))
    if column == _DURATION:
        return duration_text(value)
    return raw if isinstance(raw, str) else cell_text(value)


def _compared(column: Mapping[str, Any], text: str, value: Any, shown: _Shown) -> Cell:
    base, name = shown.base.get(column["id"]), column["id"]
    is_measured = column["group"] == "metrics" or name == _DURATION
    if not (is_measured and isinstance(value, int | float) and isinstance(base, int | float)):
        return Cell(text)
    way = "lower" if name == _DURATION else shown.better.get(name, "neither")
    delta = value - base
    if delta == 0:
        return Cell(text, "=")
    tone = "" if way == "neither" else "better" if (delta < 0) == (way == "lower") else "worse"
    return Cell(text, f"{'+' if delta > 0 else '−'}{abs(delta):.3g}", tone)


def _group_rows(
    store: TrackingStore, query: RunQuery, by: str, shown: _Shown, expanded: Sequence[str]
) -> tuple[list[list[Cell]], dict[str, int]]:
    """A row for each group and, below those that are open, for their runs; and how many of both have none."""
    ids = [one["id"] for one in shown.columns]
    found = store.run_groups(query, by, [*dict.fromkeys([*ids, *(one.id for one in query.sort if one.id != by)])])
    groups = list(found.groups)
    for key in reversed(query.sort):
        groups.sort(key=lambda one, key=key: _rank(one, key, by), reverse=key.desc)  # type: ignore[misc]
        groups.sort(key=lambda one, key=key: _rank(one, key, by) == _LAST)  # type: ignore[misc]
    rows: list[list[Cell]] = []
    left = {"groups": found.total, "runs": 0}
    for one in groups:
        if len(rows) == _MOST_ROWS:
            break
        cells = (_group_cell(column, one.cells.get(column["id"]), shown) for column in shown.columns)
        rows.append([Cell("–" if one.value is None else one.value), Cell(f"{one.count:,}"), *cells])
        left["groups"] -= 1
        if (_NO_VALUE if one.value is None else one.value) in expanded:
            runs = _inside(store, msgspec.structs.replace(query, equal={**query.equal, by: one.value}), shown, _MOST_ROWS - len(rows))
            rows += runs
            left["runs"] += one.count - len(runs)
    return rows, left


def _inside(store: TrackingStore, query: RunQuery, shown: _Shown, limit: int) -> list[list[Cell]]:
    found = _run_rows(store, query, shown, limit) if limit else []
    return [[Cell(f"↳ {name.text}"), Cell(""), *cells] for name, *cells in found]


_LAST = (2, 0.0, "")


def _rank(group: RunGroup, key: SortKey, by: str) -> tuple[int, float, str]:
    """By the mean, or the text that all runs have; what has neither is last."""
    cell = group.cells.get(key.id)
    found = group.value if key.id == by else cell and (cell.text if cell.mean is None else cell.mean)
    value = _value(found, "number")
    return _LAST if value is None else (0, value, "") if isinstance(value, float) else (1, 0.0, value)


def _group_cell(column: Mapping[str, Any], cell: GroupCell | None, shown: _Shown) -> Cell:
    if cell is None or cell.count == 0:
        return Cell("–")
    if cell.text is not None:
        return Cell(cell.text)
    if cell.mean is None:
        return Cell("several")
    if column["id"] == _STARTED:
        return Cell(time_text(int(cell.min or 0)))
    write = duration_text if column["id"] == _DURATION else number_text
    best = {"lower": cell.min, "higher": cell.max}.get(shown.better.get(column["id"], ""))
    text = write(cell.mean) + (f" ± {cell.sd:.2g}" if cell.sd else "") + (f", best {write(best)}" if best is not None and cell.count > 1 else "")
    return _compared(column, text, cell.mean, shown)
