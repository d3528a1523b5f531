"""The writer of one process for one store: its segment, its background thread, and what a fork changes."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import weakref
from collections.abc import Callable
from typing import Any

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.entities.users import user_name
from jupyter_mlops.storage.journal.protocol import FORMAT
from jupyter_mlops.storage.journal.segments import Header, Segment, machine_boot
from jupyter_mlops.storage.modes import make_folder
from jupyter_mlops.version import __version__

__all__ = ["Writer"]

_log = logging.getLogger(__name__)
_SYNC_EVERY_S = 1.0
_BACKLOG = 4_000_000  # bytes, some 50,000 points
_writers: weakref.WeakSet[Writer] = weakref.WeakSet()


class Writer:
    """Appends this process's records to its own segment, begun with the first of them.

    Parameters
    ----------
    folder : str
        The store's journal folder, which must exist.
    store_id : str
    on_backlog : callable, optional
        Called from the background thread when some 50,000 records wait to be folded.

    Notes
    -----
    `append` is safe from any thread and costs about a microsecond. A background thread brings the segment to the disk
    once a second while something was written, and at once after `sync_soon`. A forked child writes a segment of its own.
    """

    def __init__(self, folder: str, store_id: str, on_backlog: Callable[[], None] | None = None) -> None:
        self.folder = folder
        self.store_id = store_id
        # Writes one record of `operations.KINDS`. Bound to the segment's own method while there is one: this is the path
        # of every metric. Raises JournalFull (nothing of the record is kept) or StoreReadOnly.
        self.append: Callable[[tuple[Any, ...]], None] = self._begin_and_append
        self.folded = 0  # bytes of the segment that are known to be in the database
        self._on_backlog = on_backlog
        self._begin_lock = threading.Lock()
        self._segment: Segment | None = None
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        _writers.add(self)

    def _begin_and_append(self, record: tuple[Any, ...]) -> None:
        self.begin().append(record)

    def begin(self) -> Segment:
        """The segment of this process, made when there is none."""
        with self._begin_lock:
            if self._segment is None:
                header = Header(
                    FORMAT,
                    self.store_id,
                    new_id(),
                    __version__,
                    socket.gethostname(),
                    os.getpid(),
                    user_name(),
                    now_ms(),
                    machine_boot(),
                )
                make_folder(self.folder)
                self._segment = Segment(self.folder, header, self._begin_and_append)
                self.append = self._segment.append
                self.folded = 0
                self._wake = threading.Event()
                self._thread = threading.Thread(target=self._tend, args=(self._segment, self._wake), daemon=True)
                self._thread.name = "jupyter_mlops-journal"
                self._thread.start()
            return self._segment

    @property
    def is_begun(self) -> bool:
        """Whether there is a segment, so that `append` does nothing but write."""
        return self._segment is not None

    @property
    def writer_id(self) -> str:
        """Id of this process's segment."""
        return self.begin().writer

    def backlog(self) -> int:
        """Bytes that this process wrote and no fold of this process has taken yet."""
        return self._segment.size() - self.folded if self._segment else 0

    def sync(self) -> None:
        """Bring what was appended to the disk itself."""
        if self._segment:
            self._segment.sync()

    def sync_soon(self) -> None:
        """Have the background thread do it now: the caller does not wait for the disk."""
        self._wake.set()

    def close(self) -> None:
        """Sync, stop the thread and give the segment up. A later `append` begins another."""
        with self._begin_lock:
            segment, self._segment = self._segment, None
            self.append = self._begin_and_append
        if segment is None:
            return
        self._wake.set()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join(5)
        segment.sync()
        segment.close()

    def _tend(self, segment: Segment, wake: threading.Event) -> None:
        synced = 0
        while True:
            wake.wait(_SYNC_EVERY_S)
            wake.clear()
            if self._segment is not segment:
                return
            with contextlib.suppress(
                OSError
            ):  # the disk is gone or full: the next append says so where it can be heard
                if (size := segment.size()) != synced:
                    segment.sync()
                    synced = size
            if not segment.is_there():
                self._begin_anew(segment)
                return
            if self._on_backlog and self.backlog() > _BACKLOG:
                self._on_backlog()

    def _begin_anew(self, lost: Segment) -> None:
        with self._begin_lock:
            if self._segment is lost:
                self._segment = None
                self.append = self._begin_and_append
        _log.warning(
            "%s was removed while it was in use: what was logged in the last second, or not read yet, is lost.",
            lost.path,
        )

    def _after_fork(self) -> None:
        if self._segment is not None:
            self._segment.abandon()
        self._segment = None
        self.append = self._begin_and_append
        self._thread = None
        self._wake = threading.Event()
        self._begin_lock = threading.Lock()


def _after_fork() -> None:
    for writer in list(_writers):
        writer._after_fork()


os.register_at_fork(after_in_child=_after_fork)
