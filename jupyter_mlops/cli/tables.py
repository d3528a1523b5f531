"""Tables as commands print them."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

import click

from jupyter_mlops.entities.plain_texts import shown

__all__ = ["echo_facts", "echo_table", "text_lines"]

_FACT = 19  # as MLflow's `experiments get`
_AT_ONCE = 1000  # rows whose widths hold for all


def echo_table(header: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Print a table: drawn by rich at a terminal, as `text_lines` where a program or a file takes it.

    Rows are taken as they are printed, a thousand at a time. A person who finds it `empty` is told what to do, beside what programs read.
    """
    rows = iter(rows)
    first = list(itertools.islice(rows, 1))
    _print(header, itertools.chain(first, rows))
    if not first:
        click.echo(empty, err=True)


def _print(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    if sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        return _draw(header, rows)
    for line in text_lines(header, rows):
        click.echo(line)


def echo_facts(facts: Mapping[str, object]) -> None:
    """Print what one thing is, a line for each of its facts."""
    for name, value in facts.items():
        click.echo(f"{name:<{_FACT}}: {shown(value, None)}")


def text_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A table as plain text: names, a line of dashes, and the rows, all left aligned.

    Examples
    --------
    >>> print(*text_lines(["User", "Admin"], [["ann", "yes"], ["bob", ""]]), sep=chr(10))
    User  Admin
    ----  -----
    ann   yes
    bob
    """
    others = _texts(rows)
    first = list(itertools.islice(others, _AT_ONCE))
    widths = [max(map(_width, column)) for column in zip(header, *first, strict=True)]
    for row in itertools.chain([header, ["-" * width for width in widths]], first, others):
        yield "  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)).rstrip()


def _texts(rows: Iterable[Sequence[object]]) -> Iterator[list[str]]:
    return ([shown(value, None) for value in row] for row in rows)


def _width(text: str) -> int:
    """Columns that a terminal gives to a text."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # not for everybody

    return cell_len(text)


def _draw(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    texts = _texts(rows)
    is_first = True
    while (part := list(itertools.islice(texts, _AT_ONCE))) or is_first:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, show_header=is_first, header_style="bold")
        for name in header:
            table.add_column(name, overflow="fold", no_wrap=name in ("ID", "Run ID", "Date"))
        for row in part:
            table.add_row(*map(Text, row))  # never as markup: names are other people's
        console.print(table)
        is_first = False
