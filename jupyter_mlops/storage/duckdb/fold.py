"""The fold: what writers appended becomes rows, exactly once.

In one transaction the new records go in and the ``applied`` marks move; whatever dies when, the next fold goes on from
the marks. Every record is applied by its own time stamp, so the order in which segments are read does not matter.
"""

from __future__ import annotations

import contextlib
import logging
import os
from typing import Any

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.variables import DEAD_RUN_TIMEOUT
from jupyter_mlops.storage.duckdb import folded_inputs, folded_metrics, folded_pairs, folded_runs
from jupyter_mlops.storage.duckdb.found_segments import FoundSegment, find_segments, read_segment
from jupyter_mlops.storage.duckdb.intakes import Intake
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["fold"]

_log = logging.getLogger(__name__)


def fold(session: Session, folder: str, store_id: str) -> bool:
    """Bring the segments in `folder` into the database; True when more than was folded may wait.

    Parameters
    ----------
    session : Session
        Attached for writing, inside a lease.
    folder : str
        The journal folder.
    store_id : str
        Segments of another store are set aside (renamed to ``*.aside``) and reported.

    Notes
    -----
    With nothing new: one listing, one ``stat`` a segment, one query. Else about 3 µs a record. A record that cannot
    become rows is moved to ``rejected``: it keeps no other from being read.
    """
    timeout = DEAD_RUN_TIMEOUT.get()
    silent_before = None if timeout is None else now_ms() - timeout
    try:
        return _fold_part(session, folder, store_id, Intake(), silent_before)
    except _refusals(LookupError, TypeError, ValueError):
        return _fold_closely(session, folder, store_id, silent_before)


def _fold_closely(session: Session, folder: str, store_id: str, silent_before: int | None) -> bool:
    """Fold what cannot be folded as it is: records that are wrong by themselves are set apart, then halves are tried."""
    at_most, reason = None, None
    while True:
        intake = Intake(at_most, checked=True, refusing=reason)
        try:
            more = _fold_part(session, folder, store_id, intake, silent_before)
        except _refusals() as error:
            if reason is not None or not intake.count:
                raise
            suspects = intake.count  # the one that cannot be folded is among these
            if suspects == 1:
                reason = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        else:
            if at_most is None or reason is not None:
                return more
            suspects -= intake.count
        at_most = max(1, suspects // 2)


def _refusals(*unlooked: type[Exception]) -> tuple[type[Exception], ...]:
    """What a record raises that is well-formed, yet holds what no column can.

    One that nobody looked at may raise `unlooked` too: of those that look right, they are faults of ours and go up.
    """
    import duckdb

    return (*unlooked, ArithmeticError, duckdb.DataError, duckdb.IntegrityError, duckdb.InvalidInputException)


def _fold_part(session: Session, folder: str, store_id: str, intake: Intake, silent_before: int | None) -> bool:
    marks, owners = _marks(session)
    segments = find_segments(folder, marks)
    news = [s for s in segments if s.size > s.applied or not s.alive]
    for segment in news:
        read_segment(segment, store_id, intake)
    finished = [s for s in news if not s.alive and s.read >= s.size]
    living = {s.writer for s in segments if s not in finished} | {folded_runs.NOBODY}
    heard = sorted({s.writer for s in segments if not s.elsewhere} & living)
    silent = silent_before is not None and folded_runs.are_silent(session, heard, silent_before)
    if any(s.read != s.applied for s in news) or owners - living or silent:
        with session.transaction() as change:
            rids = _apply(session, intake, change) if intake.count or intake.rejected else {}
            last = {rids[run_id]: writer for run_id, (_, writer) in intake.last_records().items() if run_id in rids}
            heirs = {rid: writer for rid, writer in last.items() if writer in living}
            if (owners | {writer for _, writer in intake.owners}) - living:
                folded_runs.reap(session, living, heirs, change)
            if silent_before is not None:
                folded_runs.reap_silent(session, heard, silent_before, change)
            _mark(session, news, marks.keys() - {s.name for s in segments})
    for segment in finished:
        with contextlib.suppress(OSError):  # another user's segment: read, but not ours to delete
            os.unlink(segment.path)
    for text in intake.news:
        _log.warning("%s; it is kept in the table 'rejected'.", text)
    return intake.is_full


def _marks(session: Session) -> tuple[dict[str, tuple[int, int]], set[str]]:
    """How far segments are applied, and the writers that hold runs open."""
    rows = session.rows(
        'SELECT segment, "offset", records FROM store.applied '
        "UNION ALL SELECT DISTINCT writer, NULL, NULL FROM store.run_owners"
    )
    marks = {name: (offset, records) for name, offset, records in rows if offset is not None}
    return marks, {writer for writer, offset, _ in rows if offset is None}


def _apply(session: Session, intake: Intake, change: int) -> dict[str, int]:
    rids = folded_runs.take_in(session, intake, change)
    folded_pairs.take_in(session, intake, rids, change)
    folded_metrics.take_in(session, intake, rids)
    folded_inputs.take_in(session, intake, rids)
    if intake.rejected:
        columns: list[Any] = [list(column) for column in zip(*intake.rejected, strict=True)]
        session.rows(
            "INSERT INTO store.rejected (run_id, kind, reason, timestamp, record, change) SELECT unnest(?::VARCHAR[]), unnest(?::INTEGER[]), unnest(?::VARCHAR[]), "
            "unnest(?::BIGINT[]), unnest(?::BLOB[]), ?",
            [*columns, change],
        )
    return rids


def _mark(session: Session, news: list[FoundSegment], gone: set[str]) -> None:
    moved = [s for s in news if s.read]
    session.rows(
        "DELETE FROM store.applied WHERE list_contains(?::VARCHAR[], segment)", [[*(s.name for s in moved), *gone]]
    )
    if moved:
        session.rows(
            'INSERT INTO store.applied (segment, "offset", records) '
            "SELECT unnest(?::VARCHAR[]), unnest(?::BIGINT[]), unnest(?::BIGINT[])",
            [[s.name for s in moved], [s.read for s in moved], [s.records for s in moved]],
        )
