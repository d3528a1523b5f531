"""Running the stand-alone server: its token, its address, its end."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec

from jupyter_mlops.entities.experiments import DEFAULT_EXPERIMENT_ID
from jupyter_mlops.errors import InvalidParameter, InvalidState, PackageMissing
from jupyter_mlops.server.auth.accounts import Accounts
from jupyter_mlops.server.auth.known_users import KnownUsers
from jupyter_mlops.server.logs import configure_logs
from jupyter_mlops.server.settings import Settings
from jupyter_mlops.server.sockets import ANY_HOSTS, address_of, open_socket
from jupyter_mlops.storage.duckdb.experiments import place_default
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.http.addresses import LOOPBACK
from jupyter_mlops.storage.http.credentials import token_file

if TYPE_CHECKING:
    from jupyter_mlops.server.connections import Server

__all__ = ["serve"]



def serve(
    store: DuckDBStore, host: str, port: int, settings: Settings, *, auth: str, allow_unauthenticated: bool, say: Callable[[str], None],
    open_page: Callable[[str], object] | None = None,
) -> None:  # fmt: skip
    """Answer until somebody interrupts.

    Parameters
    ----------
    settings : Settings
        Its token and the names of `host` are added here.
    auth : {"token", "users", "none"}
        ``users`` are those of `Accounts`; ``none`` is for this machine alone, elsewhere only with `allow_unauthenticated`.
    say : callable
        Tells the user the address and the token.
    open_page : callable, optional
        Is given the address of the page, which logs in by that, when the server listens there.

    Raises
    ------
    InvalidParameter
        A server that anybody on the network could write to, and nobody said so.
    InvalidState
        A server of users, and there is no admin among them.
    PackageMissing
        The extra ``server`` is not installed.
    """
    try:
        from jupyter_mlops.server.asgi import make_app
        from jupyter_mlops.server.connections import Server, server_config
    except ImportError as error:
        raise PackageMissing(f"{error.name} is needed: pip install 'jupyter-mlops[server]'.") from error
    if auth == "none" and host not in LOOPBACK and not allow_unauthenticated:
        raise InvalidParameter(f"--auth none on {host}: anybody who reaches it could change the store. Say --allow-unauthenticated to do so.")
    authority = _known_users(store, settings) if auth == "users" else None
    token = secrets.token_urlsafe(24) if auth == "token" else None
    hosts = (*LOOPBACK, *(() if host in ANY_HOSTS else (host,)))
    settings = msgspec.structs.replace(settings, token=token, allowed_hosts=(*hosts, *settings.allowed_hosts))
    if settings.artifacts:
        with store.files.session("choose a place for artifacts") as session:
            place_default(session, f"{settings.artifacts}/{DEFAULT_EXPERIMENT_ID}")
    app = make_app(store, settings, authority)
    configure_logs(settings.log_format, settings.log_level)
    with _listening(host, port) as listening:
        address = _address(host, port, settings.prefix)
        say(f"jupyter_mlops serves {store.path} at {address}")
        _tell_clients(say, address, token, has_users=authority is not None, is_far=host not in LOOPBACK)
        if open_page is not None:
            once = "" if token is None else f"login?once={app.state.logins.sessions.offer('', '')}"
            open_page(f"{_address(ANY_HOSTS.get(host, host), port, settings.prefix)}/{once}")
        with _left_token(token, host, port):
            _run(Server(server_config(app), app.state.changes.close), listening)


def _address(host: str, port: int, prefix: str) -> str:
    return f"{address_of(host, port)}{prefix}"


def _tell_clients(say: Callable[[str], None], address: str, token: str | None, *, has_users: bool, is_far: bool) -> None:
    """How MLflow's clients get in; ours find the token by themselves."""
    if token is not None:
        say(f"Clients of MLflow: export MLFLOW_TRACKING_URI={address} MLFLOW_TRACKING_TOKEN={token}")
    if has_users:
        say(f"Clients of MLflow: export MLFLOW_TRACKING_URI={address} MLFLOW_TRACKING_USERNAME=… MLFLOW_TRACKING_PASSWORD=…")
        if is_far:
            say("Passwords come over the network as they are: put a proxy with TLS before this server.")


def _run(server: Server, listening: socket.socket) -> None:
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # the server passes on what ended it
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:  # how a server is ended by hand
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


def _known_users(store: DuckDBStore, settings: Settings) -> KnownUsers:
    accounts = Accounts(store.path)
    if not any(user.is_admin for user in accounts.users.all()):
        raise InvalidState(f"No admin could log in to {store.path}: make one first, jupyter mlops users create NAME --admin --store {store.path}")
    return KnownUsers(accounts, settings.default_permission)


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens, before anybody is told of it."""
    try:
        return open_socket(host, port)
    except OSError as error:
        raise InvalidParameter(f"Nothing can listen at {host}, port {port}: {error.strerror or error}. Choose another --port or --host.") from None


@contextlib.contextmanager
def _left_token(token: str | None, host: str, port: int) -> Iterator[None]:
    """The token lies where programs of this user look for it, as long as the server runs."""
    if token is None:
        yield
        return
    place = token_file(host, port)
    os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
    if os.path.lexists(place):
        os.unlink(place)
    with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token)
    try:
        yield
    finally:
        os.unlink(place)
