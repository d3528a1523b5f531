"""Paths and URIs: one spelling for each place."""

from __future__ import annotations

import os
import re
from urllib.parse import quote, unquote, urlsplit, urlunsplit

__all__ = ["is_local", "join_uri", "local_path", "path_to_uri", "without_credentials", "without_secrets"]

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]+:")
_WHOLE_URL = re.compile(r"[a-zA-Z][\w+.\-]*://")
_URL = re.compile(r"[a-zA-Z][\w+.\-]*://[^\s\"'<>]+")
_CONTAINER = ("abfs", "abfss", "wasb", "wasbs")  # the part before the @ says what is meant, not who asks
_SECRET = re.compile(
    r"token|secret|passw|pwd|signature|credential|api[-_.]?key|access[-_.]?key|auth(?!or)|^(x-amz-|x-goog-)|^(sig|key|code|pass|pw)$",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(
    r"\b((?:password|passwd|pwd|accountkey|sharedaccesskey|secret_access_key|session_token)\s*=\s*)([^\s;,&)'\"]+|'[^']*'|\"[^\"]*\")",
    re.IGNORECASE,
)


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


def without_secrets(text: str) -> str:
    """`text` without what lets somebody in: the user in its URLs, query parameters and settings that sound like a key.

    Examples
    --------
    >>> without_secrets("https://ann:pw@host/x.csv?part=1&token=abc")
    'https://host/x.csv?part=1'
    >>> without_secrets("FROM postgres_scan('host=db password=pw', 'public', 'wines')")
    "FROM postgres_scan('host=db password=***', 'public', 'wines')"
    """
    if _WHOLE_URL.match(text):
        return _harmless(text)
    return _ASSIGNED.sub(r"\1***", _URL.sub(lambda found: _harmless(found[0]), text))


def _harmless(url: str) -> str:
    scheme, _, rest = url.partition("://")
    authority, tail = _authority(rest)
    if re.search(r"^[^\[@]*:[^@]*[^\d@][^@]*$", authority) and "@" in tail:
        authority, tail = _authority(rest.rpartition("@")[2])  # a password with a slash, ? or # in it
    user, _, host = authority.rpartition("@")
    container = user.partition(":")[0] + "@" if user and scheme.lower() in _CONTAINER else ""
    tail, _, fragment = tail.partition("#")
    path, _, query = tail.partition("?")
    kept = "&".join(p for p in query.split("&") if not _SECRET.search(unquote(p.partition("=")[0])))
    ends = (f"?{kept}" if kept else "") + (f"#{fragment}" if fragment and not _SECRET.search(fragment) else "")
    return f"{scheme}://{container}{host}{path}{ends}"


def _authority(rest: str) -> tuple[str, str]:
    end = min((rest.find(letter) for letter in "/?#" if letter in rest), default=len(rest))
    return rest[:end], rest[end:]
