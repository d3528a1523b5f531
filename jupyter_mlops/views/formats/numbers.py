"""Numbers, times and durations as people read them."""

from __future__ import annotations

import math
import time

__all__ = ["bytes_text", "duration_text", "interval_text", "number_text", "time_text"]


def number_text(value: float) -> str:
    """A number in at most five significant digits; a large one in whole, with a decimal.

    Examples
    --------
    >>> number_text(0.95), number_text(1234567.89), number_text(3.0), number_text(1 / 3), number_text(float("nan")), number_text(float("-inf"))
    ('0.95', '1,234,567.9', '3', '0.33333', 'NaN', '−∞')
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    return f"{value:,.1f}".removesuffix(".0") if 1e4 <= abs(value) < 1e9 else f"{value:.5g}"


def interval_text(low: float, high: float) -> str:
    """The ends of an interval by two digits of its width: further ones would tell nothing.

    Examples
    --------
    >>> interval_text(0.83132, 0.92697), interval_text(12.3, 5678.9), interval_text(1.0, 1.0)
    ('0.831 to 0.927', '12 to 5,679', '1 to 1')
    """
    width = high - low
    if not math.isfinite(width) or not 1e-4 <= width < 1e9:
        return f"{number_text(low)} to {number_text(high)}"
    digits = max(0, 1 - math.floor(math.log10(width)))
    return f"{low:,.{digits}f} to {high:,.{digits}f}"


def duration_text(seconds: float) -> str:
    """A duration in two units at most.

    Examples
    --------
    >>> duration_text(0.25), duration_text(2.5), duration_text(75), duration_text(7384)
    ('250 ms', '2.5 s', '1 min 15 s', '2 h 3 min')
    """
    if seconds < 1:
        return f"{max(0, round(seconds * 1000))} ms"
    if seconds < 60:
        return f"{seconds:.{1 if seconds < 10 else 0}f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def bytes_text(count: int) -> str:
    """A number of bytes in two or three digits.

    Examples
    --------
    >>> bytes_text(640), bytes_text(3_400_000), bytes_text(12_000_000_000)
    ('640 B', '3.4 MB', '12 GB')
    """
    size, units = float(count), ["B", "kB", "MB", "GB", "TB"]
    while size >= 1000 and len(units) > 1:
        size /= 1000
        units.pop(0)
    return f"{size:.{1 if 0 < size < 10 and units[0] != 'B' else 0}f} {units[0]}"


def time_text(milliseconds: int) -> str:
    """A time, in UTC.

    Examples
    --------
    >>> time_text(1_700_000_000_000)
    '2023-11-14 22:13'
    """
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(milliseconds / 1000))
