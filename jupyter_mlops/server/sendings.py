"""Files on their way out of the stand-alone server."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Generator

from starlette.requests import Request as WebRequest
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from jupyter_mlops.errors import ArtifactCorrupt
from jupyter_mlops.server.answers import refusal
from jupyter_mlops.server.file_heads import FileHead, file_head
from jupyter_mlops.server.rest.departures import Departure

__all__ = ["send_file"]

_log = logging.getLogger(__name__)


async def send_file(request: WebRequest, file: Departure) -> Response:
    """The answer with a file, or a part of it.

    Raises
    ------
    ArtifactCorrupt
        It is not what was logged, and that is known before the first byte leaves.
    """
    head = file_head(file, request.headers)
    if head.status == 416:
        file.close()
        refused = refusal(416, "INVALID_PARAMETER_VALUE", f"The file has {file.size:,} bytes; those asked for are not among them.")
        refused.headers.update(head.headers)
        return refused
    if request.method == "HEAD":
        file.close()
        return Response(status_code=head.status, headers=head.headers)
    pieces = _Pieces(file.read(head.start, head.stop))
    first = await asyncio.to_thread(pieces.next)
    return _Sending(first, pieces, head)


class _Pieces:
    """Pieces of a file, which threads read and the event loop closes.

    A generator that is closed while another thread is in it may crash the process (CPython 3.11 looks at the frame before it
    refuses), so it is closed by whoever comes out of it last.
    """

    def __init__(self, pieces: Generator[bytes]) -> None:
        self._pieces, self._lock, self._is_over = pieces, threading.Lock(), False

    def next(self) -> bytes:
        """The next one; nothing at the end."""
        with self._lock:
            piece = b"" if self._is_over else next(self._pieces, b"")
        if self._is_over:
            self.close()
        return piece

    def close(self) -> None:
        """Never waits: if a thread is reading, it closes."""
        self._is_over = True
        if self._lock.acquire(blocking=False):
            try:
                self._pieces.close()
            finally:
                self._lock.release()


class _Sending(StreamingResponse):
    """A file on its way; one that turns out not to be what was logged is cut off, and never arrives whole."""

    def __init__(self, first: bytes, pieces: _Pieces, head: FileHead) -> None:
        self._first, self._pieces = first, pieces
        super().__init__(self._stream(), head.status, head.headers)

    async def _stream(self) -> AsyncIterator[bytes]:
        piece = self._first
        while piece:
            yield piece
            piece = await asyncio.to_thread(self._pieces.next)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except* ArtifactCorrupt as errors:  # which older frameworks raise in a group
            _log.error("%s The answer was cut off.", errors.exceptions[0])
        finally:
            self._pieces.close()
