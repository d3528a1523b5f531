"""Lasting text: tables for terminals and for whatever shows nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jupyter_mlops.views.formats.html import cell_text

__all__ = ["harmless", "sendable", "text_table"]

# What terminals obey, and what has letters stand in another order than they are read by a program.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)")


def harmless(text: str) -> str:
    r"""A text that others wrote, its control characters as Python writes them.

    Examples
    --------
    >>> print(harmless("run\x1b[2J"))
    run\x1b[2J
    """
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def sendable(text: str) -> str:
    r"""A text without lone surrogates: JSON may hold these halves of letters, and no page could be sent them.

    Examples
    --------
    >>> sendable("half \ud83d")
    'half ?'
    """
    return text.encode(errors="replace").decode()


def text_table(columns: Sequence[str], rows: Sequence[Sequence[object]], more: int = 0) -> str:
    """A table whose columns stand below each other, one line a row; `more` rows are counted below it.

    Examples
    --------
    >>> print(text_table(["run", "acc"], [["first", 0.5], ["2", None]], more=3))
    run    acc
    first  0.5
    2
    … 3 more
    """
    texts = [list(map(harmless, columns)), *([harmless(" ".join(cell_text(value).split())) for value in row] for row in rows)]
    widths = [max(len(text[index]) for text in texts) for index in range(len(columns))]
    lines = ["  ".join(t.ljust(w) for t, w in zip(text, widths, strict=True)).rstrip() for text in texts]
    return "\n".join([*lines, *([f"… {more} more"] if more > 0 else [])])
