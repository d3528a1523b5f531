"""The contract of an artifact store, and which one a URI means."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection

from jupyter_mlops.entities.files import FileInfo

__all__ = ["ArtifactStore"]


class ArtifactStore(ABC):
    """Files below one root. Paths are relative to it, with ``/``; one that would leave it is an `InvalidParameter`."""

    @abstractmethod
    def put_file(self, local_path: str, path: str) -> None:
        """Copy a local file to `path`; readers see the old or the new file, never a part."""

    @abstractmethod
    def put_folder(self, local_folder: str, path: str, leave_out: Collection[str] = ()) -> None:
        """Copy the contents of a local folder, recursively, to the folder `path`; not the local paths in `leave_out`."""

    @abstractmethod
    def list(self, path: str) -> list[FileInfo]:
        """What lies in the folder `path`, one level, sorted; nothing for a file or a folder that is not there."""

    @abstractmethod
    def fetch(self, path: str, destination: str) -> str:
        """Copy the file or folder `path` into the local folder `destination`; returns the local path.

        Raises
        ------
        NotFound
            There is nothing at `path`.
        """
