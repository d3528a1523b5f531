"""What lies in an artifact folder."""

from __future__ import annotations

from jupyter_mlops.entities.records import Entity

__all__ = ["FileInfo"]


class FileInfo(Entity, frozen=True):
    """A file or folder among a run's artifacts.

    Attributes
    ----------
    path : str
        Relative to the artifact root, with ``/``.
    is_dir : bool
    file_size : int or None, bytes
        None for a folder.
    """

    path: str
    is_dir: bool
    file_size: int | None = None
