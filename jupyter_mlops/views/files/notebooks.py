"""Notebooks among the files of a run, read-only: their sources, and of their outputs what can do no harm."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from jupyter_mlops.views.files.images import image_address
from jupyter_mlops.views.formats.notes import note_html
from jupyter_mlops.views.formats.texts import sendable

__all__ = ["notebook_cells", "safe_html"]

_MOST_CELLS, _MOST_TEXT, _MOST_IMAGES = 1000, 50_000, 8_000_000
_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_HTML_TAGS = {
    "a", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "details", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "i", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "u", "ul",
}  # fmt: skip
_HTML_ATTRIBUTES = {"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}


def safe_html(html: str) -> str:
    """HTML without what runs, loads, styles or covers anything.

    Examples
    --------
    >>> safe_html("<table onclick=x()><tr><td style='position:fixed'>1<script>alert(1)</script></td></tr></table>")
    '<table><tbody><tr><td>1</td></tr></tbody></table>'
    """
    import nh3  # only for notebooks that have HTML

    return nh3.clean(html, tags=_HTML_TAGS, attributes=_HTML_ATTRIBUTES, url_schemes={"http", "https", "mailto"})


def notebook_cells(content: Any) -> dict[str, Any] | None:
    """``language``, ``cells`` and ``total`` of a notebook's JSON; None for another.

    Returns
    -------
    dict or None
        A cell is ``kind``, ``source``, ``html`` (of Markdown), ``count`` and ``outputs``; an output ``kind`` (``text``, ``error``,
        ``html``, ``image``, ``other``), ``text`` (of an image its address, of what is not shown its type).
    """
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        return None
    room = [_MOST_IMAGES]
    shown = [_cell(one, room) for one in cells[:_MOST_CELLS] if isinstance(one, dict)]
    return {"language": _language(content.get("metadata")), "cells": shown, "total": len(cells)}


def _language(metadata: Any) -> str:
    for name in ("language_info", "kernelspec"):
        found = metadata.get(name) if isinstance(metadata, dict) else None
        if isinstance(found, dict) and isinstance(language := found.get("name" if name == "language_info" else "language"), str):
            return language[:40]
    return ""


def _cell(cell: Mapping[str, Any], room: list[int]) -> dict[str, Any]:
    kind = cell.get("cell_type")
    source = _text(cell.get("source"))
    count = cell.get("execution_count")
    outputs = cell.get("outputs")
    return {
        "kind": kind if kind in ("code", "markdown") else "raw",
        "source": source,
        "html": note_html(source) if kind == "markdown" else None,
        "count": count if isinstance(count, int) else None,
        "outputs": list(_outputs(outputs, room)) if kind == "code" and isinstance(outputs, list) else [],
    }


def _outputs(outputs: Iterable[Any], room: list[int]) -> Iterable[dict[str, str]]:
    for one in outputs:
        if not isinstance(one, dict):
            continue
        if one.get("output_type") == "stream":
            yield {"kind": "error" if one.get("name") == "stderr" else "text", "text": _text(one.get("text"))}
        elif one.get("output_type") == "error":
            lines = one.get("traceback")
            yield {"kind": "error", "text": _text(lines, "\n") or f"{_text(one.get('ename'))}: {_text(one.get('evalue'))}"}
        elif isinstance(data := one.get("data"), dict):
            yield _shown(data, room)


def _shown(data: Mapping[str, Any], room: list[int]) -> dict[str, str]:
    for kind in _IMAGES:
        if kind in data and (address := _address(kind, _joined(data[kind]), room)):
            return {"kind": "image", "text": address}
    if "text/html" in data and (html := safe_html(_text(data["text/html"], most=4 * _MOST_TEXT))).strip():
        return {"kind": "html", "text": html}
    if "text/markdown" in data:
        return {"kind": "html", "text": note_html(_text(data["text/markdown"]))}
    if "text/plain" in data:
        return {"kind": "text", "text": _text(data["text/plain"])}
    return {"kind": "other", "text": ", ".join(sorted(map(str, data)))[:200]}


def _address(kind: str, image: str, room: list[int]) -> str | None:
    """One that holds the image itself; None where there is no room left for it."""
    if kind == "image/svg+xml":
        address = image_address("svg+xml", image.encode(errors="replace"))
    elif _BASE64.fullmatch(image):
        address = f"data:{kind};base64,{''.join(image.split())}"
    else:
        return None
    if len(address) > room[0]:
        return None
    room[0] -= len(address)
    return address


def _joined(value: Any, between: str = "") -> str:
    parts = value if isinstance(value, list) else [value]
    return between.join(one for one in parts if isinstance(one, str))


def _text(value: Any, between: str = "", most: int = _MOST_TEXT) -> str:
    text = sendable(_joined(value, between))
    return text if len(text) <= most else f"{text[:most]}\n…"
