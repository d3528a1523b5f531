"""How hosts answer the table of endpoints without keeping their event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from jupyter_mlops.errors import StoreBusy
from jupyter_mlops.server.rest.endpoints import call, error_answer, known
from jupyter_mlops.server.rest.requests import Request

__all__ = ["called"]

_MOST_SLOW = 64
_slow = threading.BoundedSemaphore(_MOST_SLOW)


async def called(
    method: str, path: str, request: Callable[[], Request], in_thread: Callable[..., Awaitable[tuple[int, Any]]] = asyncio.to_thread
) -> tuple[int, Any]:
    """What `rest.endpoints.call` answers, from a thread that `in_thread` finds.

    One that may take minutes gets a thread of its own, which the others do not wait for, nor the end of the server; 64 at a
    time, for all of them may wait for one store.
    """
    endpoint = known(method, path)
    if endpoint is None or not endpoint.is_slow:
        return await in_thread(call, method, path, request)
    if not _slow.acquire(blocking=False):
        return error_answer(StoreBusy(f"{_MOST_SLOW} requests that take long are under way: try again in a moment."))
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[tuple[int, Any]] = loop.create_future()

    def settle(found: tuple[int, Any]) -> None:
        if not answer.done():  # whoever asked may have gone
            answer.set_result(found)

    def run() -> None:
        try:
            found = call(method, path, request)
        finally:
            _slow.release()
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, found)

    threading.Thread(target=run, name=path, daemon=True).start()
    return await answer
