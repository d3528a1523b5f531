"""SIGINT held back while the store's files are in our hands."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

__all__ = ["HeldInterrupts"]


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
