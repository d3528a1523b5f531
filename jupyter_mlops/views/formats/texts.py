"""Lasting text: tables for terminals and for whatever shows nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_mlops.views.formats.html import cell_text

__all__ = ["text_table"]


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
    texts = [list(columns), *([" ".join(cell_text(value).split()) for value in row] for row in rows)]
    widths = [max(len(text[index]) for text in texts) for index in range(len(columns))]
    lines = ["  ".join(t.ljust(w) for t, w in zip(text, widths, strict=True)).rstrip() for text in texts]
    return "\n".join([*lines, *([f"… {more} more"] if more > 0 else [])])
