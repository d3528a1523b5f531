"""What is sent on a connection in one turn of the event loop goes as one: head and body of an answer in one packet."""

from __future__ import annotations

import asyncio
from typing import Any

__all__ = ["GatheredWrites"]


_MUCH = 16 << 10  # bytes


class GatheredWrites:
    """A transport that writes late in the turn of the loop what was written in it; all else is the transport's own.

    Parameters
    ----------
    transport : asyncio.Transport
    loop : asyncio.AbstractEventLoop
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._waiting: list[bytes] = []
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send with what else is written now; much is sent at once, so that who writes learns whether it is read."""
        if not self._waiting:
            self._loop.call_soon(self._send)
        self._waiting.append(data)
        if len(data) > _MUCH:
            self._send()

    def close(self) -> None:
        """Send what waits, then close."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting and not self.is_closing():
            self._transport.write(b"".join(waiting))
