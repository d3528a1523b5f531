"""Tables as commands print them."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["echo_table", "text_table"]


def echo_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table: as `text_table` makes it."""
    import click

    click.echo(text_table(header, rows))


def text_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table for people: names, a line of dashes, and the rows, all left aligned.

    Examples
    --------
    >>> print(text_table(["User", "Admin"], [["ann", "yes"], ["bob", ""]]))
    User  Admin
    ----  -----
    ann   yes
    bob
    """
    texts = [list(map(str, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *texts, strict=True)]
    lines = [header, ["-" * width for width in widths], *texts]
    return "\n".join("  ".join(map(str.ljust, map(str, line), widths)).rstrip() for line in lines)
