"""SIGINT held back: while the store's files are in our hands, and while a compiled package loads."""

from __future__ import annotations

import importlib
import signal
import sys
import threading
from types import FrameType, TracebackType
from typing import Any

__all__ = ["HeldInterrupts", "whole_import"]


class HeldInterrupts:
    """Within this context an interrupt is noted, and delivered when the context ends.

    Attributes
    ----------
    pending : bool
        Whether an interrupt came: a long wait looks at it and gives up.

    Notes
    -----
    Python runs signal handlers in the main thread only, so in other threads there is nothing to hold back.

    Examples
    --------
    >>> with HeldInterrupts() as held:
    ...     held.pending
    False
    """

    def __init__(self) -> None:
        self.pending = False
        self._outer: Any = None

    def __enter__(self) -> HeldInterrupts:
        # A handler set outside Python reads as None and could not be put back: leave it alone.
        if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is not None:
            self._outer = signal.signal(signal.SIGINT, self._note)
        return self

    def _note(self, _signum: int, _frame: FrameType | None) -> None:
        self.pending = True

    def __exit__(self, *_: tuple[type[BaseException], BaseException, TracebackType] | None) -> None:
        if self._outer is None:
            return
        signal.signal(signal.SIGINT, self._outer)
        if self.pending:
            signal.raise_signal(signal.SIGINT)


def whole_import(name: str) -> Any:
    """Import a compiled package with interrupts held back.

    Parameters
    ----------
    name : str
        Such as ``"pandas"``.

    Returns
    -------
    module

    Notes
    -----
    When the first import of pandas or DuckDB is broken off, no later one works in that process: its parts that were
    loaded stay, and refuse to be loaded again.

    Examples
    --------
    >>> whole_import("json").loads("1")
    1
    """
    if name in sys.modules:
        return importlib.import_module(name)
    with HeldInterrupts():
        return importlib.import_module(name)
