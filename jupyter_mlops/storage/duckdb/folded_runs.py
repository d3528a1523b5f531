"""Folding runs: starts, ends, names, owners; and what happens to runs whose owners died."""

from __future__ import annotations

from jupyter_mlops.entities.tags import RUN_NAME_TAG
from jupyter_mlops.storage.duckdb.intakes import Intake
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["NOBODY", "are_silent", "reap", "reap_silent", "take_in"]

_ENDED = ("FINISHED", "FAILED", "KILLED")
NOBODY = ""  # owner of a run that nobody owned and that was given up: it never dies
_SILENT = (
    "status IN ('RUNNING', 'SCHEDULED') AND coalesce(last_record_time, start_time) < ? "
    "AND rid NOT IN (SELECT rid FROM store.run_owners WHERE writer <> '' AND list_contains(?::VARCHAR[], writer))"
)


def take_in(session: Session, intake: Intake, change: int) -> dict[str, int]:
    """Apply starts, updates and owners; returns the rid of every run that may be written to.

    Records of runs that are not in the store, or were deleted before, are moved to ``rejected``.
    """
    rids = _start(session, intake, change)
    last = intake.last_records()
    known = session.rows(
        "SELECT run_id, rid, coalesce(deleted_time, 0) FROM store.runs WHERE run_id IN (SELECT unnest(?::VARCHAR[]))",
        [[run_id for run_id in intake.runs if run_id not in rids]],
    )
    refused = dict.fromkeys(intake.runs.keys() - rids.keys(), "no such run")
    for run_id, rid, deleted_time in known:
        if deleted_time and last[run_id][0] >= deleted_time:
            refused[run_id] = "the run is deleted"
        else:
            rids[run_id] = rid
            refused.pop(run_id, None)
    intake.refuse(refused)
    _touch(session, intake, {run_id: last[run_id] for run_id in last if run_id in rids}, rids, change)
    _own(session, intake, rids)
    _update(session, intake, rids)
    return rids


def _start(session: Session, intake: Intake, change: int) -> dict[str, int]:
    """Insert runs that are new; returns their rids. A start that is there already (sent twice) changes nothing."""
    if not intake.starts:
        return {}
    ids = list(intake.starts)
    there = {
        r for (r,) in session.rows("SELECT run_id FROM store.runs WHERE run_id IN (SELECT unnest(?::VARCHAR[]))", [ids])
    }
    experiments = {str(e) for (e,) in session.rows("SELECT experiment_id FROM store.experiments")}
    fresh = [s for s in intake.starts.values() if s.run_id not in there and s.experiment_id in experiments]
    row = session.row("SELECT coalesce(max(rid), 0) FROM store.runs")
    rids = {start.run_id: row[0] + 1 + n for n, start in enumerate(fresh)} if row else {}
    session.rows(
        "INSERT INTO store.runs (rid, run_id, experiment_id, run_name, user_id, status, status_time, start_time, "
        "last_record_time, lifecycle_stage, artifact_uri, change) "
        "SELECT unnest(?::BIGINT[]), unnest(?::VARCHAR[]), unnest(?::BIGINT[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
        "'RUNNING', unnest(?::BIGINT[]), unnest(?::BIGINT[]), unnest(?::BIGINT[]), 'active', unnest(?::VARCHAR[]), ?",
        [
            list(rids.values()),
            [s.run_id for s in fresh],
            [int(s.experiment_id) for s in fresh],
            [s.run_name for s in fresh],
            [s.user_id for s in fresh],
            [s.time for s in fresh],
            [s.start_time for s in fresh],
            [s.time for s in fresh],
            [s.artifact_uri for s in fresh],
            change,
        ],
    )
    return rids


def _touch(
    session: Session, intake: Intake, last: dict[str, tuple[int, str]], rids: dict[str, int], change: int
) -> None:
    """Note the last record's time, and revive runs that were given up while a writer of theirs lived on.

    Such a run is RUNNING as of the time at which it was given up: an end that came later holds, whenever it is read.
    """
    news = "(SELECT unnest(?::BIGINT[]) AS rid, unnest(?::BIGINT[]) AS time)"
    bound = [[rids[r] for r in last], [time for time, _ in last.values()]]
    session.rows(
        f"UPDATE store.runs SET change = {change}, last_record_time = greatest(coalesce(last_record_time, 0), n.time) "
        f"FROM {news} n WHERE runs.rid = n.rid",
        bound,
    )
    revived = session.rows(
        "UPDATE store.runs SET status = 'RUNNING', reaped = false, end_time = NULL, status_time = greatest(status_time, end_time) "
        f"FROM {news} n WHERE runs.rid = n.rid AND reaped AND n.time > end_time RETURNING run_id",
        bound,
    )
    for (run_id,) in revived:
        time, writer = last[run_id]
        intake.owners[run_id, writer] = time


