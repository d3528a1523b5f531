"""Text that somebody else wrote, made safe to print."""

from __future__ import annotations

__all__ = ["shown"]


def shown(text: object, limit: int | None = 120) -> str:
    """Text as it may be printed: one line, without characters that control a terminal or turn its direction round.

    Parameters
    ----------
    text : object
    limit : int or None, default 120
        Characters after which it is cut; None for all of it.

    Examples
    --------
    >>> shown("a" + chr(27) + "[31m" + chr(10) + "b")
    'a\\\\x1b[31m\\\\nb'
    """
    plain = str(text)
    if not plain.isprintable():
        plain = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in plain)
    return plain if limit is None or len(plain) <= limit else plain[: limit - 1] + "…"
