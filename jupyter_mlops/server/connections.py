"""Connections of the stand-alone server: heads of requests are bounded in size and in time, and so are connections in number."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from jupyter_mlops.server.gathered_writes import GatheredWrites

__all__ = ["BoundedConnection", "Server", "server_config"]

_HEAD_S = 20.0
_STALL_S = 60.0
_MOST_HEAD = 64 << 10  # bytes
_MOST_HEADERS = 100
_MOST_URL = 32 << 10  # bytes; filters stand in queries


def _most_connections() -> int:
    """Half of what the process may open: the store and its artifacts need files, too."""
    with contextlib.suppress(ImportError):  # where there is no such bound
        import resource

        return max(64, min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2))
    return 512


class BoundedConnection(HttpToolsProtocol):
    """One connection: what its uvicorn class leaves open is bounded here."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._late: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._head = self._count = 0
        self._is_in_body = False
        self._refused: tuple[int, str] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(GatheredWrites(transport, self.loop))  # type: ignore[arg-type]
        if len(self.connections) > _most_connections():
            self._refuse(429, "Too many connections at once: try again.")
        else:
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """What was sent is not read: it is waited for, and not for ever."""
        super().pause_writing()
        self._stalled = self.loop.call_later(_STALL_S, self.transport.abort)

    def resume_writing(self) -> None:
        """What was sent is read again."""
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self._late is None and (self.cycle is None or self.cycle.response_complete):
            self._wait_for_head()
        was_in_body = self._is_in_body
        super().data_received(data)
        if self._late is not None and not (was_in_body or self._is_in_body):  # all that came is of a head that is not whole
            self._head += len(data)
            if self._head > _MOST_HEAD and not self.transport.is_closing():
                self._refuse(431, f"The head of the request has more than {_MOST_HEAD:,} bytes.")

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > _MOST_URL:
            self._give_up(414, f"The address has more than {_MOST_URL:,} bytes.")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count += len(name) + len(value)
        if self._count > _MOST_HEAD or len(self.headers) >= _MOST_HEADERS:
            self._give_up(431, f"Headers have at most {_MOST_HEAD:,} bytes, and there are at most {_MOST_HEADERS} of them.")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        self._head = self._count = 0
        self._is_in_body = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_in_body = False
        super().on_message_complete()
        if self._late is not None:  # the rest of a body that was refused before it was there
            self._stop_waiting()
            self._wait_for_head()

    def _give_up(self, status: int, message: str) -> None:
        self._refused = (status, message)
        raise ValueError(message)  # ends the parsing, and comes back by `send_400_response`

    def send_400_response(self, msg: str) -> None:
        self._refuse(*(self._refused or (400, "This is no HTTP request.")))

    def _wait_for_head(self) -> None:
        self._late = self.loop.call_later(_HEAD_S, self._give_up_waiting)

    def _give_up_waiting(self) -> None:
        if self._head:
            self._refuse(408, "The head of the request came too slowly.")
        else:  # a browser opens connections before it needs them
            self.transport.close()

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _refuse(self, status: int, message: str) -> None:
        """Answer what is no whole request, and let the connection go."""
        self._stop_waiting()
        if self.transport.is_closing():
            return
        code = "REQUEST_LIMIT_EXCEEDED" if status == 429 else "BAD_REQUEST"
        body = msgspec.json.encode({"error_code": code, "message": message})
        head = f"HTTP/1.1 {status} Refused\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
        self.transport.write(head.encode() + body)
        self.transport.close()


class Server(uvicorn.Server):
    """Ends well: what never ends by itself is ended first, what is being answered is waited for ten seconds at most.

    Parameters
    ----------
    config : uvicorn.Config
    end_streams : callable
    """

    def __init__(self, config: uvicorn.Config, end_streams: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._end_streams = end_streams

    async def shutdown(self, sockets: Any = None) -> None:
        await self._end_streams()
        await super().shutdown(sockets)


def server_config(app: Any, **more: Any) -> uvicorn.Config:
    """uvicorn's settings."""
    return uvicorn.Config(
        app, http=BoundedConnection, log_config=None, access_log=False, timeout_graceful_shutdown=10, timeout_keep_alive=75,
        server_header=False, ws="none", **more,
    )  # fmt: skip
