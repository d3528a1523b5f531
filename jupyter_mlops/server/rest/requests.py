"""A request as the endpoints see it, and an endpoint as the hosts see it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from jupyter_mlops.context.sources import is_captured
from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.users import user_name
from jupyter_mlops.server.rest.places import Places
from jupyter_mlops.storage.base import Store

__all__ = ["Endpoint", "Request"]


class Request(msgspec.Struct, frozen=True):
    """One call.

    Attributes
    ----------
    store : Store
        The one that the call is about.
    arguments : dict
        The JSON body, or the query of a GET: texts there, lists of them where a name is repeated.
    user : str
        Who asks, as the host knows it.
    places : Places
        How places of artifacts are told to whoever asks.
    """

    store: Store
    arguments: dict[str, Any]
    user: str = ""
    places: Places = Places()

    def author(self, comment: str | None = None) -> Author:
        """Whoever asks, for a model's history; the machine is this one, where it may be recorded."""
        host = socket.gethostname() if is_captured("host") else None
        return Author(self.user or user_name(), host, comment=comment)


class Endpoint(NamedTuple):
    """One line of the table of endpoints.

    Attributes
    ----------
    method, path : str
        Such as ``POST`` and ``runs/create``; ``{name}`` in the path is an argument.
    body : type or None
        The `msgspec.Struct` that its arguments are read as, see `bodies`; None for one that takes them as they are.
    answer : callable
        From the request and its body to what is answered as JSON.
    writes : bool
        Whether it changes anything.
    """

    method: str
    path: str
    body: type[msgspec.Struct] | None
    answer: Callable[[Request, Any], Any]
    writes: bool = False
