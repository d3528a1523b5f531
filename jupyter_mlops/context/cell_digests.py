"""A short mark of a cell's code: whether it was changed can be seen without reading the code that ran."""

from __future__ import annotations

import zlib

from jupyter_mlops.context.secrets import mask_secrets
from jupyter_mlops.entities.tags import CELL_DIGEST_TAG

__all__ = ["cell_digest", "digest_tags"]


def cell_digest(source: str) -> str:
    """CRC-32 of the text without white space at its end, in hex: 32 bits tell of a change and give no text away.

    Examples
    --------
    >>> cell_digest("depth = 3\\n") == cell_digest("depth = 3"), cell_digest("depth = 3")
    (True, '0cc155e0')
    """
    text = source.rstrip(" \t\r\n")
    return f"{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}"


def digest_tags(source: str) -> dict[str, str]:
    """The tag of a run of that cell, for those that record cells; none where the cell is kept otherwise than it ran."""
    return {CELL_DIGEST_TAG: cell_digest(source)} if mask_secrets(source) == source else {}
