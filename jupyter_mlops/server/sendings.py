"""Files as answers: whole, or the part of it that was asked for; no browser runs them as pages of ours."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import mimetypes
import re
from collections.abc import AsyncIterator, Generator
from urllib.parse import quote

from starlette.requests import Request as WebRequest
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from jupyter_mlops.errors import ArtifactCorrupt
from jupyter_mlops.server.answers import refusal
from jupyter_mlops.server.rest.departures import Departure

__all__ = ["send_file", "wanted_range"]

_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})", re.IGNORECASE)
_HARMLESS = {"image/png", "image/jpeg", "image/gif", "image/webp"}
_log = logging.getLogger(__name__)


def wanted_range(header: str | None, size: int) -> tuple[int, int, int]:
    """Status, and the bytes from and to before which are sent, for what a ``Range`` asks of a file.

    Several ranges, and what is no range, are answered by the whole file.

    References
    ----------
    `RFC 9110, 14.2 <https://www.rfc-editor.org/rfc/rfc9110#section-14.2>`_

    Examples
    --------
    >>> wanted_range("bytes=2-4", 10), wanted_range("bytes=-3", 10), wanted_range("bytes=8-99", 10)
    ((206, 2, 5), (206, 7, 10), (206, 8, 10))
    >>> wanted_range(None, 10), wanted_range("bytes=0-1,4-5", 10), wanted_range("bytes=10-", 10)
    ((200, 0, 10), (200, 0, 10), (416, 0, 0))
    """
    found = _RANGE.fullmatch((header or "").strip())
    if found is None or not (found[1] or found[2]) or (found[1] and found[2] and int(found[1]) > int(found[2])):
        return 200, 0, size
    start = int(found[1]) if found[1] else max(0, size - int(found[2]))
    stop = min(size, int(found[2]) + 1) if found[1] and found[2] else size
    return (206, start, stop) if start < stop else (416, 0, 0)


async def send_file(request: WebRequest, file: Departure) -> Response:
    """The answer with a file, or a part of it.

    Raises
    ------
    ArtifactCorrupt
        It is not what was logged, and that is known before the first byte leaves.
    """
    tag = f'"{file.tag}"'
    asked = request.headers.get("range") if request.headers.get("if-range", tag) == tag else None
    status, start, stop = wanted_range(asked, file.size)
    if status == 416:
        file.close()
        refused = refusal(416, "INVALID_PARAMETER_VALUE", f"The file has {file.size:,} bytes; those asked for are not among them.")
        refused.headers["Content-Range"] = f"bytes */{file.size}"
        return refused
    headers = _headers(file, tag) | {"Content-Length": str(stop - start)}
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
    if request.method == "HEAD":
        file.close()
        return Response(status_code=status, headers=headers, media_type=_media_type(file.name))
    pieces = file.read(start, stop)
    first = await asyncio.to_thread(next, pieces, b"")
    return _Sending(file.name, first, pieces, status, headers)


def _headers(file: Departure, tag: str) -> dict[str, str]:
    shown = quote(file.name, safe="")
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": tag,
        "Content-Disposition": f"attachment; filename*=UTF-8''{shown}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    if file.digest:
        headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(file.digest).decode()}:"
    return headers


def _media_type(name: str) -> str:
    kind = mimetypes.guess_type(name)[0]
    return kind if kind in _HARMLESS else "application/octet-stream"


class _Sending(StreamingResponse):
    """A file on its way; one that turns out not to be what was logged is cut off, and never arrives whole."""

    def __init__(self, name: str, first: bytes, pieces: Generator[bytes], status: int, headers: dict[str, str]) -> None:
        self._name, self._first, self._pieces = name, first, pieces
        super().__init__(self._stream(), status, headers, _media_type(name))

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
