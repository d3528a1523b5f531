"""What our own front end asks for beside the protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jupyter_mlops.server.rest.requests import Request
from jupyter_mlops.views.actions import act
from jupyter_mlops.views.requests import answer

__all__ = ["action", "changes", "view"]


def changes(request: Request) -> dict[str, Any]:
    """``changes``: a number that moves whenever anything in the store does."""
    return {"change": request.store.last_change()}


def view(name: str) -> Callable[[Request], Any]:
    """The endpoint of a view."""

    def endpoint(request: Request) -> Any:
        return answer(request.store, name, request.arguments)

    endpoint.__doc__ = f"``views/{name}``."
    return endpoint


def action(name: str) -> Callable[[Request], Any]:
    """The endpoint of a change; the model's history names who asked."""

    def endpoint(request: Request) -> Any:
        return act(request.store, name, request.arguments, request.author())

    endpoint.__doc__ = f"``actions/{name}``."
    return endpoint
