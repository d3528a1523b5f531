"""A table of any number of runs, of which a page reads what it shows."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.entities.directions import direction_of
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.run_tables import ColumnFacts, ColumnSummary, RunGroups, RunQuery, split_id
from jupyter_mlops.views.formats.packing import packed

__all__ = ["run_facts", "run_groups", "run_rows", "run_summary"]

_MOST_ROWS, _MOST_COLUMNS, _MOST_IDS = 500, 200, 1000


def run_facts(store: TrackingStore, query: RunQuery) -> dict[str, Any]:
    """How many runs match, and all columns: ``total, active, read`` and ``columns``, those that differ first.

    Notes
    -----
    One session; 50 ms for 10,000 runs of 500 columns.
    """
    facts = store.run_facts(query)
    columns = sorted(map(_described, facts.columns), key=_rank)
    return {"total": facts.total, "active": facts.active, "read": facts.read, "columns": columns}


def _described(facts: ColumnFacts) -> dict[str, Any]:
    group, key = split_id(facts.id)
    numbers = {name: as_json(value) for name, value in (("min", facts.min), ("max", facts.max), ("mean", facts.mean))}
    better = direction_of(key) if group == "metrics" else "neither"
    return {**msgspec.structs.asdict(facts), **numbers, "group": group, "label": key, "better": better}


def _rank(column: dict[str, Any]) -> tuple[bool, int, bool]:
    groups = ("params", "metrics", "attributes", "tags")
    return not column["differs"], groups.index(column["group"]), column["label"].startswith("system/")


def run_rows(store: TrackingStore, query: RunQuery, columns: list[str] | None = None, offset: int = 0, limit: int = 100) -> bytes:
    """A stretch of the runs, packed: ``attributes.<name>`` of each and the columns that are asked for.

    Parameters
    ----------
    query : RunQuery
    columns : list of str, at most 200
        Ids; without any only what every run has, for at most 1,000 runs.
    offset : int
    limit : int, at most 500

    See Also
    --------
    jupyter_mlops.views.formats.packing : the format.
    """
    asked = list(columns or ())
    most = _MOST_ROWS if asked else _MOST_IDS
    if not 1 <= limit <= most or not 0 <= offset < 2**63 or len(asked) > _MOST_COLUMNS:
        raise InvalidParameter(
            f"At most {most} rows of {_MOST_COLUMNS} columns are read at once, from 0 on: not {limit} of {len(asked)} from {offset}."
        )
    part = store.run_part(query, asked, offset, limit)
    info = {f"attributes.{name}": values for name, values in part.info.items()}
    return packed({**info, **{column: values for column, values in part.values.items() if column not in info}}, offset=offset)


def run_groups(store: TrackingStore, query: RunQuery, by: str, columns: list[str]) -> RunGroups:
    """The runs by what they have in one column, with what each group has in others."""
    if len(columns) > _MOST_COLUMNS:
        raise InvalidParameter(f"At most {_MOST_COLUMNS} columns of groups are read at once, not {len(columns)}.")
    return store.run_groups(query, by, columns)


def run_summary(store: TrackingStore, query: RunQuery, column: str) -> ColumnSummary:
    """One column over all runs: how many have it, its ends, mean and deviation, and how its values lie."""
    return store.run_summary(query, column)
