"""SIGINT held back: while the store's files are in our hands, and while a compiled package loads. Forks wait for the latter."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

__all__ = ["HeldInterrupts", "loading", "whole_import"]

_FORK_WAIT_S = 10.0
_loading = threading.RLock()


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


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """Load compiled packages in the body: no interrupt breaks it off, no fork comes in the middle.

    Notes
    -----
    A child forked while another thread imports waits for that import for ever, for the thread is not there.

    Examples
    --------
    >>> with loading():
    ...     import json
    """
    with _loading, HeldInterrupts():
        yield


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
    with loading():
        return importlib.import_module(name)


_forks: list[int] = []  # the thread that holds `_loading` to fork


def _before_fork() -> None:
    if _loading.acquire(timeout=_FORK_WAIT_S):
        _forks.append(threading.get_ident())


def _after_fork_here() -> None:
    if threading.get_ident() in _forks:
        _forks.remove(threading.get_ident())
        _loading.release()


def _after_fork() -> None:
    global _loading
    _forks.clear()
    _loading = threading.RLock()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_here, after_in_child=_after_fork)
