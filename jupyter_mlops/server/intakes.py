"""Bodies of requests as they come in: bounded in size and in time, and as they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect
from starlette.requests import Request as WebRequest

from jupyter_mlops.server.answers import Refused

__all__ = ["body_pieces"]

_GRACE_S = 20.0
_SLOWEST = 1024.0  # bytes a second, on the whole
_LEFT_TO_READ = 64 << 20  # bytes of what is refused that are read, for the sender listens only when all are away


async def body_pieces(request: WebRequest, most: int | None = None) -> AsyncIterator[bytes]:
    """The body of a request, piece by piece.

    Parameters
    ----------
    most : int, bytes, or None
        A longer body is refused.

    Raises
    ------
    Refused
        400: it is longer. 408: it comes too slowly. 415: it is compressed.
    ClientDisconnect
        The sender went before all was there.

    Notes
    -----
    A body may take twenty seconds, and beside these the time that 1,024 bytes a second need.
    """
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("identity", ""):
        raise Refused(415, "Bodies are sent as they are, without Content-Encoding.")
    length = request.headers.get("content-length", "")
    if most is not None and length.isdecimal() and int(length[:20]) > most + _LEFT_TO_READ:
        request.state.is_cut = True
        raise Refused(400, f"The body has more than {most:,} bytes.")
    began, count, is_more = asyncio.get_running_loop().time(), 0, True
    while is_more:
        try:
            async with asyncio.timeout_at(began + _GRACE_S + count / _SLOWEST):
                message = await request.receive()
        except TimeoutError:
            request.state.is_cut = True
            raise Refused(408, "The body came too slowly; send it again.") from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        piece, is_more = message.get("body", b""), message.get("more_body", False)
        count += len(piece)
        if most is None or count <= most:
            yield piece
        elif count > most + _LEFT_TO_READ:
            request.state.is_cut = True
            break
    if most is not None and count > most:
        raise Refused(400, f"The body has more than {most:,} bytes.")
