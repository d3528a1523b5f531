"""The end of every cell is told, also of those whose end IPython does not tell."""

from __future__ import annotations

import threading
from typing import Any

from IPython.core.interactiveshell import ExecutionResult

__all__ = ["LostEnds"]


class LostEnds:
    """Tells others by ``post_run_cell`` that a cell has ended, where IPython tells them of None or of nothing.

    An interrupt that comes while IPython writes the traceback of an earlier one takes the end of the cell away: whoever keeps
    account of cells would take all that follow for cells inside of it.

    Parameters
    ----------
    shell : InteractiveShell
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._open: list[tuple[Any, tuple[int, str]]] = []  # cells, the inner ones last, and what asked for them

    def install(self) -> None:
        """Hook into the shell, before whoever keeps account of cells."""
        self._shell.events.register("pre_run_cell", self._begin)
        self._shell.events.register("post_run_cell", self._end)

    def uninstall(self) -> None:
        """Unhook from the shell."""
        self._shell.events.unregister("pre_run_cell", self._begin)
        self._shell.events.unregister("post_run_cell", self._end)

    def _begin(self, info: Any) -> None:
        thread, message = asked = self._asked()
        while message and self._open and self._open[-1][1] != asked and self._open[-1][1][0] == thread:
            self._tell(self._open[-1][0])
        self._open.append((info, asked))

    def _end(self, result: Any) -> None:
        if result is None and self._open:
            self._tell(self._open[-1][0])
        elif result is not None:
            self._open = [one for one in self._open if one[0] is not result.info]

    def _asked(self) -> tuple[int, str]:
        """The thread, and the message that has the shell execute; cells inside of a cell have the same."""
        parent = self._shell.get_parent() if hasattr(self._shell, "get_parent") else {}
        return threading.get_ident(), str((parent.get("header") or {}).get("msg_id", ""))

    def _tell(self, info: Any) -> None:
        result = ExecutionResult(info)  # type: ignore[no-untyped-call]
        result.error_in_exec = KeyboardInterrupt()
        self._shell.events.trigger("post_run_cell", result)
        self._open = [one for one in self._open if one[0] is not info]  # whoever heard it
