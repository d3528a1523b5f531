"""Records as commands print them for programs: JSON."""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Iterable
from typing import Any

import click

__all__ = ["print_json", "print_json_list"]

_CONTROLS = re.compile(r"[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")  # what a terminal obeys
_OTHERS = re.compile(r"[^\x00-\x7e]")


def print_json(value: Any, indent: int = 2) -> None:
    """Print a value."""
    click.echo(_text(value, indent))


def print_json_list(values: Iterable[Any]) -> None:
    """Print a list, each value when it is taken: the whole list need not fit into memory."""
    before = "["
    for value in values:
        click.echo(f"{before}\n{textwrap.indent(_text(value, 2), '  ')}", nl=False)
        before = ","
    click.echo("[]" if before == "[" else "\n]")


def _text(value: Any, indent: int) -> str:
    import msgspec  # only where it is asked for

    text = msgspec.json.format(msgspec.json.encode(value), indent=indent).decode()
    takes_all = "utf" in (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    return (_CONTROLS if takes_all else _OTHERS).sub(lambda found: json.dumps(found[0])[1:-1], text)
