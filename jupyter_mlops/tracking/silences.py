"""Warnings that nobody asked for."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["quiet"]

_lock = threading.Lock()
_count = 0
_filters: Any = None


@contextmanager
def quiet() -> Iterator[None]:
    """No warnings from what is done for logging alone.

    Counted over threads: two `catch_warnings` that overlap would leave the filters of the first to last for ever.

    Examples
    --------
    >>> import warnings
    >>> with quiet():
    ...     warnings.warn("of no use")
    """
    global _count, _filters
    with _lock:
        if _count == 0:
            _filters = warnings.catch_warnings()
            _filters.__enter__()
            warnings.simplefilter("ignore")
        _count += 1
    try:
        yield
    finally:
        with _lock:
            _count -= 1
            if _count == 0:
                _filters.__exit__(None, None, None)


def _after_fork() -> None:
    """Threads of the parent that were quiet are not here."""
    global _lock, _count
    if _count:
        _filters.__exit__(None, None, None)
    _lock, _count = threading.Lock(), 0


os.register_at_fork(after_in_child=_after_fork)
