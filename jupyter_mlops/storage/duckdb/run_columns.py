"""Runs by column: four queries, and nothing done in Python for each value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlops.storage.columns import INFO, Cells
from jupyter_mlops.storage.duckdb.sessions import Session

if TYPE_CHECKING:
    import numpy as np

__all__ = ["cells", "infos"]

_TABLES = {"metrics": "latest_metrics", "params": "params", "tags": "tags"}


def infos(session: Session, rids: list[int]) -> dict[str, list[Any]]:
    """What `INFO` names of those runs, in the order given."""
    rows = session.rows(
        f"SELECT rid, {', '.join(INFO)} FROM store.runs WHERE rid IN (SELECT unnest(?::BIGINT[]))", [rids]
    )
    found = {row[0]: row[1:] for row in rows}
    ordered = [found[rid] for rid in rids]
    info = {name: [row[place] for row in ordered] for place, name in enumerate(INFO)}
    info["experiment_id"] = [str(number) for number in info["experiment_id"]]
    info["artifact_uri"] = [session.absolute(location) for location in info["artifact_uri"]]
    return info


def cells(session: Session, rids: list[int]) -> dict[str, Cells]:
    """What was logged to those runs, by group; rows are places in `rids`."""
    import numpy as np

    numbers = np.array(rids, np.int64)
    order = np.argsort(numbers)
    return {group: _cells(session, table, rids, numbers[order], order) for group, table in _TABLES.items()}


def _cells(
    session: Session, table: str, rids: list[int], ascending: np.ndarray[Any, Any], order: np.ndarray[Any, Any]
) -> Cells:
    import numpy as np

    found = session.columns(
        f"SELECT rid, key, value FROM store.{table} WHERE rid IN (SELECT unnest(?::BIGINT[]))", [rids]
    )
    rows = order[np.searchsorted(ascending, found["rid"])]
    return Cells(rows, found["key"], found["value"])
