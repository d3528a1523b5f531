"""Files on their way out of the stand-alone server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
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
    pieces = file.read(head.start, head.stop)
    first = await asyncio.to_thread(next, pieces, b"")
    return _Sending(first, pieces, head)


class _Sending(StreamingResponse):
    """A file on its way; one that turns out not to be what was logged is cut off, and never arrives whole."""

    def __init__(self, first: bytes, pieces: Generator[bytes], head: FileHead) -> None:
        self._first, self._pieces = first, pieces
        super().__init__(self._stream(), head.status, head.headers)

    async def _stream(self) -> AsyncIterator[bytes]:
        piece = self._first
        while piece:
            yield piece
            piece = await asyncio.to_thread(next, self._pieces, b"")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except* ArtifactCorrupt as errors:  # which older frameworks raise in a group
            _log.error("%s The answer was cut off.", errors.exceptions[0])
        finally:
            with contextlib.suppress(ValueError):  # it is being read from in this moment, and closed when nobody has it
                self._pieces.close()
