"""The outbox of one server: records and files of this user that are still to be delivered, of every process.

A folder in the user's data folder, one per server. Segments are those of a journal: who holds ``flock`` on one delivers it,
its own process while that lives, afterwards whoever gets the lock. Beside each lies how far it was delivered.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

import msgspec

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.storage.artifact_stores.digests import copy_digested
from jupyter_mlops.storage.journal.operations import ARTIFACT, KINDS
from jupyter_mlops.storage.journal.protocol import FRAME
from jupyter_mlops.storage.journal.segments import SUFFIX, Damage, scan, scan_frames, split_frames
from jupyter_mlops.storage.locate import data_folder, store_key
from jupyter_mlops.storage.modes import make_folder, open_file

__all__ = ["Outbox", "Outgoing", "Parcel", "Waiting", "outboxes"]

_PARCEL, _MOST = 512_000, 10_000  # bytes and records that go together
_ABOUT, _FILES, _REFUSED, _SENT = "about.json", "files", "refused.jsonl", ".sent"


class Waiting(NamedTuple):
    """What an outbox holds.

    Attributes
    ----------
    records, files : int
        Not delivered yet.
    bytes : int
        Size of these files.
    refused : int
        What the server will never take; the file ``refused.jsonl`` in the outbox has it with the reasons.
    """

    records: int = 0
    files: int = 0
    bytes: int = 0
    refused: int = 0


class Parcel(NamedTuple):
    """Records that follow each other, as the bytes that they are in the segment.

    Attributes
    ----------
    start : int
        Where they begin in the segment.
    frames : bytes
    end : int
        Where they end.
    is_file : bool
        Whether it is the one record of a file, which goes another way.
    """

    start: int
    frames: bytes
    end: int
    is_file: bool = False

    def records(self) -> list[tuple[list[Any] | Damage, int]]:
        """The records, each with the offset behind it."""
        return [(record, self.start + end) for record, end in scan_frames(self.frames)]


class Outgoing:
    """A segment on its way, and how far it is delivered.

    Attributes
    ----------
    sender : str
        Id of the writer.
    sent : int
        Bytes of the segment that are delivered.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.sender = os.path.basename(path).removesuffix(SUFFIX)
        self.sent = self._read()

    def _read(self) -> int:
        try:
            with open(self.path + _SENT, encoding="ascii") as file:
                return int(file.read() or 0)
        except (FileNotFoundError, ValueError):
            return 0

    def move(self, sent: int) -> None:
        """Note that all up to there is delivered; a crash in between has the server asked again, which knows."""
        self.sent = sent
        with open(open_file(self.path + _SENT, os.O_WRONLY | os.O_CREAT), "w", encoding="ascii") as file:
            file.write(f"{sent:020}")

    def waiting(self) -> Iterator[tuple[list[Any] | Damage, int]]:
        """Records that are not delivered, each with the offset behind it."""
        return ((record, end) for record, end in scan(self.path, self.sent) if record is not None)

    def parcels(self) -> Iterator[Parcel | tuple[Damage, int]]:
        """What is not delivered, in parcels; or damage, with the offset behind it."""
        position = self.sent or next((end for _, end in scan(self.path)), 0)
        with open(self.path, "rb") as file:
            while position < os.fstat(file.fileno()).st_size:
                before = position
                for parcel in _parcels(_read(file, position), position):
                    yield parcel
                    position = parcel.end
                if position == before:
                    damage = next(scan(self.path, position), None)
                    if damage is None or not isinstance(damage[0], Damage):
                        return  # it is still being written
                    yield damage[0], damage[1]
                    position = damage[1]

    def size(self) -> int:
        """Bytes of the segment; 0 when it is gone."""
        try:
            return os.stat(self.path).st_size
        except FileNotFoundError:
            return 0

    def remove(self) -> None:
        """Be done with it."""
        for path in (self.path, self.path + _SENT):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)


def _root() -> str:
    return os.path.join(data_folder(), "outboxes")


def _read(file: IO[bytes], position: int) -> bytes:
    """Frames from a position on: as many as a parcel has, or a larger one."""
    file.seek(position)
    data = file.read(_PARCEL)
    if len(data) >= FRAME.size and FRAME.size + FRAME.unpack_from(data)[0] > len(data):
        file.seek(position)
        data = file.read(FRAME.size + FRAME.unpack_from(data)[0])
    return data


def _parcels(data: bytes, position: int) -> Iterator[Parcel]:
    begin = last = count = 0
    for kind, end in split_frames(data):
        if kind == ARTIFACT:
            if last > begin:
                yield Parcel(position + begin, data[begin:last], position + last)
            yield Parcel(position + last, data[last:end], position + end, is_file=True)
            begin, count = end, 0
        elif (count := count + 1) >= _MOST:
            yield Parcel(position + begin, data[begin:end], position + end)
            begin, count = end, 0
        last = end
    if last > begin:
        yield Parcel(position + begin, data[begin:last], position + last)


