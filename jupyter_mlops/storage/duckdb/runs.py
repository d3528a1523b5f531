"""Runs as they are read, and the few changes to them that need an answer at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.runs import Run, RunData, RunInfo
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["change_stage", "delete_tag", "fetch", "get", "histories", "rids_of"]

_COLUMNS = "rid, run_id, experiment_id, run_name, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri"


def rids_of(session: Session, run_ids: Sequence[str]) -> list[int]:
    """Numbers of those runs that are there, in the order given."""
    rows = session.rows(
        "SELECT run_id, rid FROM store.runs WHERE run_id IN (SELECT unnest(?::VARCHAR[]))", [list(run_ids)]
    )
    found = dict(rows)
    return [found[run_id] for run_id in run_ids if run_id in found]


def fetch(session: Session, rids: list[int]) -> list[Run]:
    """Runs of those numbers, in the order given: four queries, however many runs."""
    if not rids:
        return []
    rows = session.rows(f"SELECT {_COLUMNS} FROM store.runs WHERE rid IN (SELECT unnest(?::BIGINT[]))", [rids])
    metrics, params, tags = (_by_run(session, table, rids) for table in ("latest_metrics", "params", "tags"))
    found = {}
    for rid, run_id, experiment_id, name, user, status, start, end, stage, uri in rows:
        info = RunInfo(run_id, str(experiment_id), name, user, status, start, end, stage, session.absolute(uri))
        found[rid] = Run(info, RunData(metrics.get(rid, {}), params.get(rid, {}), tags.get(rid, {})))
    return [found[rid] for rid in rids if rid in found]


def _by_run(session: Session, table: str, rids: list[int]) -> dict[int, dict[str, Any]]:
    gathered: dict[int, dict[str, Any]] = {}
    for rid, key, value in session.rows(
        f"SELECT rid, key, value FROM store.{table} WHERE rid IN (SELECT unnest(?::BIGINT[])) ORDER BY rid, key", [rids]
    ):
        gathered.setdefault(rid, {})[key] = value
    return gathered


def _rid(session: Session, run_id: str) -> int:
    rids = rids_of(session, [run_id])
    if not rids:
        raise NotFound(f"There is no run with id {run_id!r} in this store.")
    return rids[0]


def get(session: Session, run_id: str) -> Run:
    """A run, deleted ones too."""
    return fetch(session, [_rid(session, run_id)])[0]


def change_stage(session: Session, run_id: str, stage: str) -> None:
    """Set a run to ``active`` or ``deleted``; nothing when it is so."""
    rid = _rid(session, run_id)
    with session.transaction() as change:
        session.rows(
            "UPDATE store.runs SET lifecycle_stage = ?, deleted_time = ?, change = ? WHERE rid = ? AND lifecycle_stage <> ?",
            [stage, now_ms() if stage == "deleted" else None, change, rid, stage],
        )


def delete_tag(session: Session, run_id: str, key: str) -> None:
    """Remove a tag of an active run."""
    run = get(session, run_id)
    if run.info.lifecycle_stage != "active":
        raise InvalidParameter(f"Run {run_id} is deleted: restore it before changing tags.")
    if key not in run.data.tags:
        raise NotFound(f"Run {run_id} has no tag {key!r}.")
    rid = _rid(session, run_id)
    with session.transaction() as change:
        session.rows("DELETE FROM store.tags WHERE rid = ? AND key = ?", [rid, key])
        session.rows("UPDATE store.runs SET change = ? WHERE rid = ?", [change, rid])


def histories(session: Session, run_ids: Sequence[str], key: str, order: str) -> dict[str, list[Metric]]:
    """Points of one metric by run, identical ones once.

    Parameters
    ----------
    order : str
        Columns to sort by.
    """
    rows = session.rows(
        "SELECT DISTINCT run_id, value, timestamp, step FROM store.metrics JOIN store.runs USING (rid) "
        f"WHERE key = ? AND run_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY {order}",
        [key, list(run_ids)],
    )
    gathered: dict[str, list[Metric]] = {}
    for run_id, value, timestamp, step in rows:
        gathered.setdefault(run_id, []).append(Metric(key, value, timestamp, step))
    return gathered
