"""What our own front end asks for beside the protocol."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.server.rest.requests import Request
from jupyter_mlops.views.requests import answer

__all__ = ["changes", "compare", "curves"]


def changes(request: Request) -> dict[str, Any]:
    """``changes``: a number that moves whenever anything in the store does."""
    return {"change": request.store.last_change()}


def compare(request: Request) -> Any:
    """``views/compare``."""
    return answer(request.store, "compare", request.arguments)


def curves(request: Request) -> Any:
    """``views/curves``."""
    return answer(request.store, "curves", request.arguments)
