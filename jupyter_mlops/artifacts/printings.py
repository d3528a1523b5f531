"""What a cell or program prints, kept with its run while it runs: a page shows it at once, and a process that is killed leaves it."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import time
from collections import deque
from collections.abc import Mapping

from jupyter_mlops.context.secrets import mask_secrets
from jupyter_mlops.entities.runs import RunInfo
from jupyter_mlops.entities.uris import is_local
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.opened import artifacts_to_write

__all__ = ["PROGRAM_LOG", "Printed", "Printing"]

PROGRAM_LOG = "output.log"
"""Artifact with what the program of a project printed."""
_log = logging.getLogger(__name__)
_LEAST_S, _SHARE = 2.0, 50  # a run of hours is written some hundred times in all
_MOST = 1_000_000


class Printed:
    """The last million characters of what was printed.

    Attributes
    ----------
    written : int
        Characters so far.

    Examples
    --------
    >>> printed = Printed()
    >>> printed.keep("begin\\n")
    >>> printed.so_far(), printed.written
    ('begin\\n', 6)
    """

    def __init__(self) -> None:
        self._parts: deque[str] = deque()
        self._size = self.written = 0

    def keep(self, text: str) -> None:
        """Keep text behind what is kept."""
        self._parts.append(text)
        self._size += len(text)
        self.written += len(text)
        while self._size > _MOST and len(self._parts) > 1:
            self._size -= len(self._parts.popleft())

    def so_far(self) -> str:
        """What is kept, while more may come."""
        return "".join(list(self._parts))


class Printing:
    """Writes what was printed, as files of a run in a local folder; elsewhere each time would be an upload.

    Parameters
    ----------
    store : Store
    run : RunInfo
    streams : mapping of str to Printed
        By the path of the file.

    Notes
    -----
    A thread of its own, which reads no database. Whole lines only: half a secret could not be recognised.
    """

    def __init__(self, store: Store, run: RunInfo, streams: Mapping[str, Printed]) -> None:
        self._store, self._run, self._streams = store, run, streams
        self._began, self._sizes = time.monotonic(), dict.fromkeys(streams, 0)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True, name="jupyter_mlops-printing")
        if is_local(run.artifact_uri):
            self._thread.start()

    def stop(self) -> None:
        """Write no more; what is being written is waited for."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _follow(self) -> None:
        while not self._stopped.wait(max(_LEAST_S, (time.monotonic() - self._began) / _SHARE)):
            for path, stream in self._streams.items():
                try:
                    self._keep(path, stream)
                except Exception as trouble:  # what surrounds a run must not cost it anything
                    _log.debug("What it prints is not kept yet: %s", trouble)

    def _keep(self, path: str, stream: Printed) -> None:
        if stream.written == self._sizes[path]:
            return
        self._sizes[path] = stream.written
        lines = stream.so_far().rpartition("\n")[0]
        if not lines:
            return
        with tempfile.TemporaryDirectory() as folder:
            local = os.path.join(folder, "printed.txt")
            with open(local, "w", encoding="utf-8") as file:
                file.write(mask_secrets(lines + "\n"))
            artifacts_to_write(self._store, self._run).put_file(local, path)
