"""Models answer one request after the other: who waits, how long, and how much may wait."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import queue
import threading
from collections.abc import Callable, Iterator

__all__ = ["Full", "Turns"]

_MOST_WAITING = 128
_MOST_BYTES = 256 << 20


class Full(Exception):
    """As many requests wait as may."""


class Turns:
    """A thread that answers in turn; it keeps no process from ending, whatever a model does in it.

    Parameters
    ----------
    most_waiting : int, default 128
    most_bytes : int, default 256 MiB
        Of the bodies of all that wait; one alone may have that many.
    """

    def __init__(self, most_waiting: int = _MOST_WAITING, most_bytes: int = _MOST_BYTES) -> None:
        self._most_waiting, self._most_bytes = most_waiting, most_bytes
        self._waiting = self._bytes = 0
        self._jobs: queue.SimpleQueue[tuple[concurrent.futures.Future[bytes], list[Callable[[], bytes]]]] = queue.SimpleQueue()
        threading.Thread(target=self._work, name="mlops-predict", daemon=True).start()

    @contextlib.contextmanager
    def place(self, size: int) -> Iterator[None]:
        """A place for a body of `size` bytes; one that comes alone is always let in.

        Raises
        ------
        Full
            There is none.
        """
        if self._waiting and (self._waiting >= self._most_waiting or self._bytes + size > self._most_bytes):
            raise Full
        self._waiting, self._bytes = self._waiting + 1, self._bytes + size
        try:
            yield
        finally:
            self._waiting, self._bytes = self._waiting - 1, self._bytes - size

    async def take(self, function: Callable[[], bytes], timeout: float) -> bytes:
        """What the function returns, when its turn has come; one that is given up before its turn does not run.

        Raises
        ------
        TimeoutError
            It took longer; what a model began it ends, and others wait for that.
        """
        future: concurrent.futures.Future[bytes] = concurrent.futures.Future()
        job = [function]
        self._jobs.put((future, job))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), timeout)
        finally:
            job.clear()  # what is given up keeps no body while others wait

    def _work(self) -> None:
        while True:
            _run(*self._jobs.get())  # nothing of it is held until the next comes


def _run(future: concurrent.futures.Future[bytes], job: list[Callable[[], bytes]]) -> None:
    if future.set_running_or_notify_cancel():
        try:
            future.set_result(job.pop()())
        except BaseException as error:  # whoever waits gets it
            future.set_exception(error)
