"""Numbers, times and durations as people read them."""

from __future__ import annotations

__all__ = ["duration_text", "number_text"]


def number_text(value: float) -> str:
    """A number in at most five significant digits.

    Examples
    --------
    >>> number_text(0.95), number_text(1234567.0), number_text(3.0), number_text(1 / 3)
    ('0.95', '1.2346e+06', '3', '0.33333')
    """
    return f"{value:.5g}"


def duration_text(seconds: float) -> str:
    """A duration in two units at most.

    Examples
    --------
    >>> duration_text(0.25), duration_text(75), duration_text(7384)
    ('0.2 s', '1 min 15 s', '2 h 3 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
