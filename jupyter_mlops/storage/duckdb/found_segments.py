"""Segments as a fold finds them: who still writes them, how far they are applied, what is new in them."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import time
from dataclasses import dataclass

from jupyter_mlops.errors import StoreNewer
from jupyter_mlops.storage.duckdb.intakes import Intake
from jupyter_mlops.storage.journal.segments import SUFFIX, UNFINISHED, Damage, Header, is_alive, read_header, scan

__all__ = ["FoundSegment", "find_segments", "read_segment"]

_UNFINISHED_S = 60.0  # far longer than it takes to lock a new segment
_log = logging.getLogger(__name__)


@dataclass
class FoundSegment:
    """A segment as a fold found it.

    Attributes
    ----------
    applied, records : int
        Bytes and records of it that are in the database already.
    alive : bool
        Whether more may come: its writer lives, or nobody here can tell, or this version cannot read all of it.
    elsewhere : bool
        Whether nobody here can tell, for it was written on another machine.
    read : int
        Bytes up to which this fold read it.
    """

    name: str
    path: str
    applied: int
    records: int
    size: int
    alive: bool
    elsewhere: bool = False
    read: int = 0

    @property
    def writer(self) -> str:
        return self.name.removesuffix(SUFFIX)


def find_segments(folder: str, marks: dict[str, tuple[int, int]]) -> list[FoundSegment]:
    """The segments in `folder`, by name; what died before it was a segment is removed.

    Parameters
    ----------
    marks : dict of str to (int, int)
        By segment the bytes and records that are applied.
    """
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(SUFFIX):
                found.append(_found(entry, *marks.get(entry.name, (0, 0))))
            elif entry.name.endswith(UNFINISHED):
                _remove_unfinished(entry)
    return sorted(found, key=lambda s: s.name)


def _found(entry: os.DirEntry[str], applied: int, records: int) -> FoundSegment:
    # Looked at in this order: a writer seen dead writes no more, so the size is its last.
    alive = is_alive(entry.path)
    size = os.stat(entry.path, follow_symlinks=False).st_size
    header = None if alive else _header(entry.path)
    elsewhere = header is not None and header.is_elsewhere()
    return FoundSegment(entry.name, entry.path, applied, records, size, alive or elsewhere, elsewhere)


def _remove_unfinished(entry: os.DirEntry[str]) -> None:
    with contextlib.suppress(OSError):  # finished or removed meanwhile, or another user's
        if time.time() - entry.stat(follow_symlinks=False).st_mtime > _UNFINISHED_S and not is_alive(entry.path):
            os.unlink(entry.path)


def _header(path: str) -> Header | None:
    with open(path, "rb") as file:
        found = read_header(file.read(4096))
    return found[0] if found else None


def read_segment(segment: FoundSegment, store_id: str, intake: Intake) -> None:
    """Take in what is new in a segment, until `intake` is full.

    Raises
    ------
    StoreNewer
        Its format is one of the future.
    """
    segment.read = segment.applied
    if segment.applied == 0 and not _belongs(segment, store_id):
        return
    writer = segment.writer  # asked once: below is the path of every record
    for item, end in scan(segment.path, segment.applied):
        if intake.is_full:
            return
        if isinstance(item, Damage):
            intake.reject(item, f"{segment.path}: {item.reason} at byte {segment.read}")
        elif item is not None and not intake.take(item, writer):
            _warn_of_kind(segment.path, item[0])
            segment.alive = True  # not ours to finish
            return
        segment.read = end
        segment.records += item is not None
    if segment.read < segment.size and not segment.alive:
        _cut_tail(segment, intake)


@functools.cache
def _warn_of_kind(path: str, kind: object) -> None:
    """Say once in a process, not with every read, that a segment must wait."""
    _log.warning("%s holds records of kind %s: a newer jupyter_mlops must fold them.", path, kind)


def _belongs(segment: FoundSegment, store_id: str) -> bool:
    header = _header(segment.path)
    if header is not None and header.store_id == store_id:
        if header.format > 1:
            raise StoreNewer(f"{segment.path} has journal format {header.format}; upgrade jupyter_mlops.")
        return True
    if not segment.alive:
        os.rename(segment.path, segment.path + ".aside")
        whose = "belongs to another store" if header else "has no readable header"
        _log.warning("%s %s and was set aside as %s.aside.", segment.path, whose, segment.name)
    segment.alive = True
    return False


def _cut_tail(segment: FoundSegment, intake: Intake) -> None:
    """A dead writer's last bytes hold no whole record: keep them where one can look, and be done with the segment."""
    with open(segment.path, "rb") as file:
        file.seek(segment.read)
        data = file.read()
    why = "its writer died in the middle of a write, or the file was damaged"
    intake.reject(
        Damage("torn tail of a dead writer", data),
        f"{segment.path} ends in {len(data)} bytes that hold no whole record ({why})",
    )
    segment.read = segment.size
