"""Live events under Jupyter: what moves in the stores that a page shows, as one stream."""

from __future__ import annotations

import asyncio
import collections
import contextlib
from collections.abc import Iterator
from typing import ClassVar

import msgspec
from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from jupyter_mlops.errors import InvalidParameter, MlflowException, StoreBusy
from jupyter_mlops.server.events import ALIVE, BEGIN, HEADERS, Changes
from jupyter_mlops.server.jupyter.handlers import GuardedHandler

__all__ = ["EventsHandler"]

_MOST = 256
_MOST_A_USER = 3  # a browser has six connections to one server, for all its windows
_MOST_STORES = 16
_AGAIN_S = 5.0


class EventsHandler(GuardedHandler):
    """``events?store=KEY&since=N``, repeated for each store; each event names the store and the number of its last change."""

    _track_activity = False  # a page that only looks on keeps no server from being culled
    _listening: ClassVar[collections.Counter[str]] = collections.Counter()
    _pump: asyncio.Task[None] | None = None

    @authenticated
    async def get(self) -> None:
        """Goes on until whoever listens is gone."""
        await self.require("read")
        self.check_xsrf_cookie()
        known = self._known()
        with self._place():
            followed = [(self.stores.changes(await self.in_thread(self.stores.find, key)), key, since) for key, since in known.items()]
            for name, value in HEADERS.items():
                self.set_header(name, value)
            self.set_header("Content-Type", "text/event-stream")
            self._pump = asyncio.create_task(self._send(followed))
            with contextlib.suppress(asyncio.CancelledError, StreamClosedError):
                await self._pump

    def on_connection_close(self) -> None:
        """Whoever listened is gone, and another may have the place."""
        if self._pump is not None:
            self._pump.cancel()

    def _known(self) -> dict[str, int]:
        """Keys of the stores that are followed, and what is known of them."""
        keys, given = self.get_query_arguments("store") or [""], self.get_query_arguments("since")
        if len(given) > len(keys) or len(keys) > _MOST_STORES or any(not one.isdecimal() or len(one) > 18 for one in given):
            raise InvalidParameter(f"'since' is the number of a change, one for each 'store', of which there are {_MOST_STORES} at most.")
        return dict(zip(keys, [*map(int, given), *[0] * (len(keys) - len(given))], strict=True))

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        who, listening = str(getattr(self.current_user, "username", "")), self._listening
        if listening[who] >= _MOST_A_USER or listening.total() >= _MOST:
            raise StoreBusy("As many listen to changes as may: ask /changes now and then instead.")
        listening[who] += 1
        try:
            yield
        finally:
            listening[who] -= 1
            if not listening[who]:
                del listening[who]

    async def _send(self, followed: list[tuple[Changes, str, int]]) -> None:
        told: asyncio.Queue[bytes] = asyncio.Queue(1)  # who reads slowly is told of the newest changes, not of all in between
        told.put_nowait(BEGIN)
        following = [asyncio.create_task(_follow(*one, told)) for one in followed]
        try:
            while True:
                self.write(await told.get())
                await self.flush()
        finally:
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)  # each gives its place up


async def _follow(changes: Changes, key: str, since: int, told: asyncio.Queue[bytes]) -> None:
    """Tell what moves in one store; one that cannot be read now is asked again, and the others go on."""
    while True:
        with contextlib.suppress(MlflowException):
            async with contextlib.aclosing(changes.follow(since)) as numbers:
                async for number in numbers:
                    since = since if number is None else number
                    event = msgspec.json.encode({"store": key, "change": since})
                    await told.put(ALIVE if number is None else b"event: change\ndata: %b\n\n" % event)
        await asyncio.sleep(_AGAIN_S)
