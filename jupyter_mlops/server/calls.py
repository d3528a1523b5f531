"""How hosts answer the table of endpoints without keeping their event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from jupyter_mlops.server.rest.endpoints import call, known
from jupyter_mlops.server.rest.requests import Request

__all__ = ["called"]


async def called(
    method: str, path: str, request: Callable[[], Request], in_thread: Callable[..., Awaitable[tuple[int, Any]]] = asyncio.to_thread
) -> tuple[int, Any]:
    """What `rest.endpoints.call` answers, from a thread that `in_thread` finds.

    One that may take minutes gets a thread of its own, which the others do not wait for, nor the end of the server.
    """
    endpoint = known(method, path)
    if endpoint is None or not endpoint.is_slow:
        return await in_thread(call, method, path, request)
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[tuple[int, Any]] = loop.create_future()

    def settle(found: tuple[int, Any]) -> None:
        if not answer.done():  # whoever asked may have gone
            answer.set_result(found)

    def run() -> None:
        found = call(method, path, request)
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, found)

    threading.Thread(target=run, name=path, daemon=True).start()
    return await answer
