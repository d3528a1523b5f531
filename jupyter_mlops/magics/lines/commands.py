"""A function made a magic: its line is read by a table, ``--help`` shows the table, errors of ours are one line."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any, Generic, TypeVar

from IPython.core.error import UsageError
from IPython.core.magic import needs_local_scope, no_var_expand

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.magics.lines.options import Given, Usage
from jupyter_mlops.views.formats.texts import harmless

__all__ = ["Command", "command", "said"]

T = TypeVar("T")


class Command(Generic[T]):
    """A magic.

    Parameters
    ----------
    function : callable
        Takes what the line says, returns what is shown.
    usage : Usage
    kind : {"line", "cell", "line_cell"}
    """

    def __init__(self, function: Callable[[Given], T], usage: Usage, kind: str, expands: bool) -> None:
        self.usage, self.kind, self.name, self._function = usage, kind, usage.magic.lstrip("%"), function
        self._expands = expands

    def as_magic(self) -> Callable[..., T | None]:
        """The function that a shell calls."""

        def magic(line: str, cell: str | None = None, local_ns: MutableMapping[str, Any] | None = None) -> T | None:
            if self.usage.asks_for_help(line):
                print(self.usage.help)  # noqa: T201 - the answer to who asked
                return None
            return said(lambda: self._function(self._read(line, cell, local_ns)))

        magic.__doc__, magic.__name__ = self.usage.help, self.name
        found = needs_local_scope(magic)
        return found if self._expands else no_var_expand(found)  # type: ignore[no-any-return]

    def _read(self, line: str, cell: str | None, names: MutableMapping[str, Any] | None) -> Given:
        given = self.usage.read(line)
        given.cell, given.variables = cell, {} if names is None else names
        return given


def command(usage: Usage, kind: str = "line", *, expands: bool = True) -> Callable[[Callable[[Given], T]], Command[T]]:
    """Make a function a magic.

    Parameters
    ----------
    usage : Usage
    kind : {"line", "cell", "line_cell"}
    expands : bool, default True
        Whether ``{name}`` in the line stands for a variable, as in IPython's own magics.
    """
    return lambda function: Command(function, usage, kind, expands)


def said(call: Callable[[], T]) -> T:
    """What `call` returns; an error of ours as a line without traceback, whatever names of others it holds."""
    try:
        return call()
    except MlflowException as error:
        raise UsageError(harmless(error.message)) from None
