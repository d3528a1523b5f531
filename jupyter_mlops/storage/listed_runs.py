"""Tables of runs for stores that can only list their runs: those are read, and everything is found among them here."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from jupyter_mlops.entities.clock import seconds_between
from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.errors import ServerLacks
from jupyter_mlops.storage.run_tables import (
    INFO,
    MOST_BINS,
    MOST_GROUPS,
    MOST_VALUES,
    NUMBERS,
    ColumnFacts,
    ColumnSummary,
    GroupCell,
    RunFacts,
    RunGroup,
    RunGroups,
    RunPart,
    RunQuery,
    is_shown_tag,
    split_id,
)

__all__ = ["MOST_READ", "ListedRuns"]

MOST_READ = 10_000
_AT_ONCE = 100
_KEPT_S = 10.0  # scrolling asks again and again
_kept: dict[Any, tuple[float, list[Run], dict[str, str], bool]] = {}
_lock = threading.Lock()


class Lists(Protocol):
    """What a store must be able to."""

    key: str

    def search_runs(
        self, experiment_ids: Sequence[str] | None, filter_string: str | None, view_type: int, max_results: int,
        order_by: list[str] | None, page_token: str | None,
    ) -> PagedList[Run]: ...  # fmt: skip

    def search_experiments(
        self, filter_string: str | None, view_type: int, max_results: int, order_by: list[str] | None, page_token: str | None
    ) -> PagedList[Experiment]: ...


class ListedRuns:
    """The runs of a query, read page by page, at most 10,000 of them.

    Raises
    ------
    ServerLacks
        Another value of a metric than its last one is asked for.
    """

    def __init__(self, store: Lists, query: RunQuery) -> None:
        if others := sorted({aspect for aspect in query.aspects.values() if aspect != "last"}):
            raise ServerLacks(f"This server tells the last value of each metric, not {', '.join(others)}.")
        self._query = query
        self._runs, self._names, self._is_cut = _read(store, query)
        for column, text in query.equal.items():
            self._runs = [run for run in self._runs if _text(self._value(run, column)) == text]
        for key in reversed(query.sort):
            self._sort(key.id, key.desc)

    def _sort(self, column: str, desc: bool) -> None:
        known = [(_rank(value), run) for run in self._runs if not _is_missing(value := self._value(run, column))]
        known.sort(key=lambda one: one[0], reverse=desc)
        there = {run.info.run_id for _, run in known}
        self._runs = [run for _, run in known] + [run for run in self._runs if run.info.run_id not in there]

    def _value(self, run: Run, column: str) -> Any:
        group, key = split_id(column)
        if group != "attributes":
            return getattr(run.data, group).get(key)
        if key == "duration":
            return seconds_between(run.info.start_time, run.info.end_time)
        return self._names.get(run.info.experiment_id, "") if key == "experiment" else getattr(run.info, key, None)

    def facts(self) -> RunFacts:
        """What is known of all of them."""
        own = [f"attributes.{name}" for name in ("start_time", "duration", "experiment", "user_id", "status")]
        keys = {
            f"{group}.{key}" for run in self._runs for group in ("metrics", "params", "tags")
            for key in getattr(run.data, group) if group != "tags" or is_shown_tag(key)
        }  # fmt: skip
        active = sum(run.info.status in ("RUNNING", "SCHEDULED") for run in self._runs)
        return RunFacts(len(self._runs), active, list(map(self._facts, [*own, *sorted(keys)])), MOST_READ if self._is_cut else None)

    def _facts(self, column: str) -> ColumnFacts:
        values = [value for run in self._runs if (value := self._value(run, column)) is not None]
        numbers = list(map(_number, values))
        differs = len({repr(value) for value in values}) > 1 or 0 < len(values) < len(self._runs)
        length = None if _is_number(column) else max((len(value) for value in values), default=None)
        if not values or None in numbers:
            return ColumnFacts(column, "number" if _is_number(column) else "text", differs, len(values), length=length)
        known = [number for number in numbers if number is not None]
        return ColumnFacts(column, "number", differs, len(values), min(known), max(known), sum(known) / len(known), length)

    def part(self, columns: Sequence[str], offset: int, limit: int) -> RunPart:
        """A stretch of them."""
        runs = self._runs[offset : offset + limit]
        info = {name: [self._value(run, f"attributes.{name}") for run in runs] for name in INFO}
        return RunPart(info, {column: [self._value(run, column) for run in runs] for column in columns})

    def groups(self, by: str, columns: Sequence[str]) -> RunGroups:
        """They by one column."""
        found: dict[str | None, list[Run]] = defaultdict(list)
        for run in self._runs:
            found[_text(self._value(run, by))].append(run)
        most = sorted(found.items(), key=lambda one: (-len(one[1]), one[0] or ""))[:MOST_GROUPS]
        return RunGroups(len(found), [RunGroup(value, len(runs), self._group_cells(runs, columns)) for value, runs in most])

    def _group_cells(self, runs: list[Run], columns: Sequence[str]) -> dict[str, GroupCell]:
        cells = {}
        for column in columns:
            values = [value for run in runs if (value := self._value(run, column)) is not None]
            numbers = _finite(values)
            text = str(values[0]) if values and not _is_number(column) and len(set(values)) == 1 else None
            if values:
                cells[column] = GroupCell(len(values), *_moments(numbers), text)
        return cells

    def summary(self, column: str) -> ColumnSummary:
        """One column closely."""
        values = [value for run in self._runs if (value := self._value(run, column)) is not None]
        numbers = _finite(values)
        counted = Counter(map(str, values))
        missing = len(self._runs) - len(values)
        if not values or None in map(_number, values):
            frequent = sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:MOST_VALUES]
            return ColumnSummary(len(values), missing, len(counted), values=frequent)
        mean, sd, least, most = _moments(numbers)
        return ColumnSummary(len(values), missing, len(counted), least, most, mean, sd, _binned(numbers))


def _read(store: Lists, query: RunQuery) -> tuple[list[Run], dict[str, str], bool]:
    key = msgspec.json.encode((store.key, query.experiment_ids, query.run_ids, query.filters, query.deleted))
    with _lock:
        kept = _kept.get(key)
    if kept is None or time.monotonic() - kept[0] > _KEPT_S:
        runs = _listed(store, query) if query.run_ids is not None else _found(store, query)
        experiments = every_page(lambda size, token: store.search_experiments(None, ViewType.ALL, size, None, token), None, 1000)
        kept = (time.monotonic(), runs[:MOST_READ], {one.experiment_id: one.name for one in experiments}, len(runs) > MOST_READ)
        with _lock:
            _kept.clear()
            _kept[key] = kept
    return kept[1], kept[2], kept[3]


def _found(store: Lists, query: RunQuery) -> list[Run]:
    where = _all_of(query.filters)
    return every_page(
        lambda size, token: store.search_runs(query.experiment_ids, where, _view(query), size, None, token), MOST_READ + 1, 1000
    )


def _view(query: RunQuery) -> int:
    return ViewType.DELETED_ONLY if query.deleted else ViewType.ACTIVE_ONLY


def _listed(store: Lists, query: RunQuery) -> list[Run]:
    """The listed runs, in their order, at most as many at once as an address line of a server can take."""
    ids = list(dict.fromkeys(query.run_ids or ()))[: MOST_READ + 1]
    found = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ", ".join(f"'{one}'" for one in ids[start : start + _AT_ONCE] if one.isalnum())
        where = _all_of([f"attributes.run_id IN ({some})", *query.filters])
        for run in store.search_runs(query.experiment_ids, where, _view(query), _AT_ONCE, None, None) if some else ():
            found[run.info.run_id] = run
    return [found[one] for one in ids if one in found]


def _all_of(filters: Sequence[str]) -> str | None:
    """One filter of several; MLflow's servers know no brackets, so only those that need them get some."""
    given = [one for one in filters if one.strip()]
    return " AND ".join(f"({one})" if len(given) > 1 and " OR " in one.upper() else one for one in given) or None


def _is_number(column: str) -> bool:
    group, key = split_id(column)
    return group == "metrics" or (group == "attributes" and key in NUMBERS)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _finite(values: Sequence[Any]) -> list[float]:
    return [number for value in values if (number := _number(value)) is not None and math.isfinite(number)]


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _rank(value: Any) -> tuple[bool, float, str]:
    """Numbers before texts."""
    number = _number(value)
    return (number is None, number or 0.0, str(value))


def _moments(numbers: Sequence[float]) -> tuple[float | None, float | None, float | None, float | None]:
    """Mean, deviation, least and greatest."""
    if not numbers:
        return None, None, None, None
    mean = math.fsum(numbers) / len(numbers)
    sd = math.sqrt(math.fsum((number - mean) ** 2 for number in numbers) / (len(numbers) - 1)) if len(numbers) > 1 else None
    return mean, sd, min(numbers), max(numbers)


def _binned(numbers: Sequence[float]) -> list[int]:
    if not numbers:
        return []
    least, most = min(numbers), max(numbers)
    bins = [0] * (MOST_BINS if least < most else 1)
    for number in numbers:
        bins[min(len(bins) - 1, int((number - least) / ((most - least) or 1.0) * len(bins)))] += 1
    return bins
