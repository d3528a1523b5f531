"""Delivery in the background: what a process logs for a server goes there, once and in order, whenever it answers.

The thread that logs never waits. While the server is down, slow or restarts, records wait in the outbox; they are tried again
at growing intervals, by the next process, or by ``jupyter mlops sync``.
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, Protocol

from jupyter_mlops.errors import ServerError, ServerUnreachable
from jupyter_mlops.storage.journal.segments import Damage, Segment
from jupyter_mlops.storage.journal.writers import Writer
from jupyter_mlops.storage.sync.outboxes import Outbox, Outgoing, Parcel

__all__ = ["Carrier", "OutboxWriter", "TooEarly", "Uploader", "is_passing"]

_log = logging.getLogger(__name__)
_LOOK_S = 0.2
_LONGEST_S = 30.0
_AWAY_S = 60.0
_uploaders: weakref.WeakSet[Uploader] = weakref.WeakSet()


class TooEarly(ServerError):
    """What was logged to a run whose beginning another process is about to deliver."""


class Carrier(Protocol):
    """Tells a kind of server what was logged."""

    def carry(self, sender: str, parcel: Parcel, done: Callable[[int], None], refused: Callable[[list[Any] | Damage, str], None]) -> None:
        """Deliver records of a sender's segment.

        `done` is called with the offset up to which all is delivered, `refused` with what the server will never take.

        Raises
        ------
        ServerError
            It cannot be delivered now.
        """


def is_passing(error: Exception) -> bool:
    """Whether the server, not what it was told, is the reason: it is down, busy, broken, or wants to know who asks."""
    if not isinstance(error, ServerError):
        return False
    return isinstance(error, ServerUnreachable) or error.status in (0, 401, 408, 429) or error.status >= 500


class OutboxWriter(Writer):
    """Appends to the outbox; whoever does so has a thread that delivers it."""

    def __init__(self, outbox: Outbox, uploader: Uploader) -> None:
        super().__init__(outbox.folder, outbox.address)
        self._uploader = uploader

    def begin(self) -> Segment:
        """The segment of this process."""
        self._uploader.outbox.make()
        segment = super().begin()
        self._uploader.start(segment.path)
        return segment


class Uploader:
    """The thread that delivers an outbox: this process's records, and those that dead processes left.

    Attributes
    ----------
    failure : Exception or None
        Why nothing can be delivered now.

    Parameters
    ----------
    carrier : callable
        Makes what tells the server.
    heard : callable
        When the server last answered anything, by the monotonic clock.
    """

    def __init__(self, outbox: Outbox, carrier: Callable[[], Carrier], heard: Callable[[], float]) -> None:
        self.outbox = outbox
        self._heard = heard
        self.failure: Exception | None = None
        self._carrier = carrier
        self._reset()
        _uploaders.add(self)

    def _reset(self) -> None:
        self._own: Outgoing | None = None
        self._thread: threading.Thread | None = None
        self._lock, self._taking = threading.Lock(), threading.Lock()
        self._wake = threading.Event()
        self._turn = threading.Condition()
        self._tries = 0
        self._warned = ""

    def start(self, own: str | None = None) -> None:
        """Have a thread deliver, the segment `own` of this process too."""
        with self._lock:
            if own is not None and (self._own is None or self._own.path != own):
                self._own = Outgoing(own)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, daemon=True, name="jupyter_mlops-uploader")
                self._thread.start()

    def flush(self, timeout_s: float | None = None) -> bool:
        """Wait until the server has all that this process logged before; False when it has not in time.

        Raises
        ------
        ServerUnreachable
            It cannot be delivered now. It stays in the outbox.
        """
        own = self._own
        if own is None or own.sent >= (wanted := own.size()):
            return True
        until = None if timeout_s is None else time.monotonic() + timeout_s
        with self._turn:
            tries = self._tries
            self._wake.set()
            while own.sent < wanted and own.size():
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    return False
                self._turn.wait(min(1.0, left if left is not None else 1.0))
                if self.failure is not None and self._tries > tries:
                    raise ServerUnreachable(f"{self.failure} What was logged is kept and delivered later.") from self.failure
        return True

    def deliver_all(self, moved: Callable[[int], object] = lambda _: None) -> None:
        """Deliver now, in this thread, all that nobody alive is about to deliver; `moved` is told of bytes of segments.

        Raises
        ------
        ServerError
            The server takes nothing now.
        """
        with self._taking:  # one thread takes over what the other would else take for somebody else's
            while True:
                before, early = (self.outbox.size(), set(self.outbox.early)), None
                for path in self.outbox.segments():
                    try:
                        self._take_over(path, moved)
                    except TooEarly as error:  # what it waits for may lie in one of the next
                        early = error
                if early is None:
                    return
                if (self.outbox.size(), self.outbox.early) == before:
                    raise early

    def close(self, timeout_s: float) -> None:
        """Deliver what can be delivered in time, then end the thread.

        A server that answered anything within the last minute is asked again until then, one that is away for longer once.
        """
        until = time.monotonic() + timeout_s
        wait_s = 0.1
        while True:
            try:
                self.flush(max(0.0, until - time.monotonic()))
                break
            except ServerError:  # the outbox keeps it
                wait_s = min(2.0, 2 * wait_s)
                if time.monotonic() + wait_s > until or time.monotonic() - self._heard() > _AWAY_S:
                    break
                time.sleep(wait_s)
        with self._lock:
            self._thread = None
        self._wake.set()

    def _run(self) -> None:
        wait_s, looked = 0.0, 0.0
        while self._thread is threading.current_thread():
            self._wake.wait(wait_s or _LOOK_S)
            self._wake.clear()
            try:
                early = self._deliver_own()
                if (early or time.monotonic() - looked > _LONGEST_S) and not self._taking.locked():
                    self.deliver_all()
                    looked = time.monotonic()
                if early:
                    raise early
                self._say(None)
                wait_s = 0.0
            except TooEarly:
                wait_s = _LOOK_S
            except Exception as error:  # the thread outlives whatever the network or the disk does
                self._say(error)
                wait_s = min(_LONGEST_S, max(0.5, 2 * wait_s)) * random.uniform(0.8, 1.0)

    def _say(self, error: Exception | None) -> None:
        with self._turn:
            self.failure = error
            self._tries += 1
            self._turn.notify_all()
        if error is not None and self._warned != str(error):
            self._warned = str(error)
            _log.warning("What is logged waits for %s: %s", self.outbox.address, error)
        elif error is None and self._warned:
            self._warned = ""
            _log.info("%s answers again.", self.outbox.address)

    def _deliver_own(self) -> TooEarly | None:
        """Deliver what this process logged; it waits for nobody but those who have the beginning of a run, which is said then."""
        own = self._own
        if own is not None and own.size() > own.sent:
            try:
                self._deliver(own)
            except TooEarly as error:
                return error
        return None

    def _take_over(self, path: str, moved: Callable[[int], object]) -> None:
        own = self._own
        if own is not None and own.path == path:
            return
        with self.outbox.taken_over(path) as left:
            if left is not None:
                self._deliver(left, moved)
                if left.sent < left.size():
                    self._refuse(Damage("torn tail of a dead writer", b""), "its writer died in the middle of a write")
                left.remove()

    def _deliver(self, outgoing: Outgoing, moved: Callable[[int], object] = lambda _: None) -> None:
        carrier = self._carrier()

        def done(position: int) -> None:
            if position > outgoing.sent:
                self.outbox.early.clear()
            moved(position - outgoing.sent)
            outgoing.move(position)
            with self._turn:
                self._turn.notify_all()

        for parcel in outgoing.parcels():
            if isinstance(parcel, Parcel):
                try:
                    carrier.carry(outgoing.sender, parcel, done, self._refuse)
                except TooEarly:
                    self.outbox.early.add(outgoing.sender)
                    raise
            else:
                damage, end = parcel
                self._refuse(damage, damage.reason)
                done(end)

    def _refuse(self, record: list[Any] | Damage, why: str) -> None:
        self.outbox.refuse(record, why)
        _log.warning("%s does not take what was logged: %s It is kept in %s.", self.outbox.address, why, self.outbox.folder)


def _after_fork() -> None:
    for uploader in list(_uploaders):
        uploader._reset()


os.register_at_fork(after_in_child=_after_fork)
