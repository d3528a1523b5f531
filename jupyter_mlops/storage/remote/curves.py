"""Points of a metric that a server gave all of: in their order, and few enough to draw."""

from __future__ import annotations

import math
from collections.abc import Sequence

from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.storage.columns import Along, Curve, Span

__all__ = ["ordered", "thinned", "within"]


def ordered(points: Sequence[Metric]) -> list[Metric]:
    """Points by time, step and value; identical ones once, and NaN after every number."""
    by_place = {(p.timestamp, p.step, math.isnan(p.value), 0.0 if math.isnan(p.value) else p.value): p for p in points}
    return [by_place[place] for place in sorted(by_place)]


def within(points: Sequence[Metric], axis: Along, span: Span) -> list[Metric]:
    """Points from one place to another."""
    return [point for point in points if span[0] <= getattr(point, axis) <= span[1]]


def thinned(points: Sequence[Metric], axis: Along, most: int) -> Curve:
    """A curve of at most about `most` points: the first and the last place, and of equal parts between the least and greatest value.

    Examples
    --------
    >>> thinned([Metric("loss", float(abs(n - 50)), n, n) for n in range(100)], "step", 8).places[:2]
    [0, 1]
    """
    chosen = sorted(points, key=lambda p: (getattr(p, axis), p.step, p.timestamp))
    if len(chosen) > most:
        parts = max(1, most // 2 - 1)
        inner, size = chosen[1:-1], math.ceil((len(chosen) - 2) / parts)
        kept = [chosen[0]]
        for start in range(0, len(inner), size):
            part = [p for p in inner[start : start + size] if math.isfinite(p.value)] or inner[start : start + 1]
            ends = {min(range(len(part)), key=lambda n: part[n].value), max(range(len(part)), key=lambda n: part[n].value)}
            kept += [part[n] for n in sorted(ends)]
        chosen = [*kept, chosen[-1]]
    return Curve([getattr(p, axis) for p in chosen], [p.value for p in chosen])
