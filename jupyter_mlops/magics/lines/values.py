"""What the values of options mean: each reader makes one of a text, or says by a `ValueError` what is expected."""

from __future__ import annotations

import re
from typing import Any

from jupyter_mlops.magics.literals import literal_or_text

__all__ = ["comma_list", "count", "duration", "pair", "pairs", "python_pair", "share", "whole_number"]

_TIME = re.compile(r"(\d+(?:\.\d+)?)([smh]?)")


def count(text: str) -> int:
    """A number of things."""
    if not text.isdecimal() or int(text) < 1:
        raise ValueError("a whole number above 0")
    return int(text)


def duration(text: str) -> float:
    """A time, in seconds.

    Examples
    --------
    >>> duration("30s"), duration("1.5m"), duration("2h")
    (30.0, 90.0, 7200.0)
    """
    found = _TIME.fullmatch(text)
    if not found or not float(found[1]):
        raise ValueError("a time such as 30s, 5m or 2h")
    return float(found[1]) * {"s": 1, "m": 60, "h": 3600}[found[2] or "s"]


def pair(text: str) -> tuple[str, str]:
    """``KEY=VALUE``."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise ValueError("KEY=VALUE")
    return key, value


def pairs(text: str) -> dict[str, str]:
    """``KEY=VALUE,KEY=VALUE``.

    Examples
    --------
    >>> pairs("team=a,stage=first try")
    {'team': 'a', 'stage': 'first try'}
    """
    return dict(map(pair, comma_list(text)))


def comma_list(text: str) -> list[str]:
    """Names between commas.

    Examples
    --------
    >>> comma_list("acc, loss")
    ['acc', 'loss']
    """
    found = [part.strip() for part in text.split(",")]
    if not all(found):
        raise ValueError("a list such as a,b")
    return found


def python_pair(text: str) -> tuple[str, Any]:
    """``KEY=VALUE`` whose value is Python's where it can be."""
    key, value = pair(text)
    return key, literal_or_text(value)


def whole_number(text: str) -> int:
    """A number such as that of a step."""
    if not re.fullmatch(r"-?\d+", text):
        raise ValueError("a whole number")
    return int(text)


def share(text: str) -> float:
    """A part of a whole.

    Examples
    --------
    >>> share("0.1"), share("10%")
    (0.1, 0.1)
    """
    found = re.fullmatch(r"(\d*\.?\d+)(%?)", text)
    value = float(found[1]) / (100 if found[2] else 1) if found else 0.0
    if not 0 < value <= 1:
        raise ValueError("a share such as 0.1 or 10%")
    return value
