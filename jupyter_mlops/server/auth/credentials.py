"""What a request brings to say who asks."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

import msgspec

__all__ = ["Credentials", "read_credentials"]

_LONGEST = 4096


class Credentials(msgspec.Struct, frozen=True):
    """A name with its password, or a token.

    Attributes
    ----------
    user : str or None
        None with a token alone.
    secret : str
        Password or token. It is in no text of this object.
    """

    user: str | None
    secret: str

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r}, secret=…)"


def read_credentials(headers: Sequence[str]) -> Credentials | None:
    """Who a request says it is from, as MLflow's clients say it; None for what says nothing that can be understood.

    Parameters
    ----------
    headers : sequence of str
        All ``Authorization`` headers of the request; more than one say nothing.

    Examples
    --------
    >>> read_credentials(["Basic YW5uOmE6YmM="]), read_credentials(["Bearer abc"]).secret, read_credentials([])
    (Credentials(user='ann', secret=…), 'abc', None)
    """
    if len(headers) != 1 or len(headers[0]) > _LONGEST:
        return None
    kind, _, text = headers[0].partition(" ")
    text = text.strip()
    if kind.lower() == "bearer":
        return Credentials(None, text) if text else None
    if kind.lower() != "basic":
        return None
    try:
        user, colon, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError, ValueError):
        return None
    return Credentials(user, secret) if colon and secret else None
