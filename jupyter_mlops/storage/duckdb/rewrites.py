"""A store's file replaced by a fresh one: shrunk, what can be read of a damaged one, or a backup."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from typing import Any

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.errors import StoreBusy, StoreCorrupt, StoreError, StoreNewer
from jupyter_mlops.storage.duckdb import experiments
from jupyter_mlops.storage.duckdb.backups import copy_file, free_name, remove_file
from jupyter_mlops.storage.duckdb.checks import table_names
from jupyter_mlops.storage.duckdb.files import StoreFiles
from jupyter_mlops.storage.duckdb.migrations import SCHEMA_VERSION, migrate, read_meta
from jupyter_mlops.storage.duckdb.sessions import Session, attached, quoted, translated
from jupyter_mlops.storage.journal.heads import Head, mend_head, write_head
from jupyter_mlops.storage.modes import file_mode

__all__ = ["compact", "put_back", "salvage"]

_GROUP = 122_880  # rows that DuckDB keeps together: damage costs one such group, or a few


def compact(files: StoreFiles) -> tuple[int, int]:
    """Rewrite the file without the room that deleted rows left; returns its size before and after, bytes.

    Raises
    ------
    StoreBusy, StoreError
        Nothing was changed.

    Notes
    -----
    One lease for the whole copy: some seconds a GB, in which others wait and logging goes on.
    """
    with files.at_rest("compact"), _fresh(files.path) as fresh:
        before = os.stat(files.path).st_size
        with attached(files.path, read_only=True) as session, _second(session, fresh):
            session.rows("COPY FROM DATABASE store TO fresh")
            _compare(session)
        _replace(files.path, fresh)
    return before, os.stat(files.path).st_size


def _compare(session: Session) -> None:
    for table in table_names(session):
        kept = session.row(f"SELECT (SELECT count(*) FROM store.{table}) = (SELECT count(*) FROM fresh.{table})")
        if kept != (True,):
            raise StoreError(f"The copy lacks rows of {table}: the store was left as it is.")


def salvage(files: StoreFiles) -> tuple[dict[str, int], str]:
    """Make a new file of what can be read of a damaged one, which is set aside.

    Returns
    -------
    lost : dict of str to int
        By table the rows that could not be read.
    aside : str
        Where the damaged file is now.

    Raises
    ------
    StoreCorrupt
        The file tells nothing any more, not even what it should hold: only a backup helps.
    """
    with files.turn("salvage"), _fresh(files.path) as fresh:
        with attached(files.path, read_only=True) as session, _second(session, fresh):
            meta = read_meta(session.connection)
            if not meta:
                raise StoreCorrupt(f"{files.path} does not say what it is any more: restore it from a backup.")
            lost = _found_again(session, meta)
        return lost, _set_aside(files.path, fresh, "damaged")


def _found_again(session: Session, meta: dict[str, str]) -> dict[str, int]:
    if int(meta["schema"]) > SCHEMA_VERSION:
        raise StoreNewer(f"The store has schema {meta['schema']}, this version of jupyter_mlops knows {SCHEMA_VERSION}.")
    migrate(session.connection, {}, meta["store_id"], database="fresh")
    session.rows("DELETE FROM fresh.meta; DELETE FROM fresh.experiments")
    lost = {table: sum(_copied_rows(session, table)) for table in table_names(session)}
    session.rows("UPDATE fresh.meta SET value = ? WHERE key = 'schema'", [str(SCHEMA_VERSION)])
    return {table: rows for table, rows in lost.items() if rows}


def _copied_rows(session: Session, table: str) -> Iterator[int]:
    """Copy a table group by group; yields for each that cannot be read how many rows it had at most."""
    columns = ", ".join(f'"{name}"' for (name,) in session.rows(
        "SELECT column_name FROM duckdb_columns() WHERE database_name = 'store' AND table_name = ? ORDER BY column_index",
        [table],
    ))  # fmt: skip
    row = session.row(f"SELECT coalesce(max(rowid) + 1, 0) FROM store.{table}")
    total = int(row[0]) if row else 0
    for begin in range(0, total, _GROUP):
        try:
            session.rows(
                f"INSERT INTO fresh.{table} ({columns}) SELECT {columns} FROM store.{table} "
                f"WHERE rowid BETWEEN {begin} AND {begin + _GROUP - 1}"
            )
        except _duckdb_error():
            yield min(_GROUP, total - begin)


def _duckdb_error() -> type[Exception]:
    import duckdb

    return duckdb.Error


def put_back(files: StoreFiles, backup: str) -> str | None:
    """Make a copy of the file `backup` the store's file; the present one is set aside.

    Returns
    -------
    str or None
        Where the present one is now, None when there was none.

    Notes
    -----
    The journal stays: what living writers logged since the backup is folded into it, and so that it has a place,
    experiments that were made since then stay too. Numbers of changes go on from the greater one, so that whoever follows
    them misses nothing.
    """
    files.make_folders()
    with files.turn("restore"), _fresh(files.path) as fresh:
        copy_file(backup, fresh)
        store_id, change, made = _present(files)
        with attached(fresh) as session:
            session.rows(
                "UPDATE store.meta SET value = (greatest(value::BIGINT, ?) + 1)::VARCHAR WHERE key = 'change'", [change]
            )
            meta = read_meta(session.connection)
            if meta["store_id"] == store_id:
                experiments.keep(session, *made)
            known = experiments.recent(session)
        _sync(fresh)
        aside = _set_aside(files.path, fresh, "before-restore") if os.path.exists(files.path) else None
        if aside is None:
            _replace(files.path, fresh)
        write_head(files.folder, Head(meta["store_id"]).with_experiments(known))
        return aside


_Rows = list[tuple[Any, ...]]


def _present(files: StoreFiles) -> tuple[str, int, tuple[_Rows, _Rows]]:
    """Id, last change and experiments of the present store; of a damaged one what its head knows."""
    try:
        if os.path.exists(files.path):
            with attached(files.path, read_only=True) as session:
                meta = read_meta(session.connection)
                return meta["store_id"], int(meta["change"]), experiments.everything(session)
    except StoreBusy:
        raise
    except (StoreError, KeyError):  # damaged, or not even begun
        pass
    head = mend_head(files.folder)
    if head is None:
        return "", 0, ([], [])
    now = now_ms()
    known = [(int(e.experiment_id), e.name, e.artifact_location, e.lifecycle_stage, now, now) for e in head.experiments]
    return head.store_id, 0, (known, [])


@contextlib.contextmanager
def _fresh(path: str) -> Iterator[str]:
    """Name for a file that takes the place of `path`; removed unless it did."""
    fresh = f"{path}.fresh"
    remove_file(fresh)
    try:
        yield fresh
    finally:
        remove_file(fresh)


@contextlib.contextmanager
def _second(session: Session, path: str) -> Iterator[None]:
    """Attach a new file at `path` as ``fresh``."""
    error = _duckdb_error()
    try:
        session.rows(f"ATTACH {quoted(path)} AS fresh (STORAGE_VERSION 'v1.2.0')")
        try:
            yield
        finally:
            session.rows("DETACH fresh")
    except error as failed:
        raise translated(failed, path) from failed
    _sync(path)


def _sync(path: str) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _replace(path: str, fresh: str) -> None:
    os.chmod(fresh, file_mode(os.path.dirname(path)))
    os.replace(fresh, path)
    _sync(os.path.dirname(path))


def _set_aside(path: str, fresh: str, why: str) -> str:
    """Put `fresh` in the place of `path`, which gets another name; there is a file at `path` at any moment."""
    aside = free_name(f"{path}.{why}-{time.strftime('%Y-%m-%dT%H-%M-%SZ', time.gmtime())}")
    try:
        os.link(path, aside)
    except OSError:  # a file system without hard links
        copy_file(path, aside)
    with contextlib.suppress(FileNotFoundError):
        os.rename(path + ".wal", aside + ".wal")
    _replace(path, fresh)
    return aside
