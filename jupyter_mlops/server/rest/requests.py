"""A request as the endpoints see it, and the checks of what it carries."""

from __future__ import annotations

import socket
from typing import Any

import msgspec

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.users import user_name
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.base import Store

__all__ = ["Request"]


class Request(msgspec.Struct, frozen=True):
    """One call.

    Attributes
    ----------
    store : Store
        The one that the call is about.
    arguments : dict
        The JSON body, or the query of a GET (values are text there).
    user : str
        Who asks, as the host knows it.
    """

    store: Store
    arguments: dict[str, Any]
    user: str = ""

    def author(self) -> Author:
        """Whoever asks, for a model's history, with the request's ``comment``."""
        return Author(self.user or user_name(), socket.gethostname(), comment=self.optional_text("comment"))

    def text(self, name: str, default: str | None = None) -> str:
        """An argument that is text; a missing one without default is an error."""
        value = self.arguments.get(name, default)
        if not isinstance(value, str):
            raise InvalidParameter(f"The request needs {name!r}, a text; it has {value!r}.")
        return value

    def optional_text(self, name: str) -> str | None:
        """An argument that is text or not there."""
        value = self.arguments.get(name)
        return None if value is None or value == "" else self.text(name)

    def number(self, name: str, default: int) -> int:
        """An argument that is a whole number, also as text."""
        value = self.arguments.get(name, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            raise InvalidParameter(f"{name!r} must be a whole number, not {value!r}.") from None

    def flag(self, name: str) -> bool:
        """An argument that is true or false, also as text."""
        return str(self.arguments.get(name, False)).lower() == "true"

    def texts(self, name: str) -> list[str]:
        """An argument that is a list of text; a single text counts as one."""
        value = self.arguments.get(name) or []
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise InvalidParameter(f"{name!r} must be a list of texts, not {value!r}.")
        return value
