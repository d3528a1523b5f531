"""Tables of runs of any length: which columns there are in one query, and any stretch of rows and columns in another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from jupyter_mlops.entities.tags import NOTE_TAG
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.duckdb import experiments
from jupyter_mlops.storage.duckdb.sessions import Session
from jupyter_mlops.storage.run_tables import (
    ASPECTS,
    ATTRIBUTES,
    INFO,
    MOST_BINS,
    MOST_GROUPS,
    MOST_VALUES,
    NUMBERS,
    OWN_PREFIXES,
    ColumnFacts,
    ColumnSummary,
    GroupCell,
    RunFacts,
    RunGroup,
    RunGroups,
    RunPart,
    RunQuery,
    split_id,
)
from jupyter_mlops.storage.search.conditions import Statement
from jupyter_mlops.storage.search.filters import parse_filter
from jupyter_mlops.storage.search.subjects import RUNS
from jupyter_mlops.storage.search.tables import RUN_TABLES

__all__ = ["facts", "groups", "part", "summary"]

_TABLES = {"metrics": "store.latest_metrics", "params": "store.params", "tags": "store.tags"}
_OWN = f"(key = '{NOTE_TAG}' OR NOT ({' OR '.join(f'starts_with(key, {prefix!r})' for prefix in OWN_PREFIXES)}))"
_RUNS = """(SELECT r.*, e.name AS experiment, (r.end_time - r.start_time) / 1000.0 AS duration
    FROM store.runs r JOIN store.experiments e USING (experiment_id))"""
# Values are counted before they are read as numbers: there are fewer of them than runs.
_TEXT_FACTS = """
SELECT '{group}', key, sum(n), max(length(value)), min(value) <> max(value), count(x) = count(*), min(x), max(x), sum(x * n) / sum(n) FROM (
    SELECT key, value, count(*) AS n, TRY_CAST(value AS DOUBLE) AS x FROM {table} JOIN chosen USING (rid) WHERE {own} GROUP BY key, value)
GROUP BY key
"""
_NUMBER_FACTS = """
SELECT 'metrics', key, count(*), NULL, min(value) <> max(value), true, min(value), max(value), avg(value)
FROM store.latest_metrics JOIN chosen USING (rid) GROUP BY key
"""
_TOTALS = """
SELECT count(*), count(*) FILTER (status IN ('RUNNING', 'SCHEDULED')), count(end_time), min(start_time), max(start_time), min(duration),
    max(duration), avg(duration), {differing}
