"""Blocks that a kill tore in two while DuckDB wrote them, made whole again.

A checkpoint leaves alone what the file's header refers to, with one exception: small parts of metadata share a block, and
new parts in its free room mean that the whole block, 256 KiB, is written over itself. What is in use is the same before
and after; but of a process that is killed within this one write, a block stays that is new in front and old behind, with a
checksum that is neither's. DuckDB refuses such a file (one kill in some thousands that hit a fold). All that is in use is
there: the block needs its checksum, and the write-ahead log, which a checkpoint removes last, has the rest.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import struct
from collections.abc import Iterator

from jupyter_mlops.errors import StoreCorrupt, StoreError
from jupyter_mlops.storage.duckdb.backups import copy_file, remove_file
from jupyter_mlops.storage.duckdb.checks import read_whole, table_names
from jupyter_mlops.storage.duckdb.sessions import Session, new_engine, quoted

__all__ = ["mend_torn_blocks", "read_metadata", "was_broken_off"]

_log = logging.getLogger(__name__)
_FIRST, _SIZE = 12_288, 262_144  # where the first block begins, and how long blocks are: bytes
_MOST = 8  # blocks; one write can tear one
_MISMATCH = re.compile(r"computed checksum (\d+) does not match stored checksum (\d+) in block at location (\d+)")


def was_broken_off(path: str) -> bool:
    """Whether whoever had the file at `path` last was killed before its checkpoint was done."""
    return os.path.exists(path + ".wal")


def read_metadata(session: Session) -> None:
    """Read all metadata of the store, so that a torn block is found now and not in the middle of a query.

    Notes
    -----
    Some 40 ms at 50 MB; for a file that `was_broken_off`.
    """
    for table in table_names(session):
        session.rows(f"SELECT count(*) FROM pragma_storage_info('store.{table}')")


def mend_torn_blocks(path: str, error: StoreCorrupt) -> bool:
    """Give the torn blocks of a file their checksums; False, and nothing is changed, when this is not what is wrong.

    Parameters
    ----------
    path : str
        The store's file, detached, within a lease.
    error : StoreCorrupt
        What reading it raised.

    Notes
    -----
    Tried on a copy first: only blocks of metadata are mended, only of a file whose checkpoint was broken off, and only if
    every row can be read then. Each block is mended by one write of eight bytes, so a kill in between does no harm.
    """
    if not was_broken_off(path) or not _MISMATCH.search(str(error.__cause__)):
        return False
    try:
        with _copy(path) as copy:
            torn = _mend_copy(copy, str(error.__cause__))
    except StoreError:  # no room for a copy: the error that brought us here tells more
        return False
    for location, checksum in torn.items():
        _write_checksum(path, location, checksum)
        _log.warning("%s: a process was killed while it wrote the block at %d, which is whole again.", path, location)
    return bool(torn)


@contextlib.contextmanager
def _copy(path: str) -> Iterator[str]:
    copy = path + ".mending"
    remove_file(copy)  # of one that was killed in here
    try:
        copy_file(path, copy)
        copy_file(path + ".wal", copy + ".wal")
        yield copy
    finally:
        remove_file(copy)


def _mend_copy(copy: str, problem: str | None) -> dict[int, int]:
    """Mend a copy until it can be read; returns the checksums by location, empty when that is not the way."""
    torn: dict[int, int] = {}
    while problem and (found := _MISMATCH.search(problem)):
        checksum, _, location = map(int, found.groups())
        if location in torn or len(torn) == _MOST:
            return {}
        torn[location] = checksum
        _write_checksum(copy, location, checksum)
        problem = _problem_of(copy, torn)
    return {} if problem else torn


def _problem_of(copy: str, torn: dict[int, int]) -> str | None:
    """What is wrong with a mended copy, None when nothing is."""
    import duckdb

    with new_engine(os.path.dirname(copy)) as engine:
        session = Session(engine, os.path.dirname(copy))
        try:
            session.rows(f"ATTACH {quoted(copy)} AS store (READ_ONLY)")
            for table in table_names(session):
                read_whole(session, table)
            session.rows("USE store")
            metadata = {_FIRST + _SIZE * block for (block,) in session.rows("SELECT block_id FROM pragma_metadata_info()")}
        except duckdb.Error as error:
            return str(error)
    return None if metadata.issuperset(torn) else "rows are damaged"


def _write_checksum(path: str, location: int, checksum: int) -> None:
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        os.pwrite(fd, struct.pack("<Q", checksum), location)
        os.fsync(fd)
    finally:
        os.close(fd)
