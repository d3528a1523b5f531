"""Removing runs and experiments for good: their rows go in one transaction, which leaves tombstones.

Files cannot go in that transaction. So it also notes where they lie, as a tombstone of kind ``artifacts``, which stays until
they are gone: whatever dies when, a run is there whole or not at all, and the next removal finishes the files.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from jupyter_mlops.entities.uris import is_local, local_path
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = [
    "DeadExperiment",
    "DeadRun",
    "Leftover",
    "dead_experiments",
    "dead_runs",
    "experiment_places",
    "forget",
    "keep_artifacts",
    "leftovers",
    "remove_experiments",
    "remove_runs",
]

_TABLES = (
    "metrics", "latest_metrics", "params", "tags", "run_owners", "conflicts", "inputs", "input_tags", "logged_models", "runs",
)  # fmt: skip
_AMONG = "IN (SELECT unnest(?::BIGINT[]))"
_OWNER = "split_part(id, ':', 1)"  # run of a tombstone of artifacts


class DeadRun(NamedTuple):
    """A deleted run.

    Attributes
    ----------
    deleted_time : int, milliseconds since the Unix epoch, UTC
    artifact_uri, experiment_place : str
        Where its artifacts lie, and those of its experiment; absolute.
    points : int
        Points of its metrics.
    users : tuple of str
        Model versions that are made of its artifacts, as ``name/version``.
    """

    rid: int
    run_id: str
    experiment_id: str
    deleted_time: int
    artifact_uri: str
    experiment_place: str
    points: int
    users: tuple[str, ...]


class DeadExperiment(NamedTuple):
    """A deleted experiment, when it was deleted, and the runs that it still has."""

    experiment_id: str
    deleted_time: int
    run_ids: list[str]


class Leftover(NamedTuple):
    """Artifacts of a run that is removed, and where they lie, absolute."""

    run_id: str
    place: str


def dead_runs(session: Session) -> list[DeadRun]:
    """All deleted runs, in the order in which they began."""
    versions = _versions(session)
    rows = session.rows(
        "SELECT rid, run_id, r.experiment_id::VARCHAR, coalesce(deleted_time, 0), artifact_uri, artifact_location, "
        "coalesce(points, 0) FROM store.runs r JOIN store.experiments e USING (experiment_id) LEFT JOIN "
        "(SELECT rid, sum(count)::BIGINT AS points FROM store.latest_metrics GROUP BY rid) USING (rid) "
        "WHERE r.lifecycle_stage = 'deleted' ORDER BY rid"
    )
    found = []
    for rid, run_id, experiment_id, deleted, uri, location, points in rows:
        place = session.absolute(uri)
        users = _users(run_id, place, versions)
        found.append(DeadRun(rid, run_id, experiment_id, deleted, place, session.absolute(location), points, users))
    return found


def dead_experiments(session: Session) -> list[DeadExperiment]:
    """All deleted experiments."""
    rows = session.rows(
        "SELECT experiment_id::VARCHAR, coalesce(last_update_time, 0), "
        "coalesce(list(run_id ORDER BY rid) FILTER (run_id IS NOT NULL), []) "
        "FROM store.experiments e LEFT JOIN store.runs USING (experiment_id) "
        "WHERE e.lifecycle_stage = 'deleted' GROUP BY experiment_id, last_update_time ORDER BY experiment_id"
    )
    return [DeadExperiment(*row) for row in rows]


def _versions(session: Session) -> dict[str, list[str]]:
    """Model versions that there are, by every folder that their source is or lies in."""
    found: dict[str, list[str]] = {}
    for name, source in session.rows(
        "SELECT m.name || '/' || v.version, coalesce(v.location, v.source) FROM store.model_versions v "
        "JOIN store.registered_models m USING (mid) WHERE NOT v.deleted AND v.source IS NOT NULL ORDER BY m.name, v.version"
    ):
        folder = _plain(session.absolute(source))
        while folder:
            found.setdefault(folder, []).append(name)
            folder = folder.rpartition("/")[0]
    return found


def _users(run_id: str, place: str, versions: dict[str, list[str]]) -> tuple[str, ...]:
    return (*versions.get(_plain(place), ()), *versions.get(f"runs:/{run_id}", ()))


def _plain(location: str) -> str:
    return (local_path(location) if is_local(location) else location).rstrip("/")


def remove_runs(
    session: Session, runs: Sequence[DeadRun], artifacts: Collection[Leftover], *, force: bool
) -> list[str]:
    """Remove the rows of runs that are deleted still; returns the ids of those that went.

    Parameters
    ----------
    artifacts : collection of Leftover
        Those that are to go with the runs, noted until `forget`.
    force : bool
        Whether runs also go whose artifacts a model version is made of.

    Notes
    -----
    About 0.1 s for 1,000 runs among two million metric points.
    """
    with session.transaction() as change:
        versions = {} if force else _versions(session)
        asked = [run.rid for run in runs if not _users(run.run_id, run.artifact_uri, versions)]
        dead = session.rows(
            f"SELECT rid, run_id FROM store.runs WHERE rid {_AMONG} AND lifecycle_stage = 'deleted' ORDER BY rid",
            [asked],
        )
        rids = [rid for rid, _ in dead]
        for table in _TABLES:
            session.rows(f"DELETE FROM store.{table} WHERE rid {_AMONG}", [rids])
        session.rows("DELETE FROM store.datasets WHERE did NOT IN (SELECT did FROM store.inputs)")
        ids = [run_id for _, run_id in dead]
        going = set(ids)
        _bury(session, "run", ids, change)
        _bury(session, "artifacts", [_noted(session, item) for item in artifacts if item.run_id in going], change)
    return ids


def remove_experiments(session: Session, experiment_ids: Sequence[str]) -> list[str]:
    """Remove those experiments that are deleted still and have neither runs nor files; returns the ids of those that went."""
    with session.transaction() as change:
        gone = session.rows(
            f"DELETE FROM store.experiments WHERE experiment_id {_AMONG} AND lifecycle_stage = 'deleted' "
            "AND experiment_id NOT IN (SELECT experiment_id FROM store.runs) AND NOT EXISTS (FROM store.tombstones t "
            "WHERE kind = 'artifacts' AND contains(t.id, ':' || artifact_location || '/')) RETURNING experiment_id",
            [[int(i) for i in experiment_ids]],
        )
        numbers = sorted(number for (number,) in gone)
        for table in ("experiment_tags", "datasets"):
            session.rows(f"DELETE FROM store.{table} WHERE experiment_id {_AMONG}", [numbers])
        _bury(session, "experiment", list(map(str, numbers)), change)
    return list(map(str, numbers))


def _noted(session: Session, item: Leftover) -> str:
    return f"{item.run_id}:{session.relative(item.place)}"


def _bury(session: Session, kind: str, ids: list[str], change: int) -> None:
    session.rows(
        "INSERT INTO store.tombstones (kind, id, change) SELECT ?, unnest(?::VARCHAR[]), ?", [kind, ids, change]
    )


def leftovers(session: Session) -> list[Leftover]:
    """Artifacts of removed runs that are not known to be gone; none of a run that is in the store again."""
    rows = session.rows(
        f"SELECT id FROM store.tombstones WHERE kind = 'artifacts' AND {_OWNER} NOT IN (SELECT run_id FROM store.runs) "
        "ORDER BY change, id"
    )
    parts = [text.partition(":") for (text,) in rows]
    return [Leftover(run_id, session.absolute(place)) for run_id, _, place in parts]


def forget(session: Session, gone: Sequence[Leftover]) -> None:
    """Note that those artifacts are gone."""
    ids = [_noted(session, item) for item in gone]
    with session.transaction():
        session.rows("DELETE FROM store.tombstones WHERE kind = 'artifacts' AND list_contains(?::VARCHAR[], id)", [ids])


def keep_artifacts(session: Session, run_ids: Sequence[str]) -> None:
    """Note, in a transaction, that removed runs come back: what is left of their artifacts is theirs again."""
    session.rows(
        f"DELETE FROM store.tombstones WHERE kind = 'artifacts' AND {_OWNER} IN (SELECT unnest(?::VARCHAR[]))",
        [list(run_ids)],
    )


def experiment_places(session: Session) -> list[str]:
    """Artifact locations of all experiments, absolute."""
    return [session.absolute(place) for (place,) in session.rows("SELECT artifact_location FROM store.experiments")]
