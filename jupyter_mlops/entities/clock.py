"""The one clock: milliseconds since the Unix epoch, UTC."""

from __future__ import annotations

import time

__all__ = ["now_ms", "seconds_between", "stamp_ms"]

_latest = 0


def now_ms() -> int:
    """The time now: int, milliseconds since the Unix epoch, UTC.

    Examples
    --------
    >>> now_ms() > 1_700_000_000_000
    True
    """
    return time.time_ns() // 1_000_000


def seconds_between(start: int | None, end: int | None) -> float | None:
    """How long something took that has these times; None before it ended.

    Examples
    --------
    >>> seconds_between(1_000, 2_500), seconds_between(1_000, None)
    (1.5, None)
    """
    return None if start is None or end is None else (end - start) / 1000


def stamp_ms() -> int:
    """A time for a record: `now_ms`, but never before an earlier stamp of this process.

    What is logged later must win over what was logged before, also when the clock was set back in between.

    Examples
    --------
    >>> stamp_ms() <= stamp_ms()
    True
    """
    global _latest
    _latest = max(_latest, now_ms())
    return _latest
