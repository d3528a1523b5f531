"""Groups of commands whose files are imported when they are asked for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

__all__ = ["LazyGroup"]


class LazyGroup(click.Group):
    """A table of commands.

    Parameters
    ----------
    table : mapping of str to str
        By name the module that has the command as ``command``.

    Examples
    --------
    >>> LazyGroup("mlops", table={"store": "jupyter_mlops.cli.store.group"}).list_commands(None)
    ['store']
    """

    def __init__(self, *arguments: Any, table: Mapping[str, str], **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._table = table

    def list_commands(self, ctx: click.Context | None) -> list[str]:
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = self._table.get(cmd_name)
        return importlib.import_module(module).command if module else None
