"""Lasting HTML: plain tables with escaped text, which GitHub, nbconvert and every front end show."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from jupyter_mlops.views.formats.numbers import number_text

__all__ = ["cell_text", "escape", "table"]


def cell_text(value: object) -> str:
    """Text of a table's cell, not escaped; nothing for None."""
    if value is None:
        return ""
    return number_text(value) if isinstance(value, float) else str(value)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], caption: str = "") -> str:
    """An HTML table; numbers stand right, everything is escaped.

    Examples
    --------
    >>> table(["name", "acc"], [["<b>", 0.5]])
    '<table><thead><tr><th scope="col" style="text-align:left">name</th><th scope="col" style="text-align:right">acc</th></tr></thead><tbody><tr><td style="text-align:left">&lt;b&gt;</td><td style="text-align:right">0.5</td></tr></tbody></table>'
    """
    sides = ["right" if any(_side(row[place]) == "right" for row in rows) else "left" for place in range(len(columns))]
    head = "".join(f'<th scope="col" style="text-align:{side}">{escape(column)}</th>' for column, side in zip(columns, sides, strict=True))
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    shown = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{shown}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    return f'<td style="text-align:{_side(value)}">{escape(cell_text(value))}</td>'


def _side(value: object) -> str:
    return "right" if isinstance(value, (int, float)) and not isinstance(value, bool) else "left"
