"""Runs of another tracker become runs of the store: in bulk, by columns, and only ever once.

Imported params and tags carry the run's start as their time: what is set here later wins, and stays when the source is
imported again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_mlops.entities.datasets import clean_source
from jupyter_mlops.storage.duckdb.folded_metrics import add_points, given_columns
from jupyter_mlops.storage.duckdb.folded_pairs import INCOMING
from jupyter_mlops.storage.duckdb.imported_records import DatasetRecord, Points, RunRecord
from jupyter_mlops.storage.duckdb.imports import Mark, mark, marks
from jupyter_mlops.storage.duckdb.removals import keep_artifacts
from jupyter_mlops.storage.duckdb.sessions import Session

if TYPE_CHECKING:
    import numpy as np

__all__ = ["PlacedRun", "Taken", "artifact_uris", "take_runs"]


class PlacedRun(NamedTuple):
    """A run and what becomes of it.

    Attributes
    ----------
    number : int
        Its experiment here.
    artifact_uri : str
        Where its artifacts lie from now on.
    digest, artifacts : str
        Of the record and of its artifacts; an empty one says that more is to come.
    """

    record: RunRecord
    number: int
    artifact_uri: str
    digest: str
    artifacts: str


class Taken(NamedTuple):
    """What came of a batch: ids of runs that are new, that were brought up to date, and that are here from elsewhere."""

    new: list[str]
    updated: list[str]
    refused: list[str]


def take_runs(
    session: Session, source: str, batch: list[PlacedRun], points: Points | None, *, more: bool = False
) -> Taken:
    """Write runs and the points that belong to them, in one transaction.

    Parameters
    ----------
    more : bool, default False
        The points follow others of a run that was new with the first: none of them can be there.

    Notes
    -----
    Runs that are here from elsewhere are left alone. Points, params and inputs that are there are not written again, so a
    batch may be given any number of times.
    """
    rids = _known(session, batch)
    marked = marks(session, source, "run", list(rids)) if rids else {}
    refused = {run_id for run_id in rids if run_id not in marked}
    taken = [p for p in batch if p.record.run_id not in refused]
    new = [p for p in taken if p.record.run_id not in rids]
    old = [p for p in taken if p.record.run_id in rids]
    if taken:
        with session.transaction() as change:
            keep_artifacts(session, [p.record.run_id for p in taken])
            _insert(session, new, rids, change)
            _update(session, source, old, rids, change)
            _write_pairs(session, "params", taken, rids)
            _remove_tags(session, old, rids)
            _write_pairs(session, "tags", taken, rids)
            _write_inputs(session, taken, rids)
            if points is not None:
                where = [rids.get(p.record.run_id, -1) for p in batch]
                kept = [p.record.run_id not in refused for p in batch]
                _write_points(session, where, kept, points, some_known=bool(old) and not more)
            mark(session, source, "run", {p.record.run_id: Mark(None, p.digest) for p in taken})
            mark(session, source, "artifacts", {p.record.run_id: Mark(None, p.artifacts) for p in taken if p.artifacts})
    return Taken([p.record.run_id for p in new], [p.record.run_id for p in old], sorted(refused))


def artifact_uris(session: Session, run_ids: Iterable[str]) -> dict[str, str]:
    """Where the artifacts of runs lie, absolute, by run id."""
    rows = session.rows(
        "SELECT run_id, artifact_uri FROM store.runs WHERE run_id IN (SELECT unnest(?::VARCHAR[]))", [list(run_ids)]
    )
    return {run_id: session.absolute(uri) for run_id, uri in rows}


def _known(session: Session, batch: list[PlacedRun]) -> dict[str, int]:
    ids = [p.record.run_id for p in batch]
    return dict(session.rows("SELECT run_id, rid FROM store.runs WHERE run_id IN (SELECT unnest(?::VARCHAR[]))", [ids]))


def _insert(session: Session, new: list[PlacedRun], rids: dict[str, int], change: int) -> None:
    if not new:
        return
    row = session.row("SELECT coalesce(max(rid), 0) FROM store.runs")
    first = row[0] + 1 if row else 1
    rids.update({p.record.run_id: first + n for n, p in enumerate(new)})
    runs = [p.record for p in new]
    session.rows(
        "INSERT INTO store.runs (rid, run_id, experiment_id, run_name, user_id, status, status_time, start_time, end_time, "
        "last_record_time, lifecycle_stage, deleted_time, artifact_uri, change) "
        "SELECT unnest(?::BIGINT[]), unnest(?::VARCHAR[]), unnest(?::BIGINT[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
        "unnest(?::VARCHAR[]), unnest(?::BIGINT[]), unnest(?::BIGINT[]), unnest(?::BIGINT[]), unnest(?::BIGINT[]), "
        "unnest(?::VARCHAR[]), unnest(?::BIGINT[]), unnest(?::VARCHAR[]), ?",
        [
            [rids[r.run_id] for r in runs],
            [r.run_id for r in runs],
            [p.number for p in new],
            [r.name for r in runs],
            [r.user_id for r in runs],
            [r.status for r in runs],
            [r.end_time or r.start_time for r in runs],
            [r.start_time for r in runs],
            [r.end_time for r in runs],
            [r.end_time or r.start_time for r in runs],
            [r.lifecycle_stage for r in runs],
            [r.deleted_time for r in runs],
            [session.relative(p.artifact_uri) for p in new],
            change,
        ],
    )


def _update(session: Session, source: str, old: list[PlacedRun], rids: dict[str, int], change: int) -> None:
    """Follow the source; a run that was deleted here since it was taken stays deleted."""
    if not old:
        return
    runs = [p.record for p in old]
    session.rows(
        "UPDATE store.runs SET run_name = n.name, user_id = n.user_id, status = n.status, end_time = n.end_time, "
        "status_time = greatest(runs.status_time, coalesce(n.end_time, 0)), artifact_uri = n.artifact_uri, change = $1, "
        "lifecycle_stage = if(n.deleted_here, 'deleted', n.stage), "
        "deleted_time = if(n.deleted_here, runs.deleted_time, n.deleted_time) "
        "FROM (SELECT u.*, coalesce(r.lifecycle_stage = 'deleted' AND r.deleted_time > m.time, false) AS deleted_here "
        "FROM (SELECT unnest($2::BIGINT[]) AS rid, unnest($3::VARCHAR[]) AS name, unnest($4::VARCHAR[]) AS user_id, "
        "unnest($5::VARCHAR[]) AS status, unnest($6::BIGINT[]) AS end_time, unnest($7::VARCHAR[]) AS stage, "
        "unnest($8::BIGINT[]) AS deleted_time, unnest($9::VARCHAR[]) AS artifact_uri) u "
        "JOIN store.runs r ON r.rid = u.rid "
        "JOIN store.imports m ON m.source = $10 AND m.kind = 'run' AND m.id = r.run_id) n WHERE runs.rid = n.rid",
        [
            change,
            [rids[r.run_id] for r in runs],
            [r.name for r in runs],
            [r.user_id for r in runs],
            [r.status for r in runs],
            [r.end_time for r in runs],
            [r.lifecycle_stage for r in runs],
            [r.deleted_time for r in runs],
            [session.relative(p.artifact_uri) for p in old],
            source,
        ],
    )


def _write_pairs(session: Session, table: str, taken: list[PlacedRun], rids: dict[str, int]) -> None:
    """Insert the params or tags, whichever `table` names, that their runs do not have yet."""
    rows = [
        (rids[r.run_id], k, v, r.start_time) for r in (p.record for p in taken) for k, v in getattr(r, table).items()
    ]
    if rows:
        columns: list[Any] = [list(column) for column in zip(*rows, strict=True)]
        session.rows(
            f"INSERT INTO store.{table} (rid, key, value, timestamp) "
            f"FROM {INCOMING} i ANTI JOIN store.{table} t ON t.rid = i.rid AND t.key = i.key",
            columns,
        )


def _remove_tags(session: Session, old: list[PlacedRun], rids: dict[str, int]) -> None:
    """Remove tags that came from the source before; what was set here stays."""
    if old:
        session.rows(
            "DELETE FROM store.tags USING (SELECT unnest(?::BIGINT[]) AS rid, unnest(?::BIGINT[]) AS time) n "
            "WHERE tags.rid = n.rid AND tags.timestamp <= n.time",
            [[rids[p.record.run_id] for p in old], [p.record.start_time for p in old]],
        )


def _write_inputs(session: Session, taken: list[PlacedRun], rids: dict[str, int]) -> None:
    given = {(rids[p.record.run_id], p.number, d.name, d.digest): d for p in taken for d in p.record.inputs}
    if not given:
        return
    dids = _datasets(session, {key[1:]: dataset for key, dataset in given.items()})
    inputs = [(key[0], dids[key[1:]], dataset) for key, dataset in given.items()]
    columns: list[Any] = [[rid for rid, _, _ in inputs], [did for _, did, _ in inputs]]
    for table in ("inputs", "input_tags"):
        session.rows(
            f"DELETE FROM store.{table} USING (SELECT unnest(?::BIGINT[]) AS rid, unnest(?::BIGINT[]) AS did) n "
            f"WHERE {table}.rid = n.rid AND {table}.did = n.did",
            columns,
        )
    session.rows("INSERT INTO store.inputs (rid, did) SELECT unnest(?::BIGINT[]), unnest(?::BIGINT[])", columns)
    if tags := [(rid, did, key, value) for rid, did, dataset in inputs for key, value in dataset.tags.items()]:
        session.rows(
            "INSERT INTO store.input_tags (rid, did, key, value) "
            "SELECT unnest(?::BIGINT[]), unnest(?::BIGINT[]), unnest(?::VARCHAR[]), "
            "unnest(?::VARCHAR[])",
            [list(column) for column in zip(*tags, strict=True)],
        )


def _datasets(session: Session, wanted: dict[tuple[int, str, str], DatasetRecord]) -> dict[tuple[int, str, str], int]:
    """Numbers of data sets by experiment, name and digest; those that are not there are made."""
    numbers = sorted({number for number, _, _ in wanted})
    rows = session.rows(
        "SELECT experiment_id, name, digest, did FROM store.datasets WHERE experiment_id IN (SELECT unnest(?::BIGINT[]))",
        [numbers],
    )
    found = {row[:3]: row[3] for row in rows}
    row = session.row("SELECT coalesce(max(did), 0) + 1 FROM store.datasets")
    fresh = {key: (row[0] if row else 1) + n for n, key in enumerate(k for k in wanted if k not in found)}
    if fresh:
        made = [wanted[key] for key in fresh]
        session.rows(
            "INSERT INTO store.datasets (did, experiment_id, name, digest, source_type, source, schema, profile) "
            "SELECT unnest(?::BIGINT[]), unnest(?::BIGINT[]), unnest(?::VARCHAR[]), "
            "unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
            [list(fresh.values()), [key[0] for key in fresh], [d.name for d in made], [d.digest for d in made],
             [d.source_type for d in made], [clean_source(d.source) for d in made], [d.schema for d in made],
             [d.profile for d in made]],
        )  # fmt: skip
    return {**found, **fresh}


def _write_points(session: Session, rids: list[int], kept: list[bool], points: Points, *, some_known: bool) -> None:
    import numpy as np  # loaded with the engine

    wanted = np.asarray(kept)[points.run]
    columns: dict[str, np.ndarray[Any, Any]] = {
        "rid": np.asarray(rids, dtype=np.int64)[points.run],
        "key_index": points.key,
        "value": points.value,
        "timestamp": points.timestamp,
        "step": points.step,
    }
    if not wanted.all():
        columns = {name: column[wanted] for name, column in columns.items()}
    if some_known:
        columns = _not_there(session, columns, points.keys)
    if len(columns["rid"]):
        add_points(session, columns, points.keys)


def _not_there(session: Session, columns: dict[str, np.ndarray[Any, Any]], keys: list[str]) -> Any:
    """Those points that the history does not have."""
    import numpy as np

    count = len(columns["rid"])
    with given_columns(session, "incoming_points", {**columns, "n": np.arange(count, dtype=np.int64)}):
        there = session.rows(
            "SELECT DISTINCT i.n FROM (SELECT * REPLACE (coalesce(value, 'NaN'::DOUBLE) AS value), "
            "(?::VARCHAR[])[key_index + 1] AS key FROM incoming_points) i "
            "JOIN store.metrics m USING (rid, key, timestamp, step, value)",
            [keys],
        )
    missing = np.ones(count, dtype=bool)
    missing[[n for (n,) in there]] = False
    return {name: column[missing] for name, column in columns.items()}
