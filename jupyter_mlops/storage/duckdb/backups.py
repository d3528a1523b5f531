"""Backups of a store's database: where they lie, and copies of a file that others go on using."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import itertools
import logging
import os
import shutil
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.errors import StoreCorrupt, StoreError
from jupyter_mlops.storage.journal.segments import is_alive
from jupyter_mlops.storage.modes import keep_out_of_git, make_folder, open_file
from jupyter_mlops.version import __version__

if TYPE_CHECKING:
    from jupyter_mlops.storage.duckdb.files import StoreFiles

__all__ = [
    "ASKED", "MANIFEST", "PARTIAL", "Backup", "BackupFolder", "Manifest", "backups_of", "copy_file", "free_name", "newest_backup",
    "read_manifest", "remove_file", "sha256_of", "snapshot",
]  # fmt: skip

MANIFEST = "backup.json"
ASKED = "asked for"
PARTIAL = ".partial"
_log = logging.getLogger(__name__)
_AT_ONCE = 256 << 20  # bytes: what a lease may copy, a quarter of a second or less
_STEP = 32 << 20


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says of itself; it is written last, so a folder without it is no backup.

    Attributes
    ----------
    database : str
        Name of the copied file in the backup's folder.
    sha256 : str
        Digest of that file.
    time : int
        When the copy was taken, milliseconds since the epoch.
    why : str
        ``"asked for"``, or what it was made before.
    artifacts : bool
        Whether the artifacts are in the backup too.
    """

    store: str
    store_id: str
    schema: int
    change: int
    database: str
    sha256: str
    size: int
    time: int
    version: str
    why: str = ASKED
    artifacts: bool = False


class Backup(NamedTuple):
    """A whole backup: its folder and what it says of itself."""

    folder: str
    manifest: Manifest


def _place_of(path: str) -> str:
    return path + ".backups"


def backups_of(path: str, place: str | None = None) -> list[Backup]:
    """A store's backups, the oldest first; those that were broken off, or cannot be read, are not among them.

    Parameters
    ----------
    path : str
        The store's file.
    place : str, optional
        Where the backups are, by default beside the store. Other stores may have theirs there too.
    """
    try:
        names = sorted(os.listdir(place or _place_of(path)))
    except (FileNotFoundError, NotADirectoryError):
        return []
    found = []
    for folder in (os.path.join(place or _place_of(path), name) for name in names if not name.endswith(PARTIAL)):
        if not os.path.lexists(os.path.join(folder, MANIFEST)):
            continue
        try:
            backup = Backup(folder, read_manifest(folder))
        except StoreCorrupt as error:
            _log.warning("%s It is left out.", error.message)
            continue
        if place is None or backup.manifest.store == path:
            found.append(backup)
    return sorted(found, key=lambda backup: (backup.manifest.time, backup.folder))


def newest_backup(path: str, place: str | None = None, *, artifacts: bool = False) -> str | None:
    """Folder of the newest backup of the store at `path`, or of the newest with artifacts; None when there is none."""
    found = [backup.folder for backup in backups_of(path, place) if backup.manifest.artifacts or not artifacts]
    return found[-1] if found else None


def free_name(path: str) -> str:
    """`path`, or with a number behind it where that is taken.

    Examples
    --------
    >>> free_name("nothing-here")
    'nothing-here'
    """
    names = (path if number == 1 else f"{path}-{number}" for number in itertools.count(1))
    return next(name for name in names if not os.path.lexists(name) and not os.path.lexists(name + PARTIAL))


