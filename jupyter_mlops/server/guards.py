"""Who may ask a stand-alone server: a token, the names that it is asked by, and the pages that may ask."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

__all__ = ["LOOPBACK", "given_token", "is_allowed_host", "is_allowed_origin", "is_same"]

_HOST = re.compile(r"(?:(?P<name>[\w.\-]+)|\[(?P<address>[0-9A-Fa-f:.]+)\])(?::\d+)?")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def given_token(headers: Mapping[str, str]) -> str | None:
    """The token of a request, as MLflow's clients send it: a bearer's, or the password of a basic log-in.

    Examples
    --------
    >>> given_token({"authorization": "Bearer abc"}), given_token({"authorization": "Basic YW5uOmFiYw=="}), given_token({})
    ('abc', 'abc', None)
    """
    kind, _, text = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return text.strip()
    if kind.lower() != "basic":
        return None
    try:
        return base64.b64decode(text.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeError):
        return None


def is_same(given: str | None, token: str) -> bool:
    """Whether a token is the right one, in a time that does not tell how much of it is."""
    return given is not None and hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


def is_allowed_host(header: str, allowed: Iterable[str]) -> bool:
    """Whether a server may be asked by the name in its ``Host`` header; any other may be a name that was bent to it.

    Examples
    --------
    >>> is_allowed_host("localhost:5000", LOOPBACK), is_allowed_host("evil.example", LOOPBACK), is_allowed_host("[::1]:5000", LOOPBACK)
    (True, False, True)
    >>> is_allowed_host("ml.team.example", ["*.team.example"])
    True
    """
    named = _HOST.fullmatch(header)
    name = (named["name"] or named["address"]).lower() if named else ""
    return bool(name) and any(
        one in (name, "*") or (one.startswith("*.") and name.endswith(one[1:])) for one in map(str.lower, allowed)
    )


def is_allowed_origin(origin: str | None, host: str, allowed: Iterable[str]) -> bool:
    """Whether a page of that origin may change something: one of the server's own, or one that was allowed."""
    if origin is None:
        return True  # no browser's page
    return origin in allowed or (origin != "null" and urlsplit(origin).netloc == host)
