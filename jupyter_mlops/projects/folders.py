"""Temporary folders of a project: removed at once when it cannot be run, else by whoever runs it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable

__all__ = ["Folders", "remove_folders"]


class Folders:
    """Makes folders, and removes them at the end of ``with`` unless somebody else took that over.

    Parameters
    ----------
    root : str, optional
        Where they are made.

    Examples
    --------
    >>> with Folders() as folders:
    ...     made = folders.make("project")
    >>> os.path.exists(made)
    False
    """

    def __init__(self, root: str | None = None) -> None:
        self._root = root
        self._made: list[str] = []

    def __enter__(self) -> Folders:
        return self

    def __exit__(self, *_error: object) -> None:
        remove_folders(self._made)

    def make(self, what: str) -> str:
        """A new folder whose name begins with `what`."""
        if self._root:
            os.makedirs(self._root, exist_ok=True)
        self._made.append(tempfile.mkdtemp(prefix=f"{what}-", dir=self._root))
        return self._made[-1]

    def kept(self) -> tuple[str, ...]:
        """Those that were made; whoever asked removes them from now on."""
        made, self._made = tuple(self._made), []
        return made


def remove_folders(folders: Iterable[str]) -> None:
    """Remove folders with all that is in them; those that are gone are none the worse for it."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