def read_manifest(folder: str) -> Manifest:
    """What the backup in `folder` says of itself.

    Raises
    ------
    StoreCorrupt
        It is no backup, or cannot be read.
    """
    path = os.path.join(folder, MANIFEST)
    try:
        with open(path, "rb") as file:
            manifest = msgspec.json.decode(file.read(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise StoreCorrupt(f"{folder} is no backup of a store: {path} cannot be read ({error}).") from error
    if os.path.basename(manifest.database) != manifest.database:
        raise StoreCorrupt(f"{path} names a database outside of its folder: {manifest.database!r}.")
    return manifest


class BackupFolder:
    """A backup in the making: a folder with a name of its own, removed again unless it is finished.

    Parameters
    ----------
    path : str
        The store's file.
    place : str, optional
        Where to make it, by default beside the store.

    Attributes
    ----------
    folder : str
        Where to copy to. It is locked while it is made: what a process that died left there is removed by the next.
    """

    def __init__(self, path: str, place: str | None = None) -> None:
        self._path = path
        self._parent = os.path.abspath(place or _place_of(path))
        self._time = now_ms()
        self._fd = -1
        self.folder = ""

    def __enter__(self) -> BackupFolder:
        make_folder(self._parent)
        keep_out_of_git(self._parent)
        parent = os.open(self._parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(parent, fcntl.LOCK_EX)  # until ours is locked: others remove what nobody has locked
            self._remove_left_ones()
            now = time.strftime("%Y-%m-%dT%H-%M-%SZ", time.gmtime())
            self.folder = free_name(os.path.join(self._parent, now)) + PARTIAL
            make_folder(self.folder)
            self._fd = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            fcntl.flock(self._fd, fcntl.LOCK_EX)
        finally:
            os.close(parent)
        return self

    def __exit__(self, *_: object) -> None:
        if self.folder.endswith(PARTIAL):
            shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._fd)

    def _remove_left_ones(self) -> None:
        for name in os.listdir(self._parent):
            folder = os.path.join(self._parent, name)
            if name.endswith(PARTIAL) and not is_alive(folder):
                shutil.rmtree(folder, ignore_errors=True)

    @property
    def database(self) -> str:
        """Where the copy of the database belongs."""
        return os.path.join(self.folder, os.path.basename(self._path))

    def finish(self, meta: dict[str, str], why: str, *, artifacts: bool = False) -> str:
        """Write the manifest and give the folder its final name, which is returned.

        Parameters
        ----------
        meta : dict
            What the copied database says of itself.
        why, artifacts
            As in `Manifest`.
        """
        manifest = Manifest(
            store=self._path,
            store_id=meta["store_id"],
            schema=int(meta["schema"]),
            change=int(meta["change"]),
            database=os.path.basename(self._path),
            sha256=sha256_of(self.database),
            size=os.stat(self.database).st_size,
            time=self._time,
            version=__version__,
            why=why,
            artifacts=artifacts,
        )
        with open(open_file(os.path.join(self.folder, MANIFEST), os.O_WRONLY | os.O_CREAT), "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(manifest)))
            file.flush()
            os.fsync(file.fileno())
        final = self.folder.removesuffix(PARTIAL)
        os.rename(self.folder, final)
        self.folder = final
        return final


def sha256_of(path: str) -> str:
    """Digest of a file, which is brought to the disk first: half a second a GB."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_file(source: str, target: str) -> None:
    """Copy a file that rests, sharing blocks where the file system can. Call it where nobody writes `source`."""
    with _both(source, target) as (read, write):
        offset, size = 0, os.fstat(read).st_size
        while offset < size:
            offset += _copy_range(read, write, offset, size - offset)


def remove_file(path: str) -> None:
    """Remove a database and its write-ahead log, as far as they are there. Call it where nobody uses them."""
    for name in (path, path + ".wal"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)


def _copy_range(read: int, write: int, offset: int, count: int) -> int:
    """Copy up to `count` bytes at `offset`; returns how many, 0 at the end of the file."""
    try:
        return os.copy_file_range(read, write, count, offset, offset)
    except (AttributeError, OSError) as error:  # not everywhere, and not from one file system to another
        if isinstance(error, OSError) and error.errno not in (errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL):
            raise
    return os.pwrite(write, os.pread(read, min(count, 1 << 20), offset), offset)


@contextlib.contextmanager
def _both(source: str, target: str) -> Iterator[tuple[int, int]]:
    """Descriptors to read `source` and write `target`."""
    with contextlib.ExitStack() as stack:
        try:
            read = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
            stack.callback(os.close, read)
            write = open_file(target, os.O_RDWR | os.O_CREAT)
            stack.callback(os.close, write)
            yield read, write
        except OSError as error:
            if isinstance(error, StoreError):
                raise
            raise StoreError(f"{source} cannot be copied to {target}: {error.strerror}.") from error


def snapshot(files: StoreFiles, target: str) -> dict[str, str]:
    """Copy the database of a store in use to `target`, as of one moment; returns what it says of itself.

    Parameters
    ----------
    files : StoreFiles
    target : str
        A file that is not there yet.

    Raises
    ------
    StoreBusy, StoreCorrupt, StoreError

    Notes
    -----
    A small file is copied in one lease. A large one is copied piece by piece, a lease each, while others go on writing;
    if they did, a last lease copies again what differs, which reads 2 GB and more a second.
    """
    with files.session("backup"):
        pass  # what only the journal knows, such as the whole of a new store, is folded
    before = _stamp(files.path)
    if os.stat(files.path).st_size > _AT_ONCE:
        _copy_in_turns(files, target)
    with files.at_rest("backup") as meta:
        if not os.path.exists(target):
            copy_file(files.path, target)
        elif _stamp(files.path) != before:
            _copy_what_differs(files.path, target)
    return meta


def _stamp(path: str) -> tuple[int, int, int]:
    """Changes whenever a file is written or replaced."""
    seen = os.stat(path)
    return seen.st_ino, seen.st_size, seen.st_mtime_ns


def _copy_in_turns(files: StoreFiles, target: str) -> None:
    offset, size = 0, os.stat(files.path).st_size
    while offset < size:
        # Opened and closed within the lease: closing the file would drop the lock of a database attached in this process.
        with files.turn("backup"), _both(files.path, target) as (read, write):
            copied = _copy_range(read, write, offset, min(_STEP, size - offset))
        if not copied:
            return
        offset += copied


def _copy_what_differs(source: str, target: str) -> None:
    with _both(source, target) as (read, write):
        size = os.fstat(read).st_size
        os.ftruncate(write, size)
        for offset in range(0, size, 1 << 20):
            data = os.pread(read, 1 << 20, offset)
            if data != os.pread(write, 1 << 20, offset):
                os.pwrite(write, data, offset)
