"""Segments: the append-only file of one writer, written by its process and read by whoever folds."""

from __future__ import annotations

import fcntl
import functools
import os
import re
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from jupyter_mlops.errors import InvalidParameter, JournalFull
from jupyter_mlops.storage.journal.operations import decode, encode
from jupyter_mlops.storage.journal.protocol import FRAME, MAGIC, MAX_PAYLOAD, frame
from jupyter_mlops.storage.modes import open_file

__all__ = [
    "SUFFIX",
    "UNFINISHED",
    "Damage",
    "Header",
    "Segment",
    "headers_in",
    "is_alive",
    "machine_boot",
    "read_header",
    "scan",
    "scan_frames",
    "split_frames",
]

SUFFIX = ".seg"
UNFINISHED = SUFFIX + ".new"
# How a frame begins: a length below 64 MB or so, a checksum, and msgpack's mark of an array. From the length's last byte
# on, which few bytes are: twice as fast as from its first.
_START = re.compile(rb"(?s)[\x00-\x04](?=.{4}[\x90-\x9f\xdc])")
_LAST = 3
_LONG_ARRAY = 0xDC
_SMALL = 1000  # bytes of a frame whose checksum costs less than what it would save
_pack, _crc32, _os_write = FRAME.pack, zlib.crc32, os.write


