"""A log of the requests to a served model: rows of Parquet files beside the model, bounded, written by a thread of its own."""

from __future__ import annotations

import collections
import contextlib
import itertools
import logging
import os
import random
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_mlops.data.columns import PREDICTION, Logged, joined, log_frame
from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.monitoring.places import is_part, log_place
from jupyter_mlops.registry.uris import model_place
from jupyter_mlops.serving.served_models import Seen
from jupyter_mlops.storage.artifact_stores.base import UNFINISHED, ArtifactStore
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore
from jupyter_mlops.storage.artifact_stores.places import artifact_store

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RequestLog"]

_log = logging.getLogger(__name__)
_EVERY_S, _EVERY_FAR_S = 10.0, 300.0  # what a crash loses at most, on this machine and where each file is sent
_MOST_WAITING, _MOST_WAITING_BYTES = 1000, 64_000_000  # requests, and what they hold
_PART_ROWS, _PART_BYTES = 10_000, 16_000_000  # a part is kept in memory while it grows
_MOST_PARTS, _MOST_BYTES = 500, 200_000_000
_LEFT_S = 3600.0  # after which nobody writes to a file that is not whole
_END_S = 5.0
_REFUSED = (401, 403)  # nobody who may not ask fills a disk
_numbers = itertools.count()


class RequestLog:
    """Keeps requests and what the model said to them; no request waits for it or fails because of it.

    Parameters
    ----------
    rate : float, above 0, at most 1
        The share of requests that is kept.
    without : collection of str
        Columns that are left out, ``_prediction`` too.
    name : str
        URI of the model: where its log lies is said at once.
    known : list, optional
        The columns that the model takes.

    Raises
    ------
    InvalidParameter
        No such rate, or a column to leave out that the model does not take.

    Notes
    -----
    About 0.2 ms of processor for a request of one row of 20 columns, in a thread of its own: of many requests a second log a share. Of
    one 1,000 rows and 200 columns are kept. A file grows to 10,000 rows, or those of 16 MB of requests, rewritten every 10 seconds
    (300 where it is sent to another machine), which is what a crash loses at most. The oldest of more than 500 files or 200 MB go, of
    whichever process. Requests of 64 MB wait at most.
    """

    def __init__(self, rate: float, without: Collection[str], name: str, known: Sequence[Any] | None) -> None:
        if not 0 < rate <= 1:
            raise InvalidParameter(f"The share of requests to log is above 0 and at most 1, not {rate}.")
        of_inputs = {column for column in without if not column.startswith(PREDICTION)}
        if known is not None and (unknown := sorted(of_inputs - set(map(str, known)))):
            raise InvalidParameter(f"The log is to be without {', '.join(unknown)}, which the model does not take; it takes {', '.join(map(str, known))}.")
        self._rate, self._without = rate, frozenset(without)
        self._by = f"{os.getpid():x}{os.urandom(3).hex()}"
        self._part = _Part(name, self._without, self._by)
        _log.warning("Requests are logged in %s.", self._part.files.uri)
        self._waiting: collections.deque[tuple[str, Sequence[Any] | None, Logged]] = collections.deque()
        self._came = self._gone = 0  # bytes; each is written by one thread alone
        self._wake, self._is_over = threading.Event(), False
        self._said = set[str]()
        self._thread = threading.Thread(target=self._work, name="mlops-log", daemon=True)
        self._thread.start()

    def wants_one(self) -> bool:
        """Whether the request that comes is to be kept: by chance."""
        return random.random() < self._rate

    def add(self, seen: Seen, status: int, seconds: float) -> None:
        """Keep a request that was answered."""
        if status in _REFUSED:
            return
        own = {
            "_time": datetime.now(UTC).replace(tzinfo=None), "_latency_ms": seconds * 1000, "_status": status, "_version": seen.name,
            "_rate": self._rate,
        }  # fmt: skip
        request = Logged(seen.data, seen.predictions, own, seen.size) if status == 200 else Logged(None, None, own)
        full = max(len(self._waiting) / _MOST_WAITING, (self._came - self._gone) / _MOST_WAITING_BYTES)
        if full >= 1:
            return self._say("busy", "Requests come faster than they can be logged, and some are left out: log a share of them.")
        self._waiting.append((seen.name, seen.known, request))
        self._came += request.size
        if full > 0.5:  # not for each: a thread that wakes takes the interpreter from the one that answers
            self._wake.set()

    def end(self) -> None:
        """Write what is left; waits some seconds for that."""
        self._is_over = True
        self._wake.set()
        self._thread.join(_END_S)
        if self._thread.is_alive():
            self._say("end", "The last requests are not logged: where they go does not answer.")

    def _work(self) -> None:
        due, is_over = time.monotonic() + self._part.every, False
        while not is_over:
            self._wake.wait(max(due - time.monotonic(), 0))
            self._wake.clear()
            is_over = self._is_over
            while self._waiting:
                taken = self._waiting.popleft()
                self._tried(self._take, *taken)
                self._gone += taken[2].size
            if is_over or time.monotonic() >= due:
                self._tried(self._write)
                due = time.monotonic() + self._part.every

    def _take(self, name: str, known: Sequence[Any] | None, request: Logged) -> None:
        if name != self._part.name or self._part.is_full:
            self._tried(self._write)  # what cannot be written is given up: memory has a bound, too
            self._part = _Part(name, self._without, self._by)
        self._part.add(request, known)

    def _write(self) -> None:
        if self._part.write():
            self._said.discard("trouble")  # the next one is another

    def _tried(self, function: Callable[..., None], *given: Any) -> None:
        try:
            function(*given)
        except Exception as error:  # a full disk, a server that is away, what nobody foresaw: the model answers, and it is tried again
            self._say("trouble", f"Requests cannot be logged in {self._part.files.uri}: {type(error).__name__}: {error}")

    def _say(self, about: str, message: str) -> None:
        if about not in self._said:  # it would be said for each request
            self._said.add(about)
            _log.warning("%s", message[:1000])


