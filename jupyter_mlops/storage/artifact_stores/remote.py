"""Artifacts anywhere that fsspec reaches: S3, Google Cloud Storage, Azure, SFTP, …"""

from __future__ import annotations

import contextlib
import glob
import os
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, cast

from jupyter_mlops.entities.files import FileInfo
from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.errors import InvalidParameter, MlflowException, NotFound, StoreError
from jupyter_mlops.storage.artifact_stores.base import UNFINISHED, ArtifactStore
from jupyter_mlops.storage.artifact_stores.digests import (
    Digests,
    copy_digested,
    digest_file,
    mark_name,
    record_places,
    record_text,
)
from jupyter_mlops.storage.artifact_stores.drivers import driver_of, open_filesystem
from jupyter_mlops.storage.artifact_stores.transfers import Stopped, Transfer

__all__ = ["RemoteArtifactStore"]


class RemoteArtifactStore(ArtifactStore):
    """Files below a URI.

    Parameters
    ----------
    uri : str
        Such as ``"s3://bucket/folder"``.

    Raises
    ------
    InvalidParameter
        No kind of place that artifacts can be kept in, or a URI with credentials.
    PackageMissing
        The driver is not installed.
    """

    def __init__(self, uri: str) -> None:
        self._fs, self._root = open_filesystem(uri)
        self._driver = driver_of(uri)
        self.uri = uri.partition("?")[0]

    def _key(self, path: str) -> str:
        clean = check_relative_path(path)
        return f"{self._root}/{clean}" if clean else self._root

    def placed(self, path: str) -> tuple[Any, str]:
        """The driver, and what it calls `path`."""
        return self._fs, self._key(path)

    @contextlib.contextmanager
    def told(self, what: str) -> Iterator[None]:
        """Errors of drivers as ours; each cloud's package has a tree of its own, with no root in common."""
        try:
            yield
        except (MlflowException, Stopped):
            raise
        except FileNotFoundError as error:
            raise NotFound(f"{what} at {self.uri} failed: {error} is not there.") from error
        except PermissionError as error:
            raise StoreError(f"{what} at {self.uri} is not allowed: {error}", "PERMISSION_DENIED") from error
        except Exception as error:
            raise StoreError(f"{what} at {self.uri} failed: {type(error).__name__}: {error}") from error

    def send(self, files: Mapping[str, str]) -> None:
        states = {path: _state(local) for path, local in files.items()}
        self.note(self._digest(files))
        transfer = self._transfer("uploading", sum(size for size, _ in states.values()))

        def put(path: str) -> None:
            self._put(path, files[path], transfer)
            if _state(files[path]) != states[path]:
                self._put_snapshot(path, files[path], transfer)

        transfer.each(put, files)

    def put_unrecorded(self, local_path: str, path: str) -> None:
        self._put(path, local_path, self._transfer("uploading", 0))

    def _put(self, path: str, local_path: str, transfer: Transfer) -> None:
        key, callback = self._key(path), _callback(transfer)
        transfer.moved(0)  # nothing is begun after the transfer was given up
        with self.told(f"Writing {path!r}"):
            if self._driver.atomic:
                self._fs.put_file(local_path, key, callback=callback, **self._driver.blocks)
            else:
                self._put_by_rename(local_path, key, callback)

    def _put_by_rename(self, local_path: str, key: str, callback: Any) -> None:
        folder = key.rpartition("/")[0]
        part = f"{folder}/{UNFINISHED}{new_id()}"
        self._fs.makedirs(folder, exist_ok=True)
        try:
            self._fs.put_file(local_path, part, callback=callback)
            _rename(self._fs, part, key)
        except BaseException:
            with contextlib.suppress(Exception):  # the first error is the one to tell
                self._fs.rm_file(part)
            raise

    def _put_snapshot(self, path: str, local_path: str, transfer: Transfer) -> None:
        """Send a file that was written to meanwhile, such as a log, as it is at one moment."""
        with tempfile.TemporaryDirectory(prefix="mlops-") as folder:
            copy = os.path.join(folder, os.path.basename(path))
            self.note({path: copy_digested(local_path, copy, lambda _: None)})
            self._put(path, copy, transfer)

    def note(self, digests: Mapping[str, str]) -> None:
        """Record the digests of files that come next."""
        if not digests:
            return
        text = record_text(digests)
        name = mark_name(*next(iter(digests.items()))) if len(digests) == 1 else new_id()
        with self.told("Writing digests"):
            if not self._driver.atomic:  # where a file needs no folder, making one may make a bucket
                self._fs.makedirs(self._root + ".sha256", exist_ok=True)
            self._fs.pipe_file(f"{self._root}.sha256/{name}", text.encode("utf-8", "surrogateescape"))

    def digests(self) -> Digests:
        for folder, below in record_places(self._root):
            if found := self._find(folder):
                digests = Digests(below)
                unread = [f"{folder}/{name}" for name in found if name and not digests.read_name(name)]
                with self.told("Reading digests"):
                    texts = Transfer("reading", 0).each(self._fs.cat_file, unread)
                for text in texts:
                    digests.read_text(text.decode("utf-8", "surrogateescape"))
                return digests
        return Digests()

    def _find(self, key: str) -> dict[str, int]:
        """Bytes of every file below `key`, by its path from there; of a file itself by ``""``."""
        with self.told("Listing"):
            self._fs.invalidate_cache()
            try:
                found = self._fs.find(key, detail=True)
            except FileNotFoundError:
                return {}
        below = {name.rstrip("/")[len(key) :].lstrip("/"): info for name, info in found.items()}
        return {
            name: int(info["size"] or 0)
            for name, info in below.items()
            if info["type"] == "file" and not name.rpartition("/")[2].startswith(UNFINISHED)
        }

    def list(self, path: str) -> list[FileInfo]:
        clean, key = check_relative_path(path), self._key(path)
        with self.told("Listing"):
            self._fs.invalidate_cache()
            try:
                entries = self._fs.ls(key, detail=True)
            except (FileNotFoundError, NotADirectoryError):
                return []
        found = []
        for entry in entries:
            name, is_dir = entry["name"].rstrip("/"), entry["type"] == "directory"
            if len(name) > len(key) and not name.rpartition("/")[2].startswith(UNFINISHED):
                inside = f"{clean}/" if clean else ""
                found.append(
                    FileInfo(inside + name.rpartition("/")[2], is_dir, None if is_dir else int(entry["size"] or 0))
                )
        return sorted(found, key=lambda info: info.path)

    def sizes(self, path: str) -> dict[str, int] | None:
        return self._find(self._key(path)) or None

    def receive(self, path: str, local_path: str, transfer: Transfer) -> str:
        transfer.moved(0)
        with self.told(f"Reading {path!r}"):
            self._fs.get_file(self._key(path), local_path, callback=_callback(transfer), **self._driver.blocks)
        return digest_file(local_path, lambda _: transfer.moved(0))

    def open_file(self, path: str, block: int = 1 << 20, most_copied: int | None = None) -> BinaryIO:
        """A file to read from and to seek in, in blocks of so many bytes."""
        if "" not in (self.sizes(path) or {}):
            raise NotFound(f"There is no artifact {path!r} in {self.uri} that is a file.")
        with self.told(f"Reading {path!r}"):
            return cast("BinaryIO", self._fs.open(self._key(path), "rb", block_size=block, cache_type="readahead"))

    def delete(self, path: str) -> None:
        key = self._key(path)
        if "/" not in key.strip("/"):
            raise InvalidParameter(f"{self.uri} is a whole bucket: delete the folders in it that you mean.")
        for folder in [key] if key != self._root else [key, key + ".sha256"]:
            with self.told("Deleting"):
                self._remove(folder, self._find(folder))

    def _remove(self, key: str, files: Mapping[str, int]) -> None:
        if files and not glob.has_magic(key):
            self._fs.rm(key, recursive=True)
        elif files:  # drivers take a name with * or ? in it for a pattern
            Transfer("deleting", 0).each(lambda name: self._fs.rm_file(f"{key}/{name}" if name else key), files)


def _state(local_path: str) -> tuple[int, int]:
    status = os.stat(local_path)
    return status.st_size, status.st_mtime_ns


def _rename(fs: Any, old: str, new: str) -> None:
    from fsspec import AbstractFileSystem

    if type(fs).mv is not AbstractFileSystem.mv:
        fs.mv(old, new)
    else:  # fsspec's own takes names for patterns
        fs.cp_file(old, new)
        fs.rm_file(old)


def _callback(transfer: Transfer) -> Any:
    """What drivers tell how far they are, and learn from that they shall stop."""
    from fsspec.callbacks import Callback

    class Moved(Callback):  # type: ignore[misc]
        def relative_update(self, inc: int = 1) -> None:
            transfer.moved(inc)

    return Moved()
