"""Runs as they are read, and the few changes to them that need an answer at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.datasets import RunInputs
from jupyter_mlops.entities.runs import Run, RunData, RunInfo
from jupyter_mlops.entities.tags import PARENT_TAG
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.duckdb import inputs
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["among", "change_stage", "change_stages", "delete_tag", "fetch", "get", "rid_of", "rids_of"]

_COLUMNS = "rid, run_id, experiment_id, run_name, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri"
_DATA = """
SELECT 0 AS kind, rid, key, value, NULL AS text FROM store.latest_metrics WHERE rid {0}
UNION ALL SELECT 1, rid, key, NULL, value FROM store.params WHERE rid {0}
UNION ALL SELECT 2, rid, key, NULL, value FROM store.tags WHERE rid {0}
UNION ALL SELECT 3, rid, NULL, NULL, NULL FROM store.inputs WHERE rid {0} ORDER BY rid, key
"""
_FAMILY = f"""
WITH RECURSIVE family AS (
    SELECT rid, run_id, experiment_id, lifecycle_stage, coalesce(deleted_time, 0) AS gone FROM store.runs
    WHERE run_id IN (SELECT unnest(?::VARCHAR[]))
    UNION
    SELECT r.rid, r.run_id, r.experiment_id, r.lifecycle_stage, coalesce(r.deleted_time, 0) FROM family f
    JOIN store.tags t ON t.key = '{PARENT_TAG}' AND t.value = f.run_id
    JOIN store.runs r ON r.rid = t.rid AND r.experiment_id = f.experiment_id
    WHERE ? = 'deleted' OR (f.lifecycle_stage = 'deleted' AND r.lifecycle_stage = 'deleted' AND coalesce(r.deleted_time, 0) >= f.gone)
)
SELECT rid FROM family
"""
_FEW = 4


def rids_of(session: Session, run_ids: Sequence[str]) -> list[int]:
    """Numbers of those runs that are there, in the order given."""
    rows = session.rows(
        "SELECT run_id, rid FROM store.runs WHERE run_id IN (SELECT unnest(?::VARCHAR[]))", [list(run_ids)]
    )
    found = dict(rows)
    return [found[run_id] for run_id in run_ids if run_id in found]


def fetch(session: Session, rids: list[int]) -> list[Run]:
    """Runs of those numbers, in the order given: two queries, however many runs."""
    if not rids:
        return []
    which, bound = among(rids)
    found = _with_data(session, session.rows(f"SELECT {_COLUMNS} FROM store.runs WHERE rid {which}", bound))
    return [found[rid] for rid in rids if rid in found]


def among(rids: list[int]) -> tuple[str, list[Any]]:
    """SQL that chooses `rids`: a few as literals, which DuckDB looks up twice as fast as it joins."""
    if len(rids) <= _FEW:
        return f"IN ({', '.join(map(str, rids))})", []
    return "IN (SELECT unnest($1::BIGINT[]))", [rids]


def _with_data(session: Session, rows: list[tuple[Any, ...]]) -> dict[int, Run]:
    """Runs by number, of their rows and of what was logged."""
    which, bound = among([row[0] for row in rows])
    data: dict[int, RunData] = {row[0]: RunData({}, {}, {}) for row in rows}
    fed: set[int] = set()
    for kind, rid, key, value, text in session.rows(_DATA.format(which), bound):
        if kind == 0:
            data[rid].metrics[key] = value
        elif kind == 3:
            fed.add(rid)
        else:
            (data[rid].params if kind == 1 else data[rid].tags)[key] = text
    given = inputs.of_runs(session, list(fed)) if fed else {}  # most runs have none: no further query for them
    found = {}
    for rid, run_id, experiment_id, name, user, status, start, end, stage, uri in rows:
        info = RunInfo(run_id, str(experiment_id), name, user, status, start, end, stage, session.absolute(uri))
        found[rid] = Run(info, data[rid], RunInputs(given.get(rid, [])))
    return found


def _row(session: Session, run_id: str) -> tuple[Any, ...]:
    row = session.row(f"SELECT {_COLUMNS} FROM store.runs WHERE run_id = ?", [run_id])
    if row is None:
        raise NotFound(f"There is no run with id {run_id!r} in this store.")
    return row


def rid_of(session: Session, run_id: str) -> int:
    """Number of a run, a deleted one too."""
    return int(_row(session, run_id)[0])


def get(session: Session, run_id: str) -> Run:
    """A run, deleted ones too."""
    row = _row(session, run_id)
    return _with_data(session, [row])[row[0]]


def last_time(session: Session, run_id: str) -> int:
    """When the run was last written to, by the clock of whoever did; 0 for one that is not there."""
    row = session.row("SELECT greatest(last_record_time, status_time, 0) FROM store.runs WHERE run_id = ?", [run_id])
    return int(row[0]) if row else 0


def change_stage(session: Session, run_id: str, stage: str) -> None:
    """Set a run to ``active`` or ``deleted``; nothing when it is so."""
    rid = rid_of(session, run_id)
    with session.transaction() as change:
        session.rows(
            "UPDATE store.runs SET lifecycle_stage = ?, deleted_time = ?, change = ? WHERE rid = ? AND lifecycle_stage <> ?",
            [stage, now_ms() if stage == "deleted" else None, change, rid, stage],
        )


def change_stages(session: Session, run_ids: Sequence[str], stage: str) -> list[str]:
    """Set runs and those below them in their experiments to ``active`` or ``deleted``; returns the ids of those that were not.

    What was deleted before the run above it stays deleted when that one comes back.
    """
    with session.transaction() as change:
        rids = [rid for (rid,) in session.rows(_FAMILY, [list(run_ids), stage])]
        changed = session.rows(
            "UPDATE store.runs SET lifecycle_stage = ?, deleted_time = ?, change = ? "
            "WHERE rid IN (SELECT unnest(?::BIGINT[])) AND lifecycle_stage <> ? RETURNING run_id",
            [stage, now_ms() if stage == "deleted" else None, change, rids, stage],
        )
    return sorted(run_id for (run_id,) in changed)


def delete_tag(session: Session, run_id: str, key: str) -> None:
    """Remove a tag of an active run."""
    run = get(session, run_id)
    if run.info.lifecycle_stage != "active":
        raise InvalidParameter(f"Run {run_id} is deleted: restore it before changing tags.")
    if key not in run.data.tags:
        raise NotFound(f"Run {run_id} has no tag {key!r}.")
    rid = rid_of(session, run_id)
    with session.transaction() as change:
        session.rows("DELETE FROM store.tags WHERE rid = ? AND key = ?", [rid, key])
        session.rows("UPDATE store.runs SET change = ? WHERE rid = ?", [change, rid])
