"""A file on its way in: nobody sees it before it is whole, and nothing is left of one that does not become whole."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator

from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.errors import InvalidParameter, StoreFull
from jupyter_mlops.server.rest.files import find_tree, names_told
from jupyter_mlops.storage.artifact_stores.base import UNFINISHED, ArtifactStore
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore

__all__ = ["Arrival"]


class Arrival:
    """An artifact that is being sent.

    Parameters
    ----------
    root, path : str
        What is served, and where the file shall lie below it.
    spool : str
        Local folder, where a file waits that goes elsewhere.

    Raises
    ------
    InvalidParameter
        There cannot be a file of that path.
    StoreFull
        The disk has no room, here or in `write` or `keep`.

    Notes
    -----
    A file of a local root is written once, beside its final place; the memory taken is that of one piece.
    """

    def __init__(self, root: str, path: str, spool: str) -> None:
        self._store, self._inside = find_tree(root, path)
        if not self._inside:
            raise InvalidParameter(f"An artifact needs a name below {path!r:.300}.")
        with names_told(path), _room_told(path):
            self._part = _part_of(self._store, self._inside, spool)
            self._file = open(self._part, "xb", buffering=0)  # noqa: SIM115 (`discard` closes it)
        self._digest = hashlib.sha256()
        self._path = path

    def write(self, data: bytes | bytearray) -> None:
        """The next piece."""
        self._digest.update(data)
        view = memoryview(data)
        with _room_told(self._path):
            while view:
                view = view[self._file.write(view) :]

    def keep(self, expected: bytes | None = None) -> None:
        """All of it came: record its digest, and show it.

        Raises
        ------
        InvalidParameter
            It is not what the sender says that it is; nothing is kept.
        """
        self._file.close()
        if expected is not None and expected != self._digest.digest():
            raise InvalidParameter(f"What came for {self._path!r:.300} has the sha256 {self._digest.hexdigest()}, not {expected.hex()}: send it again.")
        with names_told(self._path), _room_told(self._path):
            if not isinstance(self._store, LocalArtifactStore):
                return self._store.put_file(self._part, self._inside)
            self._store.record(self._inside, self._digest.hexdigest())
            os.replace(self._part, self._store.local(self._inside))

    def discard(self) -> None:
        """Leave nothing of what came and was not kept."""
        self._file.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._part)


@contextlib.contextmanager
def _room_told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise StoreFull(f"The server's disk has no room for {path!r:.300}; nothing of it is kept. Make room there and send it again.") from None


def _part_of(store: ArtifactStore, inside: str, spool: str) -> str:
    if not isinstance(store, LocalArtifactStore):
        os.makedirs(spool, exist_ok=True)
        return os.path.join(spool, UNFINISHED + new_id())
    target = store.local(inside)
    if os.path.isdir(target):
        raise IsADirectoryError(None, "there is a folder of that name")
    os.makedirs(os.path.dirname(target), exist_ok=True)
    return os.path.join(os.path.dirname(target), UNFINISHED + new_id())