class _Part:
    """Rows of one model for one file, which is written anew as they grow."""

    def __init__(self, name: str, without: Collection[str], by: str) -> None:
        place, version = model_place(name)
        self.name, self._without = name, without
        self.files = artifact_store(log_place(place, version))
        self.every = _EVERY_S if isinstance(self.files, LocalArtifactStore) else _EVERY_FAR_S
        self._file = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{by}-{next(_numbers):06}.parquet"
        self._known: Sequence[Any] | None = None
        self._fresh: list[Logged] = []
        self._rows: pd.DataFrame | None = None
        self._count = self._size = 0
        self._is_written, self._is_there = True, False

    @property
    def is_full(self) -> bool:
        """Whether another file is to be begun."""
        return self._count >= _PART_ROWS or self._size >= _PART_BYTES

    def add(self, request: Logged, known: Sequence[Any] | None) -> None:
        """Take in a request to a model that takes the columns `known`, if it was understood that far."""
        self._fresh.append(request)
        self._count, self._size = self._count + request.rows, self._size + request.size
        self._known = known or self._known

    def write(self) -> bool:
        """Write all rows if there are new ones, and say whether there were."""
        if self._fresh:
            fresh, self._fresh = self._fresh, []  # those that no table can hold are not tried again
            rows = log_frame(fresh, self._without, self._known)
            self._rows = rows if self._rows is None else joined([self._rows, rows])
            self._is_written = False
        if self._rows is None or self._is_written:
            return False
        _put(self.files, self._rows, self._file)
        self._is_written = True
        if not self._is_there:
            self._is_there = True
            _thin(self.files)
        return True


def _put(files: ArtifactStore, frame: pd.DataFrame, name: str) -> None:
    """Put rows into a file, without a record of its digest: each time that it grew, records would grow for ever."""
    from jupyter_mlops.storage.duckdb.tables import write_parquet  # loads DuckDB

    if not isinstance(files, LocalArtifactStore):
        with tempfile.TemporaryDirectory(prefix="mlops-log-") as folder:
            path = os.path.join(folder, name)
            write_parquet(frame, path)
            return files.put_unrecorded(path, name)
    os.makedirs(files.root, exist_ok=True)
    path = files.local(UNFINISHED + new_id())
    try:
        write_parquet(frame, path)
        os.replace(path, files.local(name))
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def _thin(files: ArtifactStore) -> None:
    """Remove the oldest parts of more than there may be."""
    sizes = {name: size for name, size in (files.sizes("") or {}).items() if is_part(name)}
    left = _MOST_BYTES
    for place, name in enumerate(sorted(sizes, reverse=True)):
        left -= sizes[name]
        if place >= _MOST_PARTS or (left < 0 and place):
            files.delete(name)
    if isinstance(files, LocalArtifactStore):
        _sweep(files.root)


def _sweep(folder: str) -> None:
    """Remove what a process that was killed has not written to its end."""
    for entry in os.scandir(folder):
        with contextlib.suppress(FileNotFoundError):  # another process did it
            if entry.name.startswith(UNFINISHED) and entry.is_file(follow_symlinks=False) and time.time() - entry.stat().st_mtime > _LEFT_S:
                os.unlink(entry.path)
