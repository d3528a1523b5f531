"""The contract of an artifact store, and what all of them have in common."""

from __future__ import annotations

import contextlib
import logging
import os
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO

from jupyter_mlops.entities.files import FileInfo
from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.errors import ArtifactCorrupt, InvalidParameter, NotFound
from jupyter_mlops.storage.artifact_stores.digests import Digests, digest_file
from jupyter_mlops.storage.artifact_stores.transfers import Transfer

__all__ = ["UNFINISHED", "ArtifactStore"]

_log = logging.getLogger(__name__)
UNFINISHED = ".mlops-part-"  # begins the name of a file that is not whole yet; never listed


class ArtifactStore(ABC):
    """Files below one root. Paths are relative to it, with ``/``; one that would leave it is an `InvalidParameter`.

    A new kind of place implements the abstract methods and passes `jupyter_mlops.testing.artifact_stores`.

    Attributes
    ----------
    uri : str
        The root, as errors show it.
    """

    uri: str
    compares = True  # whether folders are compared with what is there, so that only what differs is sent

    def put_file(self, local_path: str, path: str) -> None:
        """Copy a local file to `path`; readers see the old or the new file, never a part."""
        self.send({_file_path(path): local_path})

    def put_unrecorded(self, local_path: str, path: str) -> None:
        """The same for a file that is written anew as it grows: no record of its digest is kept where these would grow for ever."""
        self.put_file(local_path, path)

    def put_folder(self, local_folder: str, path: str, leave_out: Collection[str] = ()) -> None:
        """Copy the contents of a local folder, recursively, to the folder `path`; not the local paths in `leave_out`.

        Files that are there already, of the same size and digest, are not sent again: a call that was killed is continued
        by the same call.
        """
        top = check_relative_path(path)
        files = {_file_path(_joined(top, below)): local for below, local in _files_in(local_folder, leave_out)}
        there = {_joined(top, below): size for below, size in (self.sizes(top) or {}).items()} if files and self.compares else {}
        same = self._same(files, there) if there else set()
        self.send({inside: local for inside, local in files.items() if inside not in same})

    def _same(self, files: Mapping[str, str], there: Mapping[str, int]) -> set[str]:
        """Those of `files` that are there whole. Of a name with two records nobody knows which one is there."""
        digests = self.digests()
        candidates = {
            path: local for path, local in files.items()
            if there.get(path) == os.path.getsize(local) and len(digests.of(path)) == 1
        }  # fmt: skip
        return {path for path, digest in self._digest(candidates).items() if digests.agree(path, digest)}

    def _digest(self, files: Mapping[str, str]) -> dict[str, str]:
        transfer = self._transfer("comparing", sum(map(os.path.getsize, files.values())))
        digests = transfer.each(lambda local: digest_file(local, transfer.moved), files.values())
        return dict(zip(files, digests, strict=True))

    def fetch(self, path: str, destination: str) -> str:
        """Copy the file or folder `path` into the local folder `destination`; returns the local path.

        Files that are there already, whole, are not fetched again.

        Raises
        ------
        NotFound
            There is nothing at `path`.
        ArtifactCorrupt
            A file is not what was logged; nothing of it is left in `destination`.
        """
        path = check_relative_path(path)
        sizes = self.sizes(path)
        if sizes is None:
            raise NotFound(f"There is no artifact {path!r} in {self.uri}.")
        target = os.path.join(destination, path) if path else destination
        if "" not in sizes:
            os.makedirs(target, exist_ok=True)
        digests, transfer = self.digests(), self._transfer("downloading", sum(sizes.values()))

        def fetch_one(below: str) -> None:
            inside = _joined(path, _file_path(below)) if below else path
            self._fetch_file(inside, os.path.join(target, below) if below else target, sizes[below], digests, transfer)

        transfer.each(fetch_one, sizes)
        return target

    def _fetch_file(self, path: str, target: str, size: int, digests: Digests, transfer: Transfer) -> None:
        if _is_whole(target, size, digests.of(path)):
            return transfer.moved(size)
        os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
        part = os.path.join(os.path.dirname(target), UNFINISHED + new_id())
        try:
            digest = self.receive(path, part, transfer)
            if not digests.agree(path, digest):
                raise ArtifactCorrupt(path, self.uri)
            transfer.moved(0)  # nothing gets its final name after the transfer was given up
            os.replace(part, target)
        except BaseException:
            if os.path.exists(part):
                os.unlink(part)
            raise

    def _transfer(self, what: str, size: int) -> Transfer:
        return Transfer(what, size)

    def delete_if_holding(self, path: str, name: str) -> None:
        """Remove the folder `path` if it has a file `name`."""
        if any(info.path == _joined(check_relative_path(path), name) for info in self.list(path)):
            self.delete(path)

    @abstractmethod
    def list(self, path: str) -> list[FileInfo]:
        """What lies in the folder `path`, one level, sorted; nothing for a file or a folder that is not there."""

    @abstractmethod
    def sizes(self, path: str) -> dict[str, int] | None:
        """Bytes of every file below `path`, by its path from there; of a file itself by ``""``; None if nothing is there."""

    @abstractmethod
    def digests(self) -> Digests:
        """What was recorded of the artifacts below the root."""

    @abstractmethod
    def open_file(self, path: str, block: int = 1 << 20, most_copied: int | None = None) -> BinaryIO:
        """A file to read from and to seek in.

        Parameters
        ----------
        path : str
        block : int, bytes
            How much is read at once of a file that lies elsewhere.
        most_copied : int, bytes, optional
            How large a file may be that has to be copied here, since what keeps it sends no parts of files.

        Raises
        ------
        NotFound
            There is no file of that path; a folder, pipe or device is none.
        InvalidParameter
            It is larger than `most_copied`.
        """

    @contextlib.contextmanager
    def told(self, what: str) -> Iterator[None]:
        """Errors of whatever keeps the files as ours, while an open file is read."""
        yield

    @abstractmethod
    def delete(self, path: str) -> None:
        """Remove a file or folder for good; nothing when it is not there. ``""`` removes all, the records as well."""

    @abstractmethod
    def send(self, files: Mapping[str, str]) -> None:
        """Copy local files, given by their checked paths here, and record the digest of each before it is in place."""

    @abstractmethod
    def receive(self, path: str, local_path: str, transfer: Transfer) -> str:
        """Copy a file to a new local one; returns the digest of what was copied."""


def _is_whole(local_path: str, size: int, digests: Collection[str]) -> bool:
    is_there = bool(digests) and os.path.isfile(local_path) and os.path.getsize(local_path) == size
    return is_there and digest_file(local_path) in digests


def _joined(*parts: str) -> str:
    return "/".join(part for part in parts if part)


def _file_path(path: str) -> str:
    clean = check_relative_path(path)
    if not clean:
        raise InvalidParameter("An artifact needs a name.")
    return clean


def _files_in(local_folder: str, leave_out: Collection[str]) -> Iterator[tuple[str, str]]:
    """Path from there, with ``/``, and local path of every file below a folder."""
    without = {os.path.realpath(place) for place in leave_out}
    for folder, folders, names in os.walk(local_folder):
        real = os.path.realpath(folder)
        folders[:] = [name for name in folders if os.path.join(real, name) not in without]
        below = os.path.relpath(folder, local_folder).replace(os.sep, "/")
        for name in names:
            path = os.path.join(folder, name)
            if os.path.exists(path) and not os.path.isfile(path):  # a pipe would be waited for
                _log.warning("%s is left out: it is a pipe, socket or device.", path)
            elif os.path.join(real, name) not in without:
                yield _joined("" if below == "." else below, name), path