def _own(session: Session, intake: Intake, rids: dict[str, int]) -> None:
    """Note who holds runs open; who did so before a run's end does no longer.

    Call it before `_update`: an end that is read late, after what came later, takes the run from its writer alone.
    """
    ends: dict[int, tuple[int, str]] = {}
    for update in intake.updates:
        if update.status in _ENDED and (rid := rids.get(update.run_id)) is not None:
            ends[rid] = max((update.time, update.writer), ends.get(rid, (0, "")))
    if ends:
        session.rows(
            "DELETE FROM store.run_owners o USING (SELECT unnest(?::BIGINT[]) AS rid, unnest(?::BIGINT[]) AS time, "
            "unnest(?::VARCHAR[]) AS writer) n JOIN store.runs r ON r.rid = n.rid "
            "WHERE o.rid = n.rid AND (r.status_time <= n.time OR o.writer = n.writer)",
            [list(ends), *(list(column) for column in zip(*ends.values(), strict=True))],
        )
    since = [(rids[run_id], writer, time) for (run_id, writer), time in intake.owners.items() if run_id in rids]
    _add_owners(session, [(rid, writer) for rid, writer, time in since if time > ends.get(rid, (0, ""))[0]])


def _add_owners(session: Session, owners: list[tuple[int, str]]) -> None:
    if owners:
        session.rows(
            "INSERT INTO store.run_owners (rid, writer) SELECT * FROM (SELECT unnest(?::BIGINT[]) AS rid, "
            "unnest(?::VARCHAR[]) AS writer) EXCEPT SELECT rid, writer FROM store.run_owners",
            [[rid for rid, _ in owners], [writer for _, writer in owners]],
        )


def _update(session: Session, intake: Intake, rids: dict[str, int]) -> None:
    """Apply changes in the order of their times, of several the last of each kind.

    A name goes in as the tag ``mlflow.runName`` too: of names read in several folds, the tag's time tells the last.
    """
    names: dict[int, tuple[str, int]] = {}
    states: dict[int, tuple[str, int, int | None]] = {}
    for update in sorted(intake.updates, key=lambda u: u.time):
        rid = rids.get(update.run_id)
        if rid is None:
            continue
        if update.run_name is not None:
            names[rid] = (update.run_name, update.time)
            intake.tags.append((update.run_id, RUN_NAME_TAG, update.run_name, update.time))
        if update.status is not None:
            end_time = update.end_time if update.end_time is not None else states.get(rid, ("", 0, None))[2]
            states[rid] = (update.status, update.time, end_time)
    if names:
        session.rows(
            "UPDATE store.runs SET run_name = n.name FROM (SELECT unnest(?::BIGINT[]) AS rid, "
            "unnest(?::VARCHAR[]) AS name, unnest(?::BIGINT[]) AS time) n WHERE runs.rid = n.rid AND NOT EXISTS "
            "(FROM store.tags t WHERE t.rid = n.rid AND t.key = 'mlflow.runName' AND t.timestamp > n.time)",
            [list(names), *(list(column) for column in zip(*names.values(), strict=True))],
        )
    if states:
        session.rows(
            "UPDATE store.runs SET status = n.status, status_time = n.time, reaped = false, "
            "end_time = coalesce(n.end_time, runs.end_time) FROM (SELECT unnest(?::BIGINT[]) AS rid, "
            "unnest(?::VARCHAR[]) AS status, unnest(?::BIGINT[]) AS time, unnest(?::BIGINT[]) AS end_time) n "
            "WHERE runs.rid = n.rid AND runs.status_time <= n.time",
            [list(states), *(list(column) for column in zip(*states.values(), strict=True))],
        )


def reap(session: Session, living: set[str], heirs: dict[int, str], change: int) -> None:
    """Set runs whose owners are all dead to KILLED, ended at their last record.

    Parameters
    ----------
    living : set of str
        Writers that are alive, or whose segment is not wholly read yet.
    heirs : dict of int to str
        By run a living writer that just wrote its last record: it owns the run when the owners are gone, as the forked
        child of a process that died does.
    change : int
    """
    orphaned = session.rows(
        "DELETE FROM store.run_owners WHERE NOT list_contains(?::VARCHAR[], writer) RETURNING rid", [sorted(living)]
    )
    _add_owners(session, [(rid, heirs[rid]) for (rid,) in orphaned if rid in heirs])
    session.rows(
        "UPDATE store.runs SET status = 'KILLED', reaped = true, end_time = last_record_time, change = ? "
        "WHERE rid IN (SELECT unnest(?::BIGINT[])) AND status IN ('RUNNING', 'SCHEDULED') "
        "AND rid NOT IN (SELECT rid FROM store.run_owners)",
        [change, [rid for (rid,) in orphaned]],
    )


def are_silent(session: Session, heard: list[str], before: int) -> bool:
    """Whether a run has no record since `before`, and none of its owners in `heard`, who are known to live."""
    return session.row(f"SELECT 1 FROM store.runs WHERE {_SILENT} LIMIT 1", [before, heard]) is not None


def reap_silent(session: Session, heard: list[str], before: int, change: int) -> None:
    """Set runs that are silent (see `are_silent`) to KILLED, ended at their last record; a later record revives them."""
    given_up = session.rows(
        "UPDATE store.runs SET status = 'KILLED', reaped = true, end_time = coalesce(last_record_time, start_time), "
        f"change = ? WHERE {_SILENT} RETURNING rid",
        [change, before, heard],
    )
    session.rows(
        "INSERT INTO store.run_owners (rid, writer) SELECT rid, ? FROM (SELECT unnest(?::BIGINT[]) AS rid) "
        "WHERE rid NOT IN (SELECT rid FROM store.run_owners)",
        [NOBODY, [rid for (rid,) in given_up]],
    )
