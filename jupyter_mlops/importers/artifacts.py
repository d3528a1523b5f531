"""Copying artifacts of this machine: whole files, those there already left out, links never followed out of the folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import uuid
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from jupyter_mlops.entities.plain_texts import shown
from jupyter_mlops.importers.mlruns_files import open_file
from jupyter_mlops.importers.sanitation import Unreadable
from jupyter_mlops.storage.artifact_stores.digests import Digests, copy_digested
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore
from jupyter_mlops.storage.duckdb.imported_records import digest_of

__all__ = ["IMPORTED", "PART", "Copied", "Origin", "OriginFolder", "digest_of_files", "link_folder"]

PART = ".mlops-part-"  # as artifact stores name a file that is not whole yet
IMPORTED = "imported"  # record of digests, apart from those of what was logged here
Note = Callable[[str], None]


class Copied(NamedTuple):
    """Files and bytes that were copied, and whether the rest may be had another time."""

    files: int = 0
    size: int = 0
    retry: bool = False


class Origin(Protocol):
    """Where the artifacts of a run or model come from.

    Attributes
    ----------
    place : str
        Path or URI that leads there.
    """

    @property
    def place(self) -> str: ...

    def digest(self) -> str:
        """What changes when a file does, as far as can be told without reading it."""

    def copy(self, target: str, note: Note) -> Copied:
        """Copy what the folder `target` lacks; `note` takes a line about each file that is left out."""


def _entries(folder: str, below: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Path below `folder` and entry of everything in it that is no folder, links to folders included."""
    with os.scandir(os.path.join(folder, below)) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        path = os.path.join(below, entry.name)
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(folder, path)
        elif not entry.name.startswith(PART):
            yield path, entry


def digest_of_files(origin: Origin | None) -> str:
    """What changes when a file does that comes from somewhere, or from nowhere."""
    return "none" if origin is None else origin.digest()


class OriginFolder(NamedTuple):
    """A folder of this machine.

    Notes
    -----
    A file is written under another name and then renamed, so it is whole or not there. One of the same size and time as
    its original was copied before. One that was logged here is not replaced.
    """

    place: str

    def digest(self) -> str:
        """Of its paths, sizes and times."""
        states = []
        for path, entry in _entries(self.place):
            status = entry.stat(follow_symlinks=False)
            states.append((os.fsencode(path), status.st_size, status.st_mtime_ns))
        return digest_of(states)

    def copy(self, target: str, note: Note) -> Copied:
        """Copy the files that `target` lacks."""
        store = LocalArtifactStore(target)
        logged = store.digests(leave_out=IMPORTED)
        files = size = 0
        retry = False
        for path, entry in _entries(self.place):
            try:
                copied = _copy_file(_origin(self.place, entry), path, store, logged)
            except Unreadable as error:
                note(f"artifact {shown(path)}: {error}")
            except OSError as error:
                note(f"artifact {shown(path)}: {error.strerror}")
                retry = True
            else:
                files += copied is not None
                size += copied or 0
        return Copied(files, size, retry)


def _origin(root: str, entry: os.DirEntry[str]) -> str:
    """The file to copy for an entry: a link is one to a file in the same folder, or refused."""
    if not entry.is_symlink():
        return entry.path
    real = os.path.realpath(entry.path)
    if not real.startswith(root + os.sep):
        raise Unreadable("it is a link that leads out of the folder")
    return real


def _copy_file(origin: str, path: str, store: LocalArtifactStore, logged: Digests) -> int | None:
    """Bytes that were copied, None when the file was there."""
    target = os.path.join(store.root, path)
    with open_file(origin) as file:
        status = os.fstat(file.fileno())
        if _is_same(target, status):
            return None
        if logged.of(path) and os.path.lexists(target):
            raise Unreadable("it was logged here too, and is left alone")
        folder, name = os.path.split(target)
        os.makedirs(folder, exist_ok=True)
        part = os.path.join(folder, PART + hashlib.sha256(os.fsencode(name)).hexdigest()[:32])
        digest = copy_digested(os.dup(file.fileno()), part, lambda _: None)
        os.utime(part, ns=(status.st_atime_ns, status.st_mtime_ns))
        store.record(path, digest, IMPORTED)
        os.replace(part, target)
    return status.st_size


def _is_same(path: str, status: os.stat_result) -> bool:
    try:
        there = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISREG(there.st_mode) and (there.st_size, there.st_mtime_ns) == (status.st_size, status.st_mtime_ns)


def link_folder(source: str, target: str) -> None:
    """Have the folder `source` at `target` as well, without a second copy where the file system can; not over what is there."""
    if os.path.lexists(target):
        return
    part = os.path.join(os.path.dirname(target), PART + uuid.uuid4().hex)  # imports at the same time have one each
    try:
        for path, entry in _entries(source):
            place = os.path.join(part, path)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            try:
                os.link(entry.path, place)
            except OSError:
                shutil.copy2(entry.path, place)
        if os.path.isdir(part):
            try:
                os.rename(part, target)
            except OSError:
                if not os.path.lexists(target):  # where it is there now, another import was faster
                    raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
