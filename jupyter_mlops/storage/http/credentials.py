"""Who asks a tracking server: what the environment or the address says, or the token that a local server left.

Nothing of it is kept on disk or shown.
"""

from __future__ import annotations

import contextlib
import os
from urllib.parse import unquote, urlsplit

from jupyter_mlops.entities.variables import TRACKING_INSECURE_TLS, TRACKING_PASSWORD, TRACKING_TOKEN, TRACKING_USERNAME
from jupyter_mlops.storage.http.addresses import LOOPBACK, address_of
from jupyter_mlops.storage.locate import data_folder

__all__ = ["authorization", "remember_user", "token_file", "verifies_tls"]

_opened: set[str] = set()  # addresses that were given as a store in this process: no other gets what the environment says
_users: dict[str, tuple[str, str]] = {}  # by address, what stood in a URL that was given in this process


def token_file(host: str, port: int) -> str:
    """Where the token of a server of this user is found by programs of the same user."""
    return os.path.join(data_folder(), "servers", f"{host.replace(':', '_').replace('/', '_')}_{port}.token")


def remember_user(uri: str) -> str:
    """Take user and password out of the URL of a store, for this process; returns the address without them."""
    address, parts = address_of(uri), urlsplit(uri)
    _opened.add(address)
    if parts.username or parts.password:
        _users[address] = (unquote(parts.username or ""), unquote(parts.password or ""))
    return address


def authorization(address: str) -> str | None:
    """The ``Authorization`` header for a server: of the URL, of ``MLFLOW_TRACKING_USERNAME`` and ``…PASSWORD``, of
    ``MLFLOW_TRACKING_TOKEN``, or of the file that a server of this user left on this machine; None for nobody.

    What the environment says is for servers that this process opened as stores: a place of artifacts, which others may have
    written into a run, could name any host.
    """
    user = _users.get(address)
    is_opened = address in _opened
    if user is None and is_opened and (name := TRACKING_USERNAME.get()):
        user = (name, TRACKING_PASSWORD.get() or "")
    if user is not None:
        return _basic(*user)
    token = (TRACKING_TOKEN.get() if is_opened else None) or _left_token(address)
    return f"Bearer {token}" if token else None


def _basic(user: str, password: str) -> str:
    import base64  # only for servers

    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _left_token(address: str) -> str | None:
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    names = [*LOOPBACK, "0.0.0.0", "::"] if host in LOOPBACK else [host]  # noqa: S104 - names of files
    for name in names:
        with contextlib.suppress(OSError), open(token_file(name, port), encoding="ascii") as file:
            return file.read().strip() or None
    return None


def verifies_tls() -> bool:
    """Whether certificates of servers are checked: not with ``MLFLOW_TRACKING_INSECURE_TLS=true``."""
    return not TRACKING_INSECURE_TLS.get()
