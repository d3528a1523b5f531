"""Where servers listen, and how this machine reaches them."""

from __future__ import annotations

import socket

__all__ = ["ANY_HOSTS", "address_of", "open_socket"]

ANY_HOSTS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - hosts that mean all addresses, and how this machine reaches them


def open_socket(host: str, port: int) -> socket.socket:
    """A socket that listens, before anybody is told of it; `OSError` when nobody can listen there."""
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048)


def address_of(host: str, port: int) -> str:
    """The address of a server.

    Examples
    --------
    >>> address_of("::1", 5000)
    'http://[::1]:5000'
    """
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
