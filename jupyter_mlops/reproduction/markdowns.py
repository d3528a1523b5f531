"""Text of others in Markdown: run names, packages and branches are whatever somebody logged."""

from __future__ import annotations

import re

__all__ = ["escaped", "fenced", "in_cell", "in_code"]

_MOST = 300


def in_code(text: str) -> str:
    """A text as code in a line."""
    return f"`{' '.join(text.split()).replace('`', chr(39))[:_MOST] or ' '}`"


def in_cell(text: str) -> str:
    """A text as code in a table; nothing for nothing."""
    return in_code(text).replace("|", "\\|") if text else ""


def escaped(text: str) -> str:
    r"""A text in a line.

    Examples
    --------
    >>> print(escaped("<b> [a](b)"))
    \<b\> \[a\]\(b\)
    """
    return re.sub(r"([\\`*_{}\[\]()#<>&|!$~])", r"\\\1", " ".join(text.split()))[:_MOST]


def fenced(text: str, language: str) -> str:
    """Lines in a block that none of them ends."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text.strip(chr(10))}\n{fence}"
