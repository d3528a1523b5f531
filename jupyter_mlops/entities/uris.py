"""Paths and URIs: one spelling for each place."""

from __future__ import annotations

import os
import re
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from jupyter_mlops.errors import InvalidParameter

__all__ = [
    "check_here", "check_location", "has_credentials", "is_local", "is_wellformed", "join_uri", "local_path", "path_to_uri",
    "urls_without_secrets", "without_credentials", "without_secrets",
]  # fmt: skip

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]+:")
_WINDOWS = re.compile(r"((duckdb|sqlite|file):/*)?[a-zA-Z]:[\\/]")
_WHOLE_URL = re.compile(r"[a-zA-Z][\w+.\-]*://")
_URL = re.compile(r"[a-zA-Z][\w+.\-]{0,30}://[^\s\"'<>]+")
_USER_WITHIN = re.compile(r"://[^/?#@]*@")  # of a URL in another one's path or query
_CONTAINER_SCHEMES = ("abfs", "abfss", "wasb", "wasbs")  # the part before the @ says what is meant, not who asks
_SECRET = re.compile(
    r"token|secret|passw|pwd|signature|credential|api[-_.]?key|access[-_.]?key|auth(?!or)|^(x-amz-|x-goog-)|^(sig|key|code|pass|pw)$",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(
    r"\b((?:password|passwd|pwd|accountkey|sharedaccesskey|secret_access_key|session_token)\s*=\s*)([^\s;,&)'\"]+|'[^']*'|\"[^\"]*\")",
    re.IGNORECASE,
)


def is_wellformed(uri: str) -> bool:
    """Whether `uri` has a host that can be one.

    Examples
    --------
    >>> is_wellformed("http://[::1]/x"), is_wellformed("a/[b"), is_wellformed("http://[")
    (True, True, False)
    """
    try:
        urlsplit(uri)
    except ValueError:
        return False
    return True


def _split(uri: str) -> SplitResult:
    """Parts of a URI, even of one whose host is none."""
    if is_wellformed(uri):
        return urlsplit(uri)
    scheme, _, rest = uri.partition("://")
    authority, tail = _authority(rest)
    path, _, query = tail.partition("#")[0].partition("?")
    return SplitResult(scheme.lower(), authority, path, query, "")


def is_local(uri: str) -> bool:
    """Whether `uri` is a path or a ``file:`` URI of this machine.

    Examples
    --------
    >>> is_local("./models"), is_local("file:///tmp/x"), is_local("s3://bucket/x")
    (True, True, False)
    """
    return uri.startswith("file:") or not _SCHEME.match(uri)


def check_here(uri: str) -> str:
    """Return `uri` if it is no path of another system, of which a folder called ``C:`` would be made here.

    Raises
    ------
    InvalidParameter
        A path of Windows, also in a URI.

    Examples
    --------
    >>> check_here("file:///data/runs")
    'file:///data/runs'
    """
    if os.name != "nt" and _WINDOWS.match(uri):
        raise InvalidParameter(
            f"{without_credentials(uri)!r} is a path of Windows, and this machine has no drives: give a path that is here, such as './mlops.duckdb'."
        )
    return uri


def local_path(uri: str) -> str:
    """Absolute path of a path or ``file:`` URI.

    Examples
    --------
    >>> local_path("file:///tmp/a%20b")
    '/tmp/a b'
    """
    path = unquote(_split(uri).path) if uri.startswith("file:") else uri
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
    >>> without_credentials("https://ann:se/cret@host/x.git")
    'https://host/x.git'
    """
    parts = _split(_harmless(url) if _WHOLE_URL.match(url) else url)  # which also knows passwords with a slash in them
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


def urls_without_secrets(text: str) -> str:
    """`text`, of which URLs alone are changed: those with a user or with query parameters that sound like a key.

    Examples
    --------
    >>> urls_without_secrets("+get('https://ann:pw@host/x?part=1', password=ask(), also='https://host/?')")
    "+get('https://host/x?part=1', password=ask(), also='https://host/?')"
    """
    return _URL.sub(lambda found: _harmless(found[0]) if "@" in found[0] or _SECRET.search(found[0]) else found[0], text)


def _harmless(url: str) -> str:
    scheme, _, rest = url.partition("://")
    authority, tail = _authority(rest)
    if _is_user(authority, tail):
        authority, tail = _authority(rest.rpartition("@")[2])
    user, _, host = authority.rpartition("@")
    container = user.partition(":")[0] + "@" if user and scheme.lower() in _CONTAINER_SCHEMES else ""
    tail, _, fragment = _USER_WITHIN.sub("://", tail).partition("#")
    path, _, query = tail.partition("?")
    kept = "&".join(p for p in query.split("&") if not _SECRET.search(unquote(p.partition("=")[0])))
    ends = (f"?{kept}" if kept else "") + (f"#{fragment}" if fragment and not _SECRET.search(fragment) else "")
    return f"{scheme}://{container}{host}{path}{ends}"


def _authority(rest: str) -> tuple[str, str]:
    end = min((rest.find(letter) for letter in "/?#" if letter in rest), default=len(rest))
    return rest[:end], rest[end:]


def _is_user(authority: str, tail: str) -> bool:
    """Whether what seems to be a host and its port is a user, and a password with a slash, ? or # in it."""
    before, _, after = authority.partition(":")
    return bool(after) and not after.isdecimal() and "[" not in before and "@" not in authority and "@" in tail


def has_credentials(uri: str) -> bool:
    """Whether a user or password stands in `uri`. The container that stands there in Azure's URIs is none.

    Examples
    --------
    >>> has_credentials("s3://key:secret@bucket/x"), has_credentials("abfss://data@account.dfs.core.windows.net/x")
    (True, False)
    """
    parts = _split(uri)
    user, at, _ = parts.netloc.rpartition("@")
    if _is_user(*_authority(uri.partition("://")[2])):
        return True
    return bool(at) and (":" in user or parts.scheme not in _CONTAINER_SCHEMES)


def check_location(location: str) -> str:
    """Return `location`, as it is to be stored, if artifacts can be kept there.

    Parameters
    ----------
    location : str
        A path, or the URI of a folder anywhere.

    Raises
    ------
    InvalidParameter
        The URI of a run or model, one with credentials or a query, one that climbs by ``..``, or a path of Windows.

    Examples
    --------
    >>> check_location("s3://bucket/team/")
    's3://bucket/team'
    """
    if location.startswith(("runs:", "models:")):
        raise InvalidParameter(f"An artifact location cannot be the URI of a run or model: {location!r}.")
    if is_local(check_here(location)):
        return local_path(location)
    shown, parts = without_credentials(location), _split(location)
    if has_credentials(location) or parts.query or parts.fragment:
        raise InvalidParameter(
            f"The artifact location {shown!r} was given with a user, a password or a query. They would be stored and shown: "
            "leave them out, and give credentials where the storage's own tools take them, such as AWS_ACCESS_KEY_ID."
        )
    bad = (
        not is_wellformed(location)
        or "::" in location
        or "\\" in location
        or "\0" in location
        or ".." in unquote(parts.path).split("/")
    )
    if bad or "://" not in location or not (parts.netloc or parts.path.strip("/")):
        raise InvalidParameter(
            f"{shown!r} is no place of artifacts: give a folder, or a URI such as 's3://bucket/folder'."
        )
    return location.rstrip("/")
