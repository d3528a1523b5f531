"""The one clock: milliseconds since the Unix epoch, UTC."""

from __future__ import annotations

import time

__all__ = ["now_ms"]


def now_ms() -> int:
    """The time now: int, milliseconds since the Unix epoch, UTC.

    Examples
    --------
    >>> now_ms() > 1_700_000_000_000
    True
    """
    return time.time_ns() // 1_000_000
