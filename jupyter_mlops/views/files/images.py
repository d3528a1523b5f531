"""Images as addresses that hold them: of ``<img>`` nothing in them runs, whatever an SVG has inside."""

from __future__ import annotations

import base64

__all__ = ["IMAGES", "image_address"]

IMAGES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif", ".webp": "webp", ".svg": "svg+xml", ".bmp": "bmp", ".ico": "x-icon"}


def image_address(kind: str, data: bytes) -> str:
    """The address of an image of some kind, see `IMAGES`.

    Examples
    --------
    >>> image_address("gif", b"GIF89a")
    'data:image/gif;base64,R0lGODlh'
    """
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
