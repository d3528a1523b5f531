"""Artifacts in a local folder: plain files, readable without us."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Collection, Mapping
from typing import BinaryIO

from jupyter_mlops.entities.files import FileInfo
from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.artifact_stores.base import UNFINISHED, ArtifactStore
from jupyter_mlops.storage.artifact_stores.digests import Digests, copy_digested, record_places, record_text
from jupyter_mlops.storage.artifact_stores.transfers import Transfer

__all__ = ["LocalArtifactStore"]

_RECORD = "log"
_FEW = 4_000_000  # bytes that are copied sooner than threads are started


class LocalArtifactStore(ArtifactStore):
    """Files below a folder of this machine.

    Parameters
    ----------
    root : str
        Absolute path; made with the first file.
    """

    def __init__(self, root: str) -> None:
        self.root = self.uri = root

    def local(self, path: str) -> str:
        """Absolute local path of `path`, which may not leave the root, through symbolic links neither."""
        clean = check_relative_path(path)
        inside = os.path.join(self.root, clean) if clean else self.root
        real, root = os.path.realpath(inside), os.path.realpath(self.root)
        if real != root and not real.startswith(root.rstrip(os.sep) + os.sep):
            raise InvalidParameter(f"Artifact path {path!r} leads out of {self.root}.")
        return inside

    def put_folder(self, local_folder: str, path: str, leave_out: Collection[str] = ()) -> None:
        os.makedirs(self.local(path), exist_ok=True)
        own = (self.root, self.root + ".sha256")  # never a copy of the copy
        super().put_folder(local_folder, path, (*own, *leave_out))

    def send(self, files: Mapping[str, str]) -> None:
        transfer = self._transfer("copying", sum(map(os.path.getsize, files.values())))
        transfer.each(lambda path: self._put(path, files[path], transfer), files)

    def put_unrecorded(self, local_path: str, path: str) -> None:
        self._put(path, local_path, self._transfer("copying", 0), is_recorded=False)

    def _transfer(self, what: str, size: int) -> Transfer:
        return Transfer(what, size, inline=size < _FEW)

    def _put(self, path: str, local_path: str, transfer: Transfer, *, is_recorded: bool = True) -> None:
        target = self.local(path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        fresh = os.path.join(os.path.dirname(target), UNFINISHED + new_id())
        try:
            digest = copy_digested(local_path, fresh, transfer.moved)
            if is_recorded:
                self.record(path, digest)
            os.replace(fresh, target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(fresh)
            raise

    def record(self, path: str, digest: str, name: str = _RECORD) -> None:
        """Record, in the file `name`, the digest of a file that comes next."""
        line = record_text({path: digest}).encode("utf-8", "surrogateescape")
        folder = self.root + ".sha256"
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            handle = os.open(os.path.join(folder, name), flags, 0o666)
        except FileNotFoundError:
            os.makedirs(folder, exist_ok=True)
            handle = os.open(os.path.join(folder, name), flags, 0o666)
        try:
            if os.write(handle, line) < len(line):  # one write is one whole line, whoever else appends
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), folder)
        finally:
            os.close(handle)

    def digests(self, leave_out: str | None = None) -> Digests:
        """What was recorded, but for the file `leave_out` of records."""
        for folder, below in record_places(self.root):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                digests = Digests(below)
                for record in [
                    entry.path for entry in os.scandir(folder) if entry.is_file() and entry.name != leave_out
                ]:
                    with open(record, encoding="utf-8", errors="surrogateescape", newline="") as file:
                        digests.read_text(file.read())
                return digests
        return Digests()

    def list(self, path: str) -> list[FileInfo]:
        path, folder = check_relative_path(path), self.local(path)
        if not os.path.isdir(folder):
            return []
        with os.scandir(folder) as entries:
            found = [
                FileInfo(
                    f"{path}/{e.name}" if path else e.name,
                    e.is_dir(),
                    None if e.is_dir() else e.stat(follow_symlinks=False).st_size,
                )
                for e in entries
                if not e.name.startswith(UNFINISHED)
            ]
        return sorted(found, key=lambda info: info.path)

    def sizes(self, path: str) -> dict[str, int] | None:
        top = self.local(path)
        if not os.path.isdir(top):
            return {"": os.path.getsize(top)} if os.path.isfile(top) else None
        found = {}
        for folder, _, names in os.walk(top):
            for local in (os.path.join(folder, name) for name in names if not name.startswith(UNFINISHED)):
                # Links are not followed out of the folder, and not copied; a pipe would let its reader wait for ever.
                with contextlib.suppress(FileNotFoundError):  # it goes meanwhile, as the oldest parts of a log do
                    if os.path.isfile(local) and not os.path.islink(local):
                        found[os.path.relpath(local, top).replace(os.sep, "/")] = os.path.getsize(local)
        return found

    def receive(self, path: str, local_path: str, transfer: Transfer) -> str:
        return copy_digested(self.local(path), local_path, transfer.moved)

    def open_file(self, path: str, block: int = 0, most_copied: int | None = None) -> BinaryIO:
        """A file to read from and to seek in; one that is replaced meanwhile is read as it was."""
        try:
            # What the name leads to was checked; a link that took its place since is not followed, a pipe not waited for.
            handle = os.open(os.path.realpath(self.local(path)), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound(f"There is no artifact {path!r}.") from None
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise NotFound(f"There is no artifact {path!r} that is a file.")
        return open(handle, "rb", buffering=0)

    def delete(self, path: str) -> None:
        target = self.local(path)
        for place in [target] if target != self.root else [target, self.root + ".sha256"]:
            with contextlib.suppress(FileNotFoundError):
                if os.path.isdir(place) and not os.path.islink(place):
                    shutil.rmtree(place)
                else:
                    os.unlink(place)
