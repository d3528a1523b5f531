"""What our own front end asks for beside the protocol."""

from __future__ import annotations

import functools
from typing import Any

from jupyter_mlops.server.rest.bodies import Empty
from jupyter_mlops.server.rest.requests import Endpoint, Request
from jupyter_mlops.views.actions import ACTIONS, act
from jupyter_mlops.views.requests import VIEWS, answer

__all__ = ["ENDPOINTS"]


def changes(request: Request, body: Empty) -> dict[str, Any]:
    """A number that moves whenever anything in the store does."""
    return {"change": request.store.last_change()}


def view(name: str, request: Request, body: None) -> Any:
    """The data of a view."""
    return answer(request.store, name, request.arguments)


def action(name: str, request: Request, body: None) -> Any:
    """A change that somebody makes in a view; the model's history names who."""
    return act(request.store, name, request.arguments, request.author())


ENDPOINTS = (
    Endpoint("GET", "changes", Empty, changes),
    *(Endpoint("POST", f"views/{name}", None, functools.partial(view, name)) for name in VIEWS),
    *(Endpoint("POST", f"actions/{name}", None, functools.partial(action, name), writes=True) for name in ACTIONS),
)
