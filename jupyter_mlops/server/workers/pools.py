"""The workers of a server: one for each model that somebody asks, or for each two that are compared, and not too many."""

from __future__ import annotations

import atexit
import collections
import contextlib
import queue
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any

from jupyter_mlops.errors import InvalidState, MlflowException
from jupyter_mlops.server.workers.limits import Limits
from jupyter_mlops.server.workers.messages import Call, Loaded, Reply
from jupyter_mlops.server.workers.processes import Unheard, WorkerProcess

__all__ = ["Workers"]

_LOOK_S = 0.1
_MOST_WAITING = 4
_MOST_VOUCHED = 256  # they stand in the first message to a worker, which nobody waits for
_LOADING = ("open", "load")
Prepare = Callable[[str], list[Loaded]]


class _Seat:
    """A place for one worker, whose calls come one after the other."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.worker: WorkerProcess | None = None
        self.waiting = 0
        self.asked = time.monotonic()


class Workers:
    """Processes that run models, started when they are asked.

    Parameters
    ----------
    limits : Limits, optional
        By default as the environment says.
    may_trust : bool, default True
        Whether somebody who may change a model may also let its code run that this user has not signed.

    Notes
    -----
    Call it from any thread. A thread of its own starts the processes, watches them and ends those that nobody asks.

    Of what somebody trusts, the fingerprint is kept until the server ends: the next worker, after ten minutes unasked or
    after a crash, may run the same code, byte for byte, and nothing that was put in its place.
    """

    def __init__(self, limits: Limits | None = None, may_trust: bool = True) -> None:
        self.may_trust = may_trust
        self._limits = limits or Limits.given()
        self._seats: dict[Hashable, _Seat] = {}
        self._vouched: dict[str, None] = {}
        self._lock = threading.Lock()
        self._left: collections.deque[WorkerProcess] = collections.deque()
        self._ending = threading.Lock()
        self._turns = threading.BoundedSemaphore(self._limits.calls)
        self._starts: queue.SimpleQueue[tuple[Future[WorkerProcess], str, list[Loaded]]] = queue.SimpleQueue()
        self._keeper: threading.Thread | None = None

    def call(self, key: Hashable, prepare: Prepare, call: Call) -> dict[str, Any]:
        """Let the worker of a key do something; it is started unless it is there.

        Parameters
        ----------
        key : hashable
            What says which models they are, and that they are still the same.
        prepare : callable
            From a folder that is the worker's own, and goes with it, to the models; what lies elsewhere is fetched there.

        Raises
        ------
        MlflowException
            Too many ask at once, the worker ended, or what it says.
        """
        if not self._turns.acquire(blocking=False):
            raise _busy(f"{self._limits.calls} calls of models run now")
        try:
            reply = self._called(self._taken(key), prepare, call)
        finally:
            self._turns.release()
        if call.trust:
            self._note(reply.vouched)
        return reply.result

    def _note(self, fingerprints: list[str]) -> None:
        with self._lock:
            self._vouched |= dict.fromkeys(one[:64] for one in fingerprints[:2])
            for oldest in list(self._vouched)[:-_MOST_VOUCHED]:
                del self._vouched[oldest]

    def _taken(self, key: Hashable) -> _Seat:
        """The place of a worker, which nobody else has now."""
        while True:
            seat = self._seat(key)
            with self._lock:
                if seat.waiting >= _MOST_WAITING:  # or one slow model would have all turns
                    raise _busy("Others ask this model")
                seat.waiting += 1
            is_ours = seat.lock.acquire(timeout=self._limits.call_s)
            with self._lock:
                seat.waiting -= 1
            if not is_ours:
                raise _busy("Others ask this model")
            if self._seats.get(key) is seat:
                return seat
            seat.lock.release()  # it was given to another model meanwhile

    def _called(self, seat: _Seat, prepare: Prepare, call: Call) -> Reply:
        try:
            if seat.worker is not None and seat.worker.is_running:
                with contextlib.suppress(Unheard):  # it ended a moment ago
                    return seat.worker.call(call, self._limits.load_s if call.method in _LOADING else self._limits.call_s)
            self._end(seat)
            self._end_left()
            seat.worker = self._started(prepare)
            return seat.worker.call(call, self._limits.load_s)
        finally:
            seat.asked = time.monotonic()
            seat.lock.release()

    def _seat(self, key: Hashable) -> _Seat:
        """The place of a worker; where all are taken, that of the one that rests and was asked longest ago."""
        with self._lock:
            if key not in self._seats and len(self._seats) >= self._limits.workers:
                resting = [known for known, seat in self._seats.items() if not seat.lock.locked()]
                if not resting:
                    raise _busy(f"{len(self._seats)} models predict now")
                self._leave(min(resting, key=lambda known: self._seats[known].asked))
            return self._seats.setdefault(key, _Seat())

    def _leave(self, key: Hashable) -> None:
        """Take its place from a worker; ending it takes a while, which must not be under the lock that all calls need."""
        seat = self._seats[key]
        if seat.lock.acquire(blocking=False):
            del self._seats[key]
            if seat.worker is not None:
                self._left.append(seat.worker)
                seat.worker = None
            seat.lock.release()

    def _end_left(self) -> None:
        """End the workers without a place, before another one starts: they made room for it."""
        with self._ending:
            while self._left:
                self._left[0].end()
                self._left.popleft()

    @staticmethod
    def _end(seat: _Seat) -> None:
        if seat.worker is not None:
            seat.worker.end()
            seat.worker = None

    def _started(self, prepare: Prepare) -> WorkerProcess:
        try:
            folder = tempfile.mkdtemp(prefix="mlops-worker-")
        except OSError as error:  # the disk is full
            raise InvalidState(f"No model can run: no folder can be made in {tempfile.gettempdir()}: {error.strerror}.") from None
        made: Future[WorkerProcess] = Future()
        try:
            models = prepare(folder)
            self._keep()
            self._starts.put((made, folder, models))
            return made.result()
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _keep(self) -> None:
        with self._lock:
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._watch, name="mlops-workers", daemon=True)
                self._keeper.start()
                atexit.register(self.end)

    def _watch(self) -> None:
        """Start what is asked for, and look after what runs; sleep where nothing does."""
        running: list[WorkerProcess] = []
        while True:
            try:
                made, folder, models = self._starts.get(timeout=_LOOK_S if running else None)
            except queue.Empty:
                self._leave_idle()
                running = [worker for worker in running if worker.watch()]
                continue
            try:
                running.append(WorkerProcess(self._limits, folder, models, tuple(self._vouched)))
                made.set_result(running[-1])
            except BaseException as error:  # whoever waits for it must hear of it
                made.set_exception(error)

    def _leave_idle(self) -> None:
        with self._lock:
            for key, seat in list(self._seats.items()):
                if time.monotonic() - seat.asked > self._limits.idle_s and not seat.lock.locked():
                    self._leave(key)
        self._end_left()

    def end(self) -> None:
        """End all workers, also those in the middle of a call."""
        with self._lock:
            for seat in self._seats.values():
                if (worker := seat.worker) is not None:
                    worker.end()
            self._seats.clear()
        self._end_left()


def _busy(why: str) -> MlflowException:
    return MlflowException(f"{why}: try again in a moment.", "TEMPORARILY_UNAVAILABLE")
