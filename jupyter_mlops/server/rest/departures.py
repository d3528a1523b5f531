"""A file on its way out: whole or a part of it, checked against the digest that was recorded when it came."""

from __future__ import annotations

import collections
import hashlib
import os
import posixpath
import threading
from collections.abc import Generator, Iterator
from typing import BinaryIO

from jupyter_mlops.errors import ArtifactCorrupt, InvalidParameter, NotFound
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore

__all__ = ["Departure"]

_BLOCK = 1 << 20
_REMOTE_BLOCK = 4 << 20
_SMALL = 1 << 20
_KNOWN = 10_000


class _Known:
    """Files that were found to be what was logged, as they stood then. Bounded; safe from any thread."""

    def __init__(self) -> None:
        self._states: collections.OrderedDict[tuple[str, str], None] = collections.OrderedDict()
        self._lock = threading.Lock()

    def has(self, key: tuple[str, str]) -> bool:
        with self._lock:
            return key in self._states

    def add(self, key: tuple[str, str]) -> None:
        with self._lock:
            self._states[key] = None
            while len(self._states) > _KNOWN:
                self._states.popitem(last=False)


_known = _Known()
_one_by_one = threading.Lock()


class Departure:
    """An artifact that is being sent.

    Parameters
    ----------
    store : ArtifactStore
    inside : str
        Where the file lies in it, as `files.find_tree` tells or `files.check_artifact_path` checked it.

    Attributes
    ----------
    name : str
    size : int, bytes
    tag : str
        Another one whenever the file is another.
    digest : bytes or None
        Its SHA-256, where exactly one was recorded.

    Raises
    ------
    NotFound
        There is no file of that path.

    Notes
    -----
    A small file is read and checked before the first byte leaves. Of a large one the last block is held back until all
    were seen: what is not as logged never arrives whole. A part of a large local file makes all of it be read once;
    after that the file is known, for as long as its inode, size and time of change stay. Parts of files elsewhere are
    sent unchecked, for all of the file would have to be fetched: `digest` lets the receiver check.
    """

    def __init__(self, store: ArtifactStore, inside: str) -> None:
        if not inside:
            raise NotFound(f"There is no artifact {inside!r:.300} that is a file.")
        self._store, self._inside = store, inside
        self._file = store.open_file(inside, _REMOTE_BLOCK)
        self._digests = self._store.digests().of(self._inside)
        self.name = posixpath.basename(self._inside)
        self.size, self.tag = _state(self._file)
        self.digest = bytes.fromhex(next(iter(self._digests))) if len(self._digests) == 1 else None
        self._key = (f"{self._store.uri}/{self._inside}", self.tag)

    def read(self, start: int, stop: int) -> Generator[bytes]:
        """The bytes from `start` to before `stop`, in pieces; the file is closed afterwards.

        Raises
        ------
        ArtifactCorrupt
            The file is not what was logged; see above when this is found.
        """
        with self._file:
            if not self._digests or _known.has(self._key):
                yield from self._pieces(start, stop)
            elif self.size <= _SMALL:
                whole = b"".join(self._checked())
                yield whole[start:stop]
            elif stop - start == self.size:
                yield from self._checked()
            else:
                if isinstance(self._store, LocalArtifactStore):
                    with _one_by_one:  # who asks for many parts at once does not have all of it read as often
                        if not _known.has(self._key):
                            collections.deque(self._checked(), 0)
                yield from self._pieces(start, stop)

    def close(self) -> None:
        """Nothing of it is asked for."""
        self._file.close()

    def _checked(self) -> Iterator[bytes]:
        digest, before = hashlib.sha256(), b""
        for piece in self._pieces(0, self.size):
            digest.update(piece)
            if before:
                yield before
            before = piece
        if digest.hexdigest() not in self._digests:
            raise ArtifactCorrupt(self._inside, self._store.uri)
        _known.add(self._key)
        yield before

    def _pieces(self, start: int, stop: int) -> Iterator[bytes]:
        block = _BLOCK if isinstance(self._store, LocalArtifactStore) else _REMOTE_BLOCK
        self._file.seek(start)
        while start < stop:
            piece = self._file.read(min(block, stop - start))
            if not piece:
                raise ArtifactCorrupt(self._inside, self._store.uri)
            start += len(piece)
            yield piece


def _state(file: BinaryIO) -> tuple[int, str]:
    """Bytes of a file, and a text that is another one whenever the file is."""
    try:
        status = os.fstat(file.fileno())
    except OSError:  # one that lies elsewhere
        details = getattr(file, "details", {})
        mark = details.get("ETag") or details.get("etag") or details.get("LastModified") or details.get("mtime") or ""
        size = details.get("size", getattr(file, "size", None))
        if size is None:
            raise InvalidParameter("Files of that kind of place have no size, and cannot be sent.") from None
        return int(size), hashlib.sha256(f"{mark}-{size}".encode()).hexdigest()[:32]
    return status.st_size, f"{status.st_ino:x}-{status.st_size:x}-{status.st_mtime_ns:x}"