class Outbox:
    """Where what is for a server waits.

    Parameters
    ----------
    address : str
        Of the server.

    Attributes
    ----------
    early : set of str
        Senders whose next record waits for the beginning of a run, since anything was last delivered from here.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.folder = os.path.join(_root(), store_key(address))
        self.early: set[str] = set()

    def make(self) -> None:
        """Make the folders, readable by the user alone."""
        os.makedirs(_root(), mode=0o700, exist_ok=True)
        make_folder(self.folder)
        make_folder(os.path.join(self.folder, _FILES))
        if not os.path.exists(os.path.join(self.folder, _ABOUT)):
            self.note({})

    def known(self) -> dict[str, Any]:
        """What was noted of the server when it last answered."""
        try:
            with open(os.path.join(self.folder, _ABOUT), "rb") as file:
                return msgspec.json.decode(file.read(), type=dict[str, Any])
        except (FileNotFoundError, msgspec.MsgspecError):
            return {}

    def note(self, known: dict[str, Any]) -> None:
        """Keep what a start without the server must know."""
        path = os.path.join(self.folder, _ABOUT)
        fresh = f"{path}.{new_id()}"
        with open(open_file(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
            file.write(msgspec.json.encode({"address": self.address, **known}))
        os.replace(fresh, path)

    def keep(self, local_path: str) -> tuple[str, int, str]:
        """Copy a file into the outbox; returns its name there, its size and SHA-256."""
        self.make()
        kept = new_id()
        target = self.file(kept)
        try:
            digest = copy_digested(local_path, target, lambda _: None)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(target)
            raise
        return kept, os.path.getsize(target), digest

    def file(self, kept: str) -> str:
        """Where a kept file lies."""
        return os.path.join(self.folder, _FILES, os.path.basename(kept))

    def drop(self, kept: str) -> None:
        """Remove a kept file that is delivered."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.file(kept))

    def refuse(self, record: list[Any] | Damage, why: str) -> None:
        """Set a record aside that the server will never take."""
        line: dict[str, Any] = {"time": now_ms(), "why": why}
        if isinstance(record, Damage):
            line |= {"kind": "damage", "bytes": record.data.hex()}
        else:
            kind = KINDS.get(record[0])
            fields = dict(zip(kind.fields, record[3:], strict=False)) if kind else {"record": record}
            line |= {"kind": kind.name if kind else record[0], "at": record[1], "run_id": record[2], **fields}
        with open(open_file(self._refused(), os.O_WRONLY | os.O_CREAT | os.O_APPEND), "a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")

    def _refused(self) -> str:
        return os.path.join(self.folder, _REFUSED)

    def segments(self) -> list[str]:
        """Paths of all segments, in the order in which they were begun."""
        try:
            with os.scandir(self.folder) as entries:
                return sorted(one.path for one in entries if one.name.endswith(SUFFIX) and one.is_file(follow_symlinks=False))
        except FileNotFoundError:
            return []

    @contextlib.contextmanager
    def taken_over(self, path: str) -> Iterator[Outgoing | None]:
        """A segment whose writer is dead, for whoever takes it over; None while somebody else has it."""
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            yield None
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield Outgoing(path) if os.path.exists(path) else None
        except BlockingIOError:
            yield None
        finally:
            os.close(handle)

    def others_wait(self, sender: str) -> bool:
        """Whether other writers than this one have anything to deliver, but for later ones that wait themselves: all would wait for ever."""
        others = [one for one in map(Outgoing, self.segments()) if one.sender != sender and not (one.sender > sender and one.sender in self.early)]
        return any(one.size() > one.sent and next(one.waiting(), None) for one in others)

    def size(self) -> int:
        """Bytes of records that are not delivered, of all processes."""
        return sum(max(0, one.size() - one.sent) for one in map(Outgoing, self.segments()))

    def waiting(self) -> Waiting:
        """How much is not delivered, of all processes."""
        counted = [self._counted(Outgoing(path)) for path in self.segments()]
        try:
            with open(self._refused(), "rb") as file:
                refused = sum(1 for _ in file)
        except FileNotFoundError:
            refused = 0
        records, files, size = (sum(part[n] for part in counted) for n in range(3))
        return Waiting(records, files, size, refused)

    def _counted(self, outgoing: Outgoing) -> tuple[int, int, int]:
        records = [record for record, _ in outgoing.waiting() if isinstance(record, list)]
        sizes = [record[5] for record in records if record[0] == ARTIFACT and record[4]]
        return len(records) - len(sizes), len(sizes), sum(sizes)


def outboxes() -> list[Outbox]:
    """Every outbox of this user."""
    folder = _root()
    found = []
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        with contextlib.suppress(OSError, msgspec.MsgspecError), open(os.path.join(folder, name, _ABOUT), "rb") as file:
            found.append(Outbox(str(msgspec.json.decode(file.read(), type=dict[str, Any])["address"])))
    return found
