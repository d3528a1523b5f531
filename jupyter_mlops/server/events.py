"""Live events: what moves in a store, as a stream that pages and programs follow."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.duckdb.store import DuckDBStore

__all__ = ["ALIVE", "BEGIN", "HEADERS", "Changes"]

_EVERY_S = 1.0
_EVERY_SERVER_S = 2.0
_MOST = 256
_ALIVE_S = 15.0  # a stream that says nothing for longer is cut by proxies
ALIVE, BEGIN = b": alive\n\n", b"retry: 2000\n\n"
HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}  # proxies pass it on as it comes


class Changes:
    """One look at a store each second, as long as anybody listens, however many do.

    Parameters
    ----------
    store : Store
    in_thread : callable
        Calls what blocks, as `asyncio.to_thread` does.

    Notes
    -----
    The look is at the stat of the store's files; only when one moved is the database asked for the number of its last
    change, which brings in what was logged meanwhile. A store behind a server is asked instead.
    """

    def __init__(self, store: Store, in_thread: Callable[..., Awaitable[Any]] = asyncio.to_thread) -> None:
        self._store = store
        self._in_thread = in_thread
        self._listeners = 0
        self._last = 0
        self._moved = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False

    @property
    def is_full(self) -> bool:
        """Whether as many listen as may."""
        return self._listeners >= _MOST

    async def close(self) -> None:
        """End all streams, and begin no more."""
        self._is_closed = True
        async with self._moved:
            self._moved.notify_all()

    async def stream(self, since: int) -> AsyncGenerator[bytes]:
        """Server-sent events: one ``change`` with its number now if it is beyond `since`, and whenever it grows.

        References
        ----------
        `Server-sent events <https://html.spec.whatwg.org/multipage/server-sent-events.html>`_
        """
        begins = True
        async with contextlib.aclosing(self.follow(since)) as numbers:
            async for number in numbers:
                if begins:
                    yield BEGIN
                begins = False
                if number is not None:
                    yield f"id: {number}\nevent: change\ndata: {number}\n\n".encode()
                else:
                    yield ALIVE

    async def follow(self, since: int) -> AsyncGenerator[int | None]:
        """Numbers of the last change, now if it is beyond `since` and whenever it grows; None when nothing came for long.

        The first, be it None, says that the store can be read.
        """
        self._listeners += 1
        try:
            if self._task is None:
                before = await self._in_thread(self._stats)
                self._last = await self._in_thread(self._store.last_change)
                if self._task is None:  # somebody else may have begun meanwhile
                    self._task = asyncio.create_task(self._watch(before))
            if self._last <= since:
                yield None
            while not self._is_closed:
                if self._last > since:
                    since = self._last
                    yield since
                if not await self._wait(since):
                    yield None
        finally:
            self._listeners -= 1
            if not self._listeners and self._task is not None:
                self._task.cancel()
                self._task = None

    async def _wait(self, since: int) -> bool:
        """Until something moved or all ends; False when that takes long."""
        async with self._moved:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ALIVE_S):
                    return await self._moved.wait_for(lambda: self._is_closed or self._last > since)
        return False

    async def _watch(self, before: dict[str, tuple[int, int]]) -> None:
        while True:
            await asyncio.sleep(_EVERY_S if isinstance(self._store, DuckDBStore) else _EVERY_SERVER_S)
            now = await self._in_thread(self._stats)
            if now == before or not now:  # of a store that is gone, reading would make another one
                continue
            with contextlib.suppress(Exception):  # somebody holds the store: the next look tells
                self._last = await self._in_thread(self._store.last_change)
                before = now  # what this brought in moves the files, too: one look more, and nothing is missed
                async with self._moved:
                    self._moved.notify_all()

    def _stats(self) -> dict[str, tuple[int, int]]:
        if not isinstance(self._store, DuckDBStore):
            return {"": (time.monotonic_ns(), 0)}
        folder = os.path.dirname(self._store.path)
        name = os.path.basename(self._store.path)
        found: dict[str, tuple[int, int]] = {}
        for place, wanted in ((folder, (name, name + ".wal")), (self._store.files.folder, None)):
            with contextlib.suppress(FileNotFoundError), os.scandir(place) as entries:
                for entry in entries:
                    if wanted is None or entry.name in wanted:
                        with contextlib.suppress(FileNotFoundError):
                            stat = entry.stat()
                            found[entry.path] = (stat.st_mtime_ns, stat.st_size)
        return found
