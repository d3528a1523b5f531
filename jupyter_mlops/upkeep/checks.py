"""Whether a store is whole, and mending what can be mended."""

from __future__ import annotations

import os

import msgspec

from jupyter_mlops.errors import StoreCorrupt, StoreError
from jupyter_mlops.storage.duckdb.backups import newest_backup
from jupyter_mlops.storage.duckdb.checks import CHECKS, Check, point_ranges, read_whole, table_names, wrong_summaries
from jupyter_mlops.storage.duckdb.rewrites import salvage
from jupyter_mlops.storage.duckdb.sessions import Session, absolute_in
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.upkeep.backups import back_up

__all__ = ["Finding", "Report", "check_store"]

_SUMMARIES = "metrics have a summary that disagrees with their history"


class Finding(msgspec.Struct):
    """One thing that is not as it should be, and what was done about it."""

    problem: str
    count: int
    mended: bool = False
    advice: str = ""


class Report(msgspec.Struct):
    """What a check found; `notes` are worth knowing and no problems."""

    path: str
    tables: int = 0
    findings: list[Finding] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)
    backup: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to mend."""
        return all(finding.mended for finding in self.findings)


def check_store(store: DuckDBStore, *, repair: bool = False) -> Report:
    """Read all of a store and compare what belongs together.

    Parameters
    ----------
    store : DuckDBStore
    repair : bool, default False
        Mend what can be mended, after a backup. Of a file with damaged blocks, what can still be read is kept.

    Returns
    -------
    Report

    Raises
    ------
    StoreBusy, StoreError

    Notes
    -----
    In many short leases: others go on. About two seconds for each million points.

    Examples
    --------
    >>> from jupyter_mlops.storage.opened import open_store
    >>> check_store(open_store()).is_whole
    True
    """
    report = Report(store.path)
    try:
        _read(store, report)
    except StoreCorrupt as error:
        _damaged(store, report, error, repair=repair)
        if not repair:
            return report
    broken = {check: count for check in CHECKS if (count := _count(store, check))}
    summaries = _summaries(store, repair=False)
    if repair and (broken or summaries):
        report.backup = back_up(store, artifacts=False, why="repair").folder
        _mend(store, list(broken))
        summaries = _summaries(store, repair=True)
    report.findings += [_finding(store, check, count, repair=repair) for check, count in broken.items()]
    if summaries:
        report.findings.append(Finding(_SUMMARIES, summaries, mended=repair))
    _look_around(store, report)
    return report


def _read(store: DuckDBStore, report: Report) -> None:
    with store.files.reading("check") as session:
        tables = table_names(session)
    for table in tables:
        with store.files.reading("check") as session:
            read_whole(session, table)
    report.tables = len(tables)


def _damaged(store: DuckDBStore, report: Report, error: StoreCorrupt, *, repair: bool) -> None:
    backup = newest_backup(store.path)
    advice = f"Restore {backup}." if backup else "There is no backup."
    finding = Finding(f"blocks of the file are damaged ({error})", 1, advice=f"{advice} Or --repair to keep what can be read.")
    report.findings.append(finding)
    if repair:
        lost, aside = salvage(store.files)
        rows = ", ".join(f"{count} rows of {table} at most" for table, count in lost.items()) or "nothing"
        finding.mended, finding.advice = True, f"Lost: {rows}. The damaged file is {aside}. {advice}"
        _read(store, report)


def _count(store: DuckDBStore, check: Check) -> int:
    with store.files.reading("check") as session:
        row = session.row(check.counted)
    return int(row[0]) if row else 0


def _mend(store: DuckDBStore, broken: list[Check]) -> None:
    for check in broken:
        if check.repair:
            with store.files.session("repair") as session, session.transaction():
                session.rows(check.repair)


def _finding(store: DuckDBStore, check: Check, count: int, *, repair: bool) -> Finding:
    return Finding(check.problem, count, mended=repair and not _count(store, check))


def _summaries(store: DuckDBStore, *, repair: bool) -> int:
    with store.files.reading("check") as session:
        ranges = point_ranges(session)
    return sum(_summaries_of(store, *points, repair=repair) for points in ranges)


def _summaries_of(store: DuckDBStore, first: int, last: int, *, repair: bool) -> int:
    with store.files.session("repair") if repair else store.files.reading("check") as session:
        return wrong_summaries(session, first, last, repair=repair)


def _look_around(store: DuckDBStore, report: Report) -> None:
    """Notes: what was refused, set aside, or points nowhere."""
    with store.files.reading("check") as session:
        _note_rows(session, report, "rejected", "records could not be applied; they are kept in the table 'rejected'")
        _note_rows(session, report, "conflicts", "params were logged with two values; see the table 'conflicts'")
        sources = session.rows("SELECT source, count(*) FROM store.model_versions WHERE NOT deleted GROUP BY source")
    gone = sum(count for source, count in sources if _is_gone(store.files.root, source))
    if gone:
        report.findings.append(Finding("model versions have no files any more", gone, advice="Restore the artifacts."))
    try:
        aside = [name for name in os.listdir(store.files.folder) if name.endswith(".aside")]
    except OSError as error:
        raise StoreError(f"{store.files.folder} cannot be read: {error.strerror}.") from error
    if aside:
        report.notes.append(f"{len(aside)} segments of other stores were set aside in {store.files.folder}")


def _note_rows(session: Session, report: Report, table: str, what: str) -> None:
    row = session.row(f"SELECT count(*) FROM store.{table}")
    if row and row[0]:
        report.notes.append(f"{row[0]} {what}")


def _is_gone(root: str, source: str | None) -> bool:
    """Whether a version's files should be on this machine and are not."""
    if not source or "://" in source or source.startswith(("runs:", "models:")):
        return False
    return not os.path.exists(absolute_in(root, source.removeprefix("file:")))