@functools.cache
def machine_boot() -> str:
    """Id of this boot of this machine, empty where the system gives none."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


class Header(msgspec.Struct, frozen=True, array_like=True):
    """First frame of a segment: who writes it, into which store."""

    format: int
    store_id: str
    writer: str
    version: str
    host: str
    pid: int
    user: str
    start: int
    boot: str = ""  # of the machine's kernel: containers on one machine share it, and what `flock` says

    def is_elsewhere(self) -> bool:
        """Whether another machine may be writing this, of whose locks nothing is known here."""
        return self.host != socket.gethostname() and self.boot != machine_boot()


class Segment:
    """A segment open for writing. Holds ``flock`` on it for life: that is what "this writer is alive" means.

    Parameters
    ----------
    folder : str
        The store's journal folder.
    header : Header
    late : callable, optional
        Takes the record of a thread that was about to write when the segment was closed; without it that is an error.

    Notes
    -----
    One `append` is one ``os.write``; a record survives ``kill -9`` when the call returns. Safe to call from any
    thread. After a fork the child calls `abandon` and begins a segment of its own.
    """

    def __init__(self, folder: str, header: Header, late: Callable[[tuple[Any, ...]], None] | None = None) -> None:
        self._late = late
        self.writer = header.writer
        self.path = os.path.join(folder, header.writer + SUFFIX)
        self._lock = threading.Lock()
        self._torn = False
        fresh = os.path.join(folder, header.writer + UNFINISHED)
        self.fd = open_file(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND)
        # Locked and with its header before it has its name: nobody ever sees a segment that looks dead or empty.
        fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        begin = MAGIC + frame(encode(header))
        if os.write(self.fd, begin) != len(begin):
            os.unlink(fresh)
            raise self._failed("no journal can be begun, the disk is full")
        os.rename(fresh, self.path)

    def append(self, record: tuple[Any, ...]) -> None:
        """Write one record, whole or not at all.

        Raises
        ------
        JournalFull
            The disk took only a part of it; the part is cut off again.
        InvalidParameter
            It is larger than a record may be, or holds what no record can, such as text that is no Unicode; nothing is
            written.
        """
        try:
            data = encode(record)
        except (OverflowError, TypeError, UnicodeEncodeError) as error:
            raise InvalidParameter(f"What was logged cannot be written: {error}. Nothing of this call was kept.") from error
        if len(data) > MAX_PAYLOAD:
            raise InvalidParameter(
                f"One call would log {len(data) / 2**20:.0f} MB; at most {MAX_PAYLOAD >> 20} are kept as one. "
                "Log it in several calls."
            )
        data = _pack(len(data), _crc32(data)) + data
        with self._lock:
            if self._torn and self.fd >= 0:
                self._settle()
            self._torn = True  # stays so when an interrupt or error comes before it is taken back
            try:
                written = _os_write(self.fd, data)
            except OSError as error:
                if self.fd >= 0 or self._late is None:
                    raise self._failed(error.strerror) from error
            else:
                if written != len(data):
                    self._settle()
                    raise self._failed("the disk took only a part")
                self._torn = False
                return
        self._late(record)

    def _failed(self, why: str | None) -> JournalFull:
        return JournalFull(
            f"Cannot write to {self.path} ({why}): nothing of this call was kept. Free space, log again."
        )

    def _settle(self) -> None:
        """Cut off what an interrupted or short write may have left behind the last whole record."""
        try:
            end = os.fstat(self.fd).st_size
            for _, end in scan(self.path):  # noqa: B007 - the last one
                pass
            os.ftruncate(self.fd, end)
        except OSError as error:
            raise self._failed(error.strerror) from error
        self._torn = False

    def sync(self) -> None:
        """Bring what was appended to the disk itself."""
        os.fsync(self.fd)

    def size(self) -> int:
        """Bytes written so far."""
        return os.fstat(self.fd).st_size

    def is_there(self) -> bool:
        """Whether the file still has a name: nobody reads what is written to one that was removed."""
        return os.fstat(self.fd).st_nlink > 0

    def close(self) -> None:
        """Give up the lock: from now on this writer is dead, and the next fold may delete the segment."""
        with self._lock:  # no other thread is in the middle of a record, and none writes to a file that is not ours
            self.abandon()

    def abandon(self) -> None:
        """In a forked child: close the copy of the descriptor; the parent keeps its lock."""
        fd, self.fd = self.fd, -1
        os.close(fd)


class Damage(NamedTuple):
    """Bytes of a segment that hold no readable record."""

    reason: str
    data: bytes


def read_header(data: bytes) -> tuple[Header, int] | None:
    """Header of a segment and the offset behind it; None when `data` does not begin as a segment does."""
    if not data.startswith(MAGIC) or len(data) < len(MAGIC) + FRAME.size:
        return None
    length, crc = FRAME.unpack_from(data, len(MAGIC))
    begin = len(MAGIC) + FRAME.size
    payload = data[begin : begin + length]
    if len(payload) != length or zlib.crc32(payload) != crc:
        return None
    return msgspec.msgpack.decode(payload, type=Header), begin + length


def headers_in(folder: str) -> Iterator[Header]:
    """Headers of the segments in a journal folder, of those that can be read."""
    for name in os.listdir(folder):
        if name.endswith(SUFFIX):
            with open(os.path.join(folder, name), "rb") as file:
                if found := read_header(file.read(4096)):
                    yield found[0]


def scan(path: str, offset: int = 0) -> Iterator[tuple[list[Any] | Damage | None, int]]:
    """Yield the records of a segment from `offset` on, each with the offset behind it.

    Bytes that hold no whole record are yielded as `Damage` when a whole one follows; else they end the scan, for they
    may still be being written. The first item is ``(None, offset behind the header)`` when `offset` is 0.
    """
    with open(path, "rb") as file:
        file.seek(offset)
        data = file.read()
    position = 0
    if offset == 0:
        header = read_header(data)
        if header is None:
            return
        position = header[1]
        yield None, position
    for item, end in scan_frames(data, position):
        yield item, offset + end


def scan_frames(data: bytes, position: int = 0) -> Iterator[tuple[list[Any] | Damage, int]]:
    """Records of frames as `scan` yields them, each with the offset behind it."""
    view = memoryview(data)
    while position < len(data):
        end = _whole_until(view, position)
        if end is not None:
            yield _decoded(view[position + FRAME.size : end]), end
        elif (end := _next_whole(data, view, position + 1)) is not None:
            yield Damage("checksum does not match", data[position:end]), end
        else:
            return
        position = end


def split_frames(data: bytes) -> Iterator[tuple[int, int]]:
    """Kind of each frame's record, and the offset behind it, without a look at anything else; not of one that is not whole.

    Examples
    --------
    >>> from jupyter_mlops.storage.journal.protocol import frame
    >>> data = frame(encode((4, 0, "a", "loss", 0.5, None, 0)))
    >>> list(split_frames(data * 2 + data[:5])) == [(4, len(data)), (4, 2 * len(data))]
    True
    """
    position, unpack, head = 0, FRAME.unpack_from, FRAME.size
    while position + head + 4 <= len(data):
        begin = position + head
        position = begin + unpack(data, position)[0]
        if position > len(data):
            return
        yield data[begin + 3 if data[begin] == _LONG_ARRAY else begin + 1], position


def _decoded(payload: memoryview) -> list[Any] | Damage:
    try:
        record = decode(payload)
        if len(record) > 2 and type(record[0]) is int:
            return record
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    return Damage("not a record", bytes(payload))


def _whole_until(view: memoryview, position: int) -> int | None:
    """End of the frame at `position`, None when there is no whole one."""
    if position + FRAME.size > len(view):
        return None
    length, crc = FRAME.unpack_from(view, position)
    begin = position + FRAME.size
    end: int = begin + length
    whole = 0 < length <= MAX_PAYLOAD and end <= len(view) and zlib.crc32(view[begin:end]) == crc
    return end if whole else None


def _next_whole(data: bytes, view: memoryview, position: int) -> int | None:
    """Where the next whole frame begins."""
    found = (match.start() - _LAST for match in _START.finditer(data, position + _LAST))
    starts = (start for start in found if _may_begin(data, view, start))
    return next((start for start in starts if _whole_until(view, start) is not None), None)


def _may_begin(data: bytes, view: memoryview, start: int) -> bool:
    """Whether a checksum is worth its time: a torn record of megabytes has a hundred thousand places that look like a frame."""
    length, _ = FRAME.unpack_from(view, start)
    end = start + FRAME.size + length
    return length <= _SMALL or 0 <= len(data) - end <= FRAME.size or _START.match(data, end + _LAST) is not None


def is_alive(path: str) -> bool:
    """Whether the writer of the segment at `path` still holds it. A few µs; right across PID namespaces."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False
