"""Paths and URIs: one spelling for each place."""

from __future__ import annotations

import os
import re
from urllib.parse import quote, unquote, urlsplit, urlunsplit

__all__ = ["is_local", "join_uri", "local_path", "path_to_uri", "without_credentials"]

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]+:")


def is_local(uri: str) -> bool:
    """Whether `uri` is a path or a ``file:`` URI of this machine.

    Examples
    --------
    >>> is_local("./models"), is_local("file:///tmp/x"), is_local("s3://bucket/x")
    (True, True, False)
    """
    return uri.startswith("file:") or not _SCHEME.match(uri)


def local_path(uri: str) -> str:
    """Absolute path of a path or ``file:`` URI.

    Examples
    --------
    >>> local_path("file:///tmp/a%20b")
    '/tmp/a b'
    """
    path = unquote(urlsplit(uri).path) if uri.startswith("file:") else uri
    return os.path.abspath(os.path.expanduser(path))


def path_to_uri(path: str) -> str:
    """``file://`` URI of an absolute path.

    Examples
    --------
    >>> path_to_uri("/tmp/a b")
    'file:///tmp/a%20b'
    """
    return "file://" + quote(os.path.abspath(path))


def join_uri(root: str, *parts: str) -> str:
    """`root` and what lies below it, with single slashes.

    Examples
    --------
    >>> join_uri("s3://bucket/x/", "a", "", "b")
    's3://bucket/x/a/b'
    """
    return "/".join([root.rstrip("/"), *(p.strip("/") for p in parts if p)])


def without_credentials(url: str) -> str:
    """`url` without user, password and query: what may be stored and shown.

    Examples
    --------
    >>> without_credentials("https://ann:secret@host:8080/x?token=1")
    'https://host:8080/x'
    """
    parts = urlsplit(url)
    if not parts.netloc:
        return url
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
