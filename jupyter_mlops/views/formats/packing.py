"""Columns as bytes that a page reads without parsing each value.

A little-endian u32 with the length of the header, the header as JSON, padded so that what follows begins at a multiple of 8,
and there by column: numbers as float64, and where some are missing a byte for each (1: there is none); texts as int32 places
in the header's list of them, -1 for none.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

__all__ = ["packed"]


def packed(columns: Mapping[str, Sequence[Any]], **header: Any) -> bytes:
    """Columns of equal length, each of numbers or of texts.

    Parameters
    ----------
    columns : mapping of str to sequence
        None is what is missing; one without a value counts as texts.
    **header
        More of the header, as JSON has it.

    Examples
    --------
    >>> data = packed({"acc": [0.5, None], "model": ["tree", "tree"]})
    >>> len(data) % 8, data[4:40]
    (0, b'{"columns":[{"id":"acc","kind":"numb')
    """
    blocks: list[bytes] = []
    described = [_column(name, values, blocks) for name, values in columns.items()]
    rows = max(map(len, columns.values()), default=0)
    head = msgspec.json.encode({"columns": described, "rows": rows, **header})
    head += b" " * (-(4 + len(head)) % 8)
    return b"".join([struct.pack("<I", len(head)), head, *blocks])


def _column(name: str, values: Sequence[Any], blocks: list[bytes]) -> dict[str, Any]:
    import numpy as np

    known = next((value for value in values if value is not None), None)
    if isinstance(known, (int, float)):
        missing = [value is None for value in values]
        at = _add(blocks, np.array([0.0 if value is None else value for value in values], "<f8").tobytes())
        column = {"id": name, "kind": "number", "at": at}
        return {**column, "none": _add(blocks, np.array(missing, np.uint8).tobytes())} if any(missing) else column
    texts = {text: place for place, text in enumerate(dict.fromkeys(value for value in values if value is not None))}
    places = np.array([-1 if value is None else texts[value] for value in values], "<i4")
    return {"id": name, "kind": "text", "at": _add(blocks, places.tobytes()), "texts": list(texts)}


def _add(blocks: list[bytes], block: bytes) -> int:
    """Where a block begins after the header."""
    at = sum(map(len, blocks))
    blocks.append(block + b"\0" * (-len(block) % 8))
    return at
