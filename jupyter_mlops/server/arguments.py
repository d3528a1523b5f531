"""What a request asks, read from its query or its JSON."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request as WebRequest
from starlette.responses import Response

from jupyter_mlops.server.answers import refusal
from jupyter_mlops.server.intakes import body_pieces
from jupyter_mlops.server.rest.bodies import read_json

__all__ = ["is_short", "read_arguments"]

_SHORT = 16 << 10  # bytes: whatever stands in it is soon checked
_MOST_JSON = 16 * 2**20
_MOST_BATCH = 1_000_000  # as MLflow's servers have it


def is_short(request: WebRequest) -> bool:
    """Whether the body says that it is of few bytes, so that others do not wait long for what is checked in it."""
    length = request.headers.get("content-length", "")
    return length.isdecimal() and int(length[:20]) <= _SHORT


async def read_arguments(request: WebRequest, most: int | None = None) -> dict[str, Any] | Response:
    """What a request asks, from its query or its JSON, of `most` bytes or what the protocol allows."""
    if request.method in ("GET", "HEAD"):
        query = request.query_params
        return {name: texts if len(texts := query.getlist(name)) > 1 else query[name] for name in query}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return refusal(400, "INVALID_PARAMETER_VALUE", "The body must be JSON, with Content-Type: application/json.")
    most = most or (_MOST_BATCH if request.scope["path"].endswith("/runs/log-batch") else _MOST_JSON)
    body = bytearray()
    async for piece in body_pieces(request, most):
        body += piece
    return read_json(body)
