"""Answers of the stand-alone server: JSON, and refusals of the tree of errors."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response

from jupyter_mlops.errors import MlflowException

__all__ = ["JSON", "Refused", "answered", "refusal"]


class JSON(Response):
    """An answer as JSON."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return msgspec.json.encode(content)


def answered(answer: Any, status: int) -> Response:
    """What an endpoint answered."""
    if isinstance(answer, bytes):
        return Response(answer, status, {"X-Content-Type-Options": "nosniff"}, "application/octet-stream")
    return JSON(answer, status)


class Refused(MlflowException):
    """What a request is refused for that HTTP has a status of its own for."""

    def __init__(self, status: int, message: str, code: str = "INVALID_PARAMETER_VALUE") -> None:
        super().__init__(message, code)
        self.status = status

    def get_http_status_code(self) -> int:
        return self.status


def refusal(status: int, code: str, message: str) -> Response:
    """An error as the protocol's clients read it."""
    return JSON({"error_code": code, "message": message}, status)
