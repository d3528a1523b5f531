"""Groups of commands, also of such whose files are imported when they are asked for."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping
from typing import Any

import click

__all__ = ["Group", "LazyGroup"]

_WHOLE = 1000  # characters: click cuts at 45


class Group(click.Group):
    """A group whose help says in whole sentences what its commands do, and which guesses what a misspelt one means."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        self._write(formatter, [(name, command.get_short_help_str(_WHOLE)) for name, command in commands if command is not None])

    def _write(self, formatter: click.HelpFormatter, lines: list[tuple[str, str]]) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(lines)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            close = difflib.get_close_matches(args[0], self.list_commands(ctx), 1)
            asked = f" Did you mean {close[0]!r}?" if close else ""
            raise click.UsageError(error.message + asked, ctx) from None


class LazyGroup(Group):
    """A table of commands.

    Parameters
    ----------
    table : mapping of str to tuple of str and str
        By name the module that has the command as ``command``, and what its help begins with: a list of commands is shown
        without importing them.

    Examples
    --------
    >>> LazyGroup("mlops", table={"store": ("jupyter_mlops.cli.store.group", "Look after a store.")}).list_commands(None)
    ['store']
    """

    def __init__(self, *arguments: Any, table: Mapping[str, tuple[str, str]], **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._table = table

    def list_commands(self, ctx: click.Context | None) -> list[str]:
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._table:
            return None
        command: click.Command = importlib.import_module(self._table[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self._write(formatter, [(name, text) for name, (_module, text) in self._table.items()])