FROM chosen JOIN {runs} USING (rid)
"""
_NAMED = ("experiment", "user_id", "status")  # texts of ATTRIBUTES that columns show


class _Chosen(Statement):
    """The runs of a query as SQL; what is bound later goes into the same list."""

    def __init__(self, session: Session, query: RunQuery) -> None:
        super().__init__(RUN_TABLES, session.root)
        self.query = query
        wheres = [f"t.lifecycle_stage {'<>' if query.deleted else '='} 'active'"]
        place, listed = "NULL", ""
        if query.experiment_ids is not None:
            numbers = self.bind([experiments.number_of(one) for one in query.experiment_ids])
            wheres.append(f"t.experiment_id IN (SELECT unnest({numbers}::BIGINT[]))")
        if query.run_ids is not None:
            ids = self.bind(list(dict.fromkeys(query.run_ids)))
            listed = f"JOIN (SELECT unnest({ids}::VARCHAR[]) AS run_id, generate_subscripts({ids}::VARCHAR[], 1) AS place) l USING (run_id)"
            place = "l.place"
        wheres += [self.condition(parse_filter(one, RUNS)) for one in query.filters if one.strip()]
        same = [f"LEFT JOIN {self.values(column)[0]} AS e{n} ON e{n}.rid = t.rid" for n, column in enumerate(query.equal)]
        wheres += [f"e{n}.value::VARCHAR IS NOT DISTINCT FROM {self.bind(text)}" for n, text in enumerate(query.equal.values())]
        self.sql = (
            f"SELECT t.rid, t.run_id, t.start_time, {place} AS place FROM {RUN_TABLES.rows} {listed} {self.joins()} {' '.join(same)} "
            f"WHERE {' AND '.join(wheres)}"
        )

    def values(self, column: str) -> tuple[str, bool]:
        """A relation of (rid, value) with what runs have in a column, and whether all of it are numbers."""
        group, key = split_id(column)
        if group == "attributes" and key in ATTRIBUTES:
            return f"(SELECT rid, {key} AS value FROM {_RUNS})", key in NUMBERS
        if group not in _TABLES:
            raise InvalidParameter(f"There is no column {column!r}: its id is metrics.<key>, params.<key>, tags.<key> or attributes.<name>.")
        value = self.aspect(column) if group == "metrics" else "value"
        return f"(SELECT rid, {value} AS value FROM {_TABLES[group]} WHERE key = {self.bind(key)})", group == "metrics"

    def aspect(self, column: str) -> str:
        aspect = self.query.aspects.get(column, "last")
        if aspect not in ASPECTS:
            raise InvalidParameter(f"Of a metric {', '.join(ASPECTS)} can be shown, not {aspect!r}.")
        return "value" if aspect == "last" else f'"{aspect}"'

    def order(self) -> tuple[str, str]:
        """Joins and terms that bring the runs into their order."""
        joins, terms = [], []
        for number, key in enumerate(self.query.sort):
            values, is_number = self.values(key.id)
            name, way = f"s{number}", "DESC" if key.desc else "ASC"
            joins.append(f"LEFT JOIN {values} AS {name} ON {name}.rid = c.rid")
            read = f"{name}.value" if is_number else f"TRY_CAST({name}.value AS DOUBLE)"
            terms += [f"{read} IS NULL OR isnan({read}::DOUBLE)", f"{read} {way}", *([] if is_number else [f"{name}.value {way} NULLS LAST"])]
        return " ".join(joins), ", ".join([*terms, "c.place NULLS LAST", "c.start_time DESC", "c.run_id"])


def facts(session: Session, query: RunQuery) -> RunFacts:
    """What is known of all runs of a query, and of each column that any of them has."""
    chosen = _Chosen(session, query)
    differing = ", ".join(f"count({name}), min({name}) <> max({name}), max(length({name}))" for name in _NAMED)
    row = session.row(f"WITH chosen AS (SELECT rid FROM ({chosen.sql})) {_TOTALS.format(differing=differing, runs=_RUNS)}", chosen.parameters)
    total, active, ended, first, last, shortest, longest, mean, *named = row or ()
    columns = [
        ColumnFacts("attributes.start_time", "number", first != last, total, first, last),
        ColumnFacts("attributes.duration", "number", shortest != longest or 0 < ended < total, ended, shortest, longest, mean),
        *(ColumnFacts(f"attributes.{name}", "text", bool(named[3 * n + 1]), named[3 * n], length=named[3 * n + 2]) for n, name in enumerate(_NAMED)),
    ]
    parts = [_NUMBER_FACTS, *(_TEXT_FACTS.format(group=group, table=_TABLES[group], own=own) for group, own in (("params", "true"), ("tags", _OWN)))]
    found = session.rows(f"WITH chosen AS MATERIALIZED (SELECT rid FROM ({chosen.sql})) {' UNION ALL '.join(parts)}", chosen.parameters)
    for group, key, count, length, differs, is_number, *numbers in sorted(found, key=lambda row: row[:2]):
        known = (*numbers, length) if is_number else (None, None, None, length)
        columns.append(ColumnFacts(f"{group}.{key}", "number" if is_number else "text", bool(differs) or count < total, int(count), *known))
    return RunFacts(total, active, columns)


def part(session: Session, query: RunQuery, columns: Sequence[str], offset: int, limit: int) -> RunPart:
    """A stretch of the runs with some of their columns."""
    chosen = _Chosen(session, query)
    joins, terms = chosen.order()
    page = f"SELECT c.rid FROM ({chosen.sql}) c {joins} ORDER BY {terms} LIMIT {chosen.bind(limit)} OFFSET {chosen.bind(offset)}"
    rids = [row[0] for row in session.rows(page, chosen.parameters)]
    rows = session.rows(f"SELECT rid, {', '.join(INFO)}, duration FROM {_RUNS} WHERE rid IN (SELECT unnest(?::BIGINT[]))", [rids])
    found = {row[0]: row[1:] for row in rows}
    info = {name: [found[rid][place] for rid in rids] for place, name in enumerate(INFO)}
    info["experiment_id"] = list(map(str, info["experiment_id"]))
    return RunPart(info, _cells(session, chosen, rids, columns))


def _cells(session: Session, chosen: _Chosen, rids: list[int], columns: Sequence[str]) -> dict[str, list[Any]]:
    places = {rid: place for place, rid in enumerate(rids)}
    values: dict[str, list[Any]] = {column: [None] * len(rids) for column in columns}
    for (group, value), keys in _by_source(chosen, columns).items():
        if group == "attributes":
            continue  # they are in `RunPart.info`
        asked = f"SELECT rid, key, {value} FROM {_TABLES[group]} WHERE rid IN (SELECT unnest($1::BIGINT[])) AND key IN (SELECT unnest($2::VARCHAR[]))"
        for rid, key, cell in session.rows(asked, [rids, keys]):
            values[f"{group}.{key}"][places[rid]] = cell
    return values


def groups(session: Session, query: RunQuery, by: str, columns: Sequence[str]) -> RunGroups:
    """The runs of a query by the value that they have in one column, with what each group has in others."""
    chosen = _Chosen(session, query)
    value, _ = chosen.values(by)
    joined = f"SELECT c.rid, v.value::VARCHAR AS value FROM ({chosen.sql}) c LEFT JOIN {value} v ON v.rid = c.rid"
    counted = f"SELECT value, count(*) AS n, count(*) OVER () FROM ({joined}) GROUP BY value ORDER BY n DESC, value LIMIT {MOST_GROUPS}"
    rows = session.rows(counted, chosen.parameters)
    cells: dict[str | None, dict[str, GroupCell]] = {row[0]: {} for row in rows}
    parts = _group_cells(chosen, columns)
    if parts and rows:
        asked = f"WITH joined AS MATERIALIZED ({joined}) {' UNION ALL '.join(parts)}"
        for column, group, *cell in session.rows(asked, chosen.parameters):
            if group in cells:
                cells[group][column] = GroupCell(*cell)
    return RunGroups(rows[0][2] if rows else 0, [RunGroup(value, count, cells[value]) for value, count, _ in rows])


def _group_cells(chosen: _Chosen, columns: Sequence[str]) -> list[str]:
    parts = []
    for (group, value), keys in _by_source(chosen, columns).items():
        if group == "attributes":
            relation = f"(SELECT rid, '{value}' AS key, {value} AS value FROM {_RUNS})"
            is_number = value in NUMBERS
        else:
            which = f"key IN (SELECT unnest({chosen.bind(keys)}::VARCHAR[]))"
            is_number = group == "metrics"
            relation = f"(SELECT rid, key, {value} AS value FROM {_TABLES[group]} WHERE {which})"
        number = "v.value::DOUBLE" if is_number else "TRY_CAST(v.value AS DOUBLE)"
        text = "NULL" if is_number else "if(min(v.value) = max(v.value), min(v.value), NULL)"
        ends = ", ".join(f"{name}(if(isfinite({number}), {number}, NULL))" for name in ("avg", "stddev_samp", "min", "max"))
        parts.append(
            f"SELECT '{group}.' || key, j.value, count(v.value), {ends}, {text} FROM joined j JOIN {relation} v ON v.rid = j.rid GROUP BY key, j.value"
        )
    return parts


def _by_source(chosen: _Chosen, columns: Sequence[str]) -> dict[tuple[str, str], list[str]]:
    """Keys of columns by their group and by which of their values is meant; attributes one by one."""
    found: dict[tuple[str, str], list[str]] = {}
    for column in columns:
        group, key = split_id(column)
        if group in _TABLES:
            found.setdefault((group, chosen.aspect(column) if group == "metrics" else "value"), []).append(key)
        elif group == "attributes" and key in ATTRIBUTES:
            found[group, key] = [key]
    return found


def summary(session: Session, query: RunQuery, column: str) -> ColumnSummary:
    """One column over all runs of a query."""
    chosen = _Chosen(session, query)
    values, is_number = chosen.values(column)
    number = "v.value::DOUBLE" if is_number else "TRY_CAST(v.value AS DOUBLE)"
    joined = f"SELECT v.value::VARCHAR AS value, {number} AS x FROM ({chosen.sql}) c LEFT JOIN {values} v ON v.rid = c.rid"
    row = session.row(
        f"SELECT count(*), count(value), count(DISTINCT value), count(x), min(x) FILTER (isfinite(x)), max(x) FILTER (isfinite(x)), "
        f"avg(x) FILTER (isfinite(x)), stddev_samp(x) FILTER (isfinite(x)) FROM ({joined})", chosen.parameters,
    )  # fmt: skip
    total, count, distinct, numbers, least, most, mean, sd = row or ()
    if numbers < count or not count:
        frequent = session.rows(
            f"SELECT value, count(*) FROM ({joined}) WHERE value IS NOT NULL GROUP BY value ORDER BY 2 DESC, 1 LIMIT {MOST_VALUES}", chosen.parameters
        )
        return ColumnSummary(count, total - count, distinct, values=frequent)
    bins = [0] * (MOST_BINS if least is not None and least < most else int(least is not None))
    if bins:
        place = f"least({len(bins) - 1}, floor((x - {chosen.bind(least)}) / {chosen.bind((most - least) or 1.0)} * {len(bins)}))::INTEGER"
        for number_of, many in session.rows(f"SELECT {place}, count(*) FROM ({joined}) WHERE isfinite(x) GROUP BY 1", chosen.parameters):
            bins[number_of] = many
    return ColumnSummary(count, total - count, distinct, least, most, mean, sd if sd is None or math.isfinite(sd) else None, bins)
