"""Whose turn it is at an environment: one process makes or removes it, any number use it."""

from __future__ import annotations

import contextlib
import os
from typing import IO

from jupyter_mlops.entities.own_folders import own_folder
from jupyter_mlops.entities.variables import ENV_ROOT
from jupyter_mlops.environments.notices import notice

__all__ = ["Turn"]


class Turn:
    """Of one process at a folder, inside of ``with``, by a lock on a file beside it; it ends with the process, too.

    Parameters
    ----------
    folder : str
    """

    def __init__(self, folder: str) -> None:
        self._place = f"{folder}.lock"
        self._file: IO[str] | None = None

    def __enter__(self) -> Turn:
        own_folder(os.path.dirname(self._place), ENV_ROOT.names[-1])
        self._file = open(self._place, "w", encoding="utf-8")
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._file is not None
        self._file.close()

    @property
    def number(self) -> int:
        """Of the open file: a program that inherits it shares the turn, and keeps it when this process is killed."""
        assert self._file is not None
        return self._file.fileno()

    def share(self) -> None:
        """Wait for whoever makes or removes it; from then on nobody does."""
        self._wait("LOCK_SH")

    def take(self) -> None:
        """Wait for all others."""
        self._wait("LOCK_EX")

    def is_free(self) -> bool:
        """Take it if nobody else has it."""
        return self._lock("LOCK_EX", at_once=True)

    def _wait(self, kind: str) -> None:
        if not self._lock(kind, at_once=True):
            notice("Waiting for another process, which makes the same environment.")
            self._lock(kind)

    def _lock(self, kind: str, *, at_once: bool = False) -> bool:
        with contextlib.suppress(ImportError):  # on Windows whoever wants an environment makes it
            import fcntl

            try:
                fcntl.flock(self.number, getattr(fcntl, kind) | (fcntl.LOCK_NB if at_once else 0))
            except BlockingIOError:
                return False
        return True
