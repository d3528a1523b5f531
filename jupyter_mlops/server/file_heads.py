"""Files as answers: status and headers, whatever host sends them; no browser runs them as pages of ours."""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

from jupyter_mlops.server.rest.departures import Departure

__all__ = ["FileHead", "file_head", "wanted_range"]

_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})", re.IGNORECASE)
_HARMLESS = {"image/png", "image/jpeg", "image/gif", "image/webp"}


def wanted_range(header: str | None, size: int) -> tuple[int, int, int]:
    """Status, and the bytes from and to before which are sent, for what a ``Range`` asks of a file.

    Several ranges, and what is no range, are answered by the whole file.

    References
    ----------
    `RFC 9110, 14.2 <https://www.rfc-editor.org/rfc/rfc9110#section-14.2>`_

    Examples
    --------
    >>> wanted_range("bytes=2-4", 10), wanted_range("bytes=-3", 10), wanted_range("bytes=8-99", 10)
    ((206, 2, 5), (206, 7, 10), (206, 8, 10))
    >>> wanted_range(None, 10), wanted_range("bytes=0-1,4-5", 10), wanted_range("bytes=10-", 10)
    ((200, 0, 10), (200, 0, 10), (416, 0, 0))
    """
    found = _RANGE.fullmatch((header or "").strip())
    if found is None or not (found[1] or found[2]) or (found[1] and found[2] and int(found[1]) > int(found[2])):
        return 200, 0, size
    start = int(found[1]) if found[1] else max(0, size - int(found[2]))
    stop = min(size, int(found[2]) + 1) if found[1] and found[2] else size
    return (206, start, stop) if start < stop else (416, 0, 0)


class FileHead(NamedTuple):
    """How a file, or a part of it, is answered.

    Attributes
    ----------
    status : int
        416 where the bytes asked for are not among those of the file.
    headers : dict
    start, stop : int
        The bytes from and to before which are sent.
    """

    status: int
    headers: dict[str, str]
    start: int
    stop: int


def file_head(file: Departure, asked: Mapping[str, str]) -> FileHead:
    """How a file is answered to a request with such headers, whose names are found in small letters."""
    tag = f'"{file.tag}"'
    status, start, stop = wanted_range(asked.get("range") if asked.get("if-range", tag) == tag else None, file.size)
    if status == 416:
        return FileHead(416, {"Content-Range": f"bytes */{file.size}"}, 0, 0)
    headers = _headers(file, tag) | {"Content-Length": str(stop - start)}
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
    return FileHead(status, headers, start, stop)


def _headers(file: Departure, tag: str) -> dict[str, str]:
    headers = {
        "Content-Type": _media_type(file.name),
        "Accept-Ranges": "bytes",
        "ETag": tag,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    if file.digest:
        headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(file.digest).decode()}:"
    return headers


def _media_type(name: str) -> str:
    kind = mimetypes.guess_type(name)[0]
    return kind if kind in _HARMLESS else "application/octet-stream"
