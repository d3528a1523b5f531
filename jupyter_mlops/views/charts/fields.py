"""Columns of runs, read for a chart: no more of them than it draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from jupyter_mlops.charts.fields import Field, RunNames, plain
from jupyter_mlops.entities.clock import seconds_between
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.entities.tags import NOTE_TAG
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.run_tables import ColumnFacts, RunPart, RunQuery, split_id

__all__ = ["MOST_CHARTED", "ChartRuns", "answer", "choice", "differing", "is_system", "metrics_of", "read_fields", "rows_of"]

MOST_CHARTED = 5000
_MOST_DETAILS = 6
_ATTRIBUTES = ("attributes.duration", "attributes.start_time", "attributes.status", "attributes.user_id", "attributes.experiment")
_SYSTEM = "system/"


class ChartRuns(NamedTuple):
    """The runs of a chart, with those of their columns that were asked for.

    Attributes
    ----------
    names : RunNames
    facts : list of ColumnFacts
        Of all columns that can be drawn.
    fields : dict of str to Field
        By id.
    """

    names: RunNames
    facts: list[ColumnFacts]
    fields: dict[str, Field]

    def field(self, column: str | None) -> Field | None:
        """A column that was read, None where there is none."""
        return self.fields.get(column) if column else None


def read_fields(
    store: TrackingStore, query: RunQuery, pick: Callable[[list[ColumnFacts]], Sequence[str | None]], most: int = MOST_CHARTED
) -> ChartRuns:
    """The first runs of a query and the columns that `pick` chooses of those that they have.

    Notes
    -----
    Two sessions, however many runs.
    """
    facts = [one for one in store.run_facts(query).columns if one.count and _is_drawn(one)]
    known = {one.id for one in facts}
    wanted = list(dict.fromkeys(column for column in pick(facts) if column in known))
    told = [one.id for one in facts if one.differs and one.id.startswith("params.")][:_MOST_DETAILS]
    part = store.run_part(query, list(dict.fromkeys([*wanted, *told])), 0, most)
    numeric = {one.id for one in facts if one.kind == "number"}
    fields = {column: _field(column, _values(part, column), column in numeric) for column in wanted}
    details = [_detail(told, [part.values[column][row] for column in told]) for row in range(len(part.info["run_id"]))]
    return ChartRuns(RunNames(part.info["run_id"], part.info["run_name"], details), facts, fields)


def _is_drawn(facts: ColumnFacts) -> bool:
    group, key = split_id(facts.id)
    return group in ("params", "metrics") or facts.id in _ATTRIBUTES or (group == "tags" and key != NOTE_TAG)


def _values(part: RunPart, column: str) -> Sequence[Any]:
    group, name = split_id(column)
    if group != "attributes":
        return part.values[column]
    if name != "duration":
        return part.info[name]
    return [seconds_between(*times) for times in zip(part.info["start_time"], part.info["end_time"], strict=True)]


def _field(column: str, values: Sequence[Any], is_numeric: bool) -> Field:
    if is_numeric:
        return Field(split_id(column)[1], [None if value is None else float(value) for value in values], column == "attributes.start_time")
    return Field(split_id(column)[1], [None if value is None else str(value) for value in values])


def _detail(columns: Sequence[str], values: Sequence[Any]) -> str:
    pairs = [f"{split_id(column)[1]} {value}" for column, value in zip(columns, values, strict=True) if value is not None]
    return "<br>".join(plain(pair if len(pair) <= 60 else pair[:59] + "…") for pair in pairs)


def choice(facts: Sequence[ColumnFacts], asked: str | None, *otherwise: Callable[[ColumnFacts], bool]) -> str | None:
    """The column that was asked for if it is there, else the first that one of the rules allows."""
    known = [one.id for one in facts]
    if asked in known:
        return asked
    return next((one.id for rule in otherwise for one in facts if rule(one)), None)


def is_system(column: str) -> bool:
    """Whether a column is a metric of the machine."""
    return split_id(column)[1].startswith(_SYSTEM)


def metrics_of(facts: Sequence[ColumnFacts]) -> list[str]:
    """Ids of metrics, those first that differ, those of the machine last."""
    found = [one for one in facts if one.id.startswith("metrics.")]
    return [one.id for one in sorted(found, key=lambda one: (is_system(one.id), not one.differs))]


def differing(facts: Sequence[ColumnFacts]) -> list[str]:
    """Ids of params that are not the same in all runs."""
    return [one.id for one in facts if one.differs and one.id.startswith("params.")]


def answer(
    runs: ChartRuns, figure: dict[str, Any], columns: Sequence[str], rows: Sequence[Sequence[Any]], chosen: Mapping[str, Any]
) -> dict[str, Any]:
    """What a chart's view says."""
    fields = [{"id": one.id, "label": split_id(one.id)[1], "group": split_id(one.id)[0], "kind": one.kind} for one in runs.facts]
    plain_rows = [[as_json(value) for value in row] for row in rows]
    return {"figure": figure, "numbers": {"columns": list(columns), "rows": plain_rows}, "fields": fields, "chosen": dict(chosen)}


def rows_of(runs: ChartRuns, fields: Sequence[Field | None]) -> list[list[Any]]:
    """A row a run: its name and what it has in those columns."""
    return [[name, *(field.values[row] for field in fields if field)] for row, name in enumerate(runs.names.names)]
