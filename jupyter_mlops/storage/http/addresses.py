"""Addresses of tracking servers: one spelling for each."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from jupyter_mlops.entities.uris import is_wellformed, without_credentials
from jupyter_mlops.errors import InvalidParameter

__all__ = ["API", "ARTIFACTS", "LOOPBACK", "PEERS", "PROXIED", "address_of", "is_served", "is_server", "served_place", "shown_place"]

LOOPBACK = ("localhost", "127.0.0.1", "::1")
API, PEERS = "/api/2.0/mlflow/", "/api/2.0/mlops/"  # MLflow's protocol, and what only servers of ours know
ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts"
PROXIED = "mlflow-artifacts:"  # begins a place that is meant as the tracking server says


def is_server(uri: str) -> bool:
    """Whether a tracking URI means a server.

    Examples
    --------
    >>> is_server("http://localhost:5000"), is_server("./mlops.duckdb")
    (True, False)
    """
    return uri.lower().startswith(("http://", "https://"))


def address_of(uri: str) -> str:
    """A server's address, without credentials, query and last slash.

    Raises
    ------
    InvalidParameter
        It names no host, or no port that can be one.

    Examples
    --------
    >>> address_of("HTTP://ann:secret@Localhost:5000/mlops/")
    'http://localhost:5000/mlops'
    """
    shown = without_credentials(uri) if is_wellformed(uri) else uri
    parts = urlsplit(shown) if is_wellformed(uri) else None
    if parts is None or not parts.hostname:
        raise InvalidParameter(f"{shown!r:.300} names no server: give an address such as 'http://localhost:5000'.")
    try:
        parts.port  # noqa: B018 - reads it
    except ValueError:
        raise InvalidParameter(f"{shown!r:.300} names no port from 0 to 65535: give an address such as 'http://localhost:5000'.") from None
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/"), "", ""))


def served_place(address: str, uri: str) -> str:
    """A place that a server told, as everybody here can reach it: ``mlflow-artifacts:/…`` goes through that server.

    Examples
    --------
    >>> served_place("http://host:5000", "mlflow-artifacts:/0/abc/artifacts")
    'http://host:5000/api/2.0/mlflow-artifacts/artifacts/0/abc/artifacts'
    >>> served_place("http://host:5000", "s3://bucket/0")
    's3://bucket/0'
    """
    if not uri.startswith(PROXIED):
        return uri
    rest = uri.removeprefix(PROXIED)
    if rest.startswith("//"):  # with a host of its own
        host, _, rest = rest[2:].partition("/")
        address = f"{urlsplit(address).scheme}://{host}" if host else address
    return f"{address}{ARTIFACTS}/{rest.lstrip('/')}".rstrip("/")


def is_served(uri: str) -> bool:
    """Whether artifacts at a place go through a tracking server.

    Examples
    --------
    >>> is_served("http://host:5000/api/2.0/mlflow-artifacts/artifacts/0/abc"), is_served("http://host/data")
    (True, False)
    """
    return is_server(uri) and ARTIFACTS in uri


def shown_place(address: str, uri: str) -> str:
    """The opposite of `served_place`: how the server itself calls a place.

    Examples
    --------
    >>> shown_place("http://host:5000", "http://host:5000/api/2.0/mlflow-artifacts/artifacts/0/abc")
    'mlflow-artifacts:/0/abc'
    """
    root = address + ARTIFACTS
    return f"{PROXIED}/{uri[len(root) :].lstrip('/')}" if uri == root or uri.startswith(root + "/") else uri
