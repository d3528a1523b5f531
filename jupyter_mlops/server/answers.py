"""Answers of the stand-alone server: JSON, and refusals of the tree of errors."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response

__all__ = ["JSON", "refusal"]


class JSON(Response):
    """An answer as JSON."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return msgspec.json.encode(content)


def refusal(status: int, code: str, message: str) -> Response:
    """An error as the protocol's clients read it."""
    return JSON({"error_code": code, "message": message}, status)
