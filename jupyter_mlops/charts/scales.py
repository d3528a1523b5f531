"""Scales of still pictures: where on an axis a value stands, and which values are written beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

__all__ = ["Fit", "Scale", "Tick", "scale_of"]

Tick = tuple[float, str]
Fit = Literal["points", "bars", "cells"]
_MINUTE, _DAY = 60_000.0, 86_400_000.0
_TIME_STEPS = (1e3, 5e3, 15e3, 3e4, *(_MINUTE * n for n in (1, 5, 15, 30, 60, 180, 360, 720)), *(_DAY * n for n in (1, 2, 7, 14, 30, 90, 365)))  # fmt: skip
_MOST_LABEL = 18
_MOST = 1e300  # beyond it, differences have no finite number


class Scale(msgspec.Struct, frozen=True):
    """One axis: its kind, its ends in the axis' own numbers, the names of a category axis, and whether only whole numbers stand on it."""

    kind: str
    low: float
    high: float
    names: tuple[str, ...] = ()
    is_whole: bool = False

    def share(self, value: Any) -> float | None:
        """Where `value` stands between the ends, 0 to 1; None when it has no place on the axis."""
        number = self.number(value)
        return None if number is None else (number - self.low) / (self.high - self.low)

    def number(self, value: Any) -> float | None:
        """The value in the axis' own numbers: its logarithm, milliseconds, the index of its name."""
        return _number(value, self.kind, self.names)

    def share_of_one(self, values: Sequence[Any]) -> float:
        """How much of the axis one of evenly spaced values takes."""
        numbers = [number for value in values if (number := self.number(value)) is not None]
        return _pitch(numbers) / abs(self.high - self.low)

    def ticks(self, count: int) -> list[Tick]:
        """About `count` shares with what is written there."""
        found = _TICKS[self.kind](self, max(count, 2))
        places = [((value - self.low) / (self.high - self.low), label) for value, label in found]
        return [(share, label) for share, label in places if -1e-6 <= share <= 1 + 1e-6]


def scale_of(axis: Mapping[str, Any], values: Iterable[Any], fit: Fit = "points") -> Scale:
    """The scale of an axis of a Plotly figure, by its ``type`` and ``range`` or by the values on it.

    Parameters
    ----------
    fit : {"points", "bars", "cells"}
        What has to have room: points with a little air, bars from zero on, evenly spaced cells up to their edges.

    Examples
    --------
    >>> scale_of({}, [1, 3]).share(2)
    0.5
    >>> scale_of({"type": "log"}, [0.001, 1]).ticks(4)[0][1]
    '0.001'
    """
    values = list(values)
    kind = _kind(axis, values)
    ordered = [value for value in axis.get("categoryarray") or () if value in values]
    names = tuple(dict.fromkeys(str(value) for value in (*ordered, *values) if value is not None)) if kind == "category" else ()
    low, high = _ends(axis, [number for value in values if (number := _number(value, kind, names)) is not None], kind, fit)
    if axis.get("autorange") == "reversed":
        low, high = high, low
    is_whole = bool(values) and all(isinstance(value, int) for value in values if value is not None)
    return Scale(kind, low, high, names, is_whole)


def _kind(axis: Mapping[str, Any], values: Sequence[Any]) -> str:
    given = axis.get("type")
    if given in ("linear", "log", "date", "category"):
        return str(given)
    return "category" if any(isinstance(value, (str, bool)) for value in values) else "linear"


def _number(value: Any, kind: str, names: Sequence[str]) -> float | None:
    if value is None:
        return None
    if kind == "category":
        return float(names.index(str(value))) if str(value) in names else None
    try:
        number = _milliseconds(value) if kind == "date" else float(value)
        found = math.log10(number) if kind == "log" else number
    except (TypeError, ValueError):
        return None
    return found if abs(found) < _MOST else None  # neither NaN


def _milliseconds(value: Any) -> float:
    if isinstance(value, str):
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000
    return float(value)


def _ends(axis: Mapping[str, Any], numbers: Sequence[float], kind: str, fit: Fit) -> tuple[float, float]:
    given = axis.get("range")
    if isinstance(given, (list, tuple)) and len(given) == 2:
        ends = [_number(value, "linear" if kind in ("log", "category") else kind, ()) for value in given]
        if ends[0] is not None and ends[1] is not None and ends[0] != ends[1]:
            return ends[0], ends[1]
    if kind == "category":
        return -0.5, max(numbers, default=0.0) + 0.5
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    if fit == "cells":
        return low - _pitch(numbers) / 2, high + _pitch(numbers) / 2
    pad = (high - low) * 0.05 or abs(high) * 0.05 or 0.5
    if fit == "bars" and kind == "linear" and (low or high):
        return min(low - pad, 0.0) if low < 0 else 0.0, max(high + pad, 0.0) if high > 0 else 0.0
    return low - pad, high + pad


def _pitch(numbers: Sequence[float]) -> float:
    return (max(numbers) - min(numbers)) / max(len(set(numbers)) - 1, 1) or 1.0 if numbers else 1.0


def _linear(scale: Scale, count: int) -> list[tuple[float, str]]:
    low, high = sorted((scale.low, scale.high))
    step = _round_step((high - low) / count)
    if scale.is_whole:  # no epoch 2.5
        step = max(step, 1.0)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    values = [index * step for index in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
    return [(value, _text(value, digits)) for value in values]


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.7)


def _text(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    return f"{value:.4g}" if abs(value) >= 1e6 or digits > 4 else f"{value:.{digits}f}"


def _log(scale: Scale, count: int) -> list[tuple[float, str]]:
    low, high = sorted((scale.low, scale.high))
    powers = range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)
    if len(powers) < 2:
        tens = range(math.floor(low), math.ceil(high) + 1)
        return [(math.log10(factor) + power, f"{factor * 10.0**power:.4g}") for power in tens for factor in (1, 2, 5)]
    every = math.ceil(len(powers) / count)
    return [(float(power), f"{10.0**power:g}") for power in powers[::every]]


def _date(scale: Scale, count: int) -> list[tuple[float, str]]:
    low, high = sorted((scale.low, scale.high))
    step = next((one for one in _TIME_STEPS if (high - low) / one <= count), _TIME_STEPS[-1])
    form = "%H:%M:%S" if step < _MINUTE else "%H:%M" if step < _DAY else "%Y-%m-%d"
    values = [index * step for index in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return [(value, datetime.fromtimestamp(value / 1000, UTC).strftime(form)) for value in values]


def _category(scale: Scale, count: int) -> list[tuple[float, str]]:
    every = math.ceil(len(scale.names) / max(count, 1)) or 1
    return [(float(index), _shortened(name)) for index, name in enumerate(scale.names)][::every]


def _shortened(name: str) -> str:
    return name if len(name) <= _MOST_LABEL else name[: _MOST_LABEL - 1] + "…"


_TICKS = {"linear": _linear, "log": _log, "date": _date, "category": _category}
