"""By which names a stand-alone server is asked, and which pages may ask it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from jupyter_mlops.entities.uris import is_wellformed
from jupyter_mlops.errors import NotPermitted

__all__ = ["is_allowed_host", "is_allowed_origin", "require_allowed"]

_HOST = re.compile(r"(?:(?P<name>[\w.\-]+)|\[(?P<address>[0-9A-Fa-f:.]+)\])(?::\d+)?")


def require_allowed(method: str, headers: Mapping[str, str], hosts: Iterable[str], origins: Iterable[str]) -> None:
    """Go on only with a request by a name of the server's that comes from no other page.

    Raises
    ------
    NotPermitted
    """
    host = headers.get("host", "")
    if not is_allowed_host(host, hosts):
        raise NotPermitted("This server is not asked by that name; --allowed-hosts says by which it is.")
    if method not in ("GET", "HEAD") and not is_allowed_origin(headers.get("origin"), host, origins):
        raise NotPermitted("Pages of that origin may change nothing here.")


def is_allowed_host(header: str, allowed: Iterable[str]) -> bool:
    """Whether a server may be asked by the name in its ``Host`` header; any other may be a name that was bent to it.

    Examples
    --------
    >>> is_allowed_host("localhost:5000", ["localhost"]), is_allowed_host("evil.example", ["localhost"]), is_allowed_host("[::1]:5000", ["::1"])
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
    return not {"*", origin}.isdisjoint(allowed) or (is_wellformed(origin) and urlsplit(origin).netloc == host)
