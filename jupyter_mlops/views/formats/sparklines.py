"""Small lines beside numbers, as SVG that needs no script and takes the colour of the text round it."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["sparkline"]

_WIDTH, _HEIGHT, _EDGE, _MOST = 72, 18, 2, 30


def sparkline(points: Sequence[float], low: float | None = None, high: float | None = None) -> str:
    """The road of a number; empty where there are not two finite points.

    Parameters
    ----------
    points : sequence of float
    low, high : float, optional
        What stands at the bottom and the top; the least and the greatest point by default.

    Examples
    --------
    >>> sparkline([1.0]), sparkline([0.0, 1.0])[:4]
    ('', '<svg')
    """
    finite = [point for point in points if math.isfinite(point)]
    finite = finite[:: -(1 + len(finite) // _MOST)][::-1]
    if len(finite) < 2:
        return ""
    low = min(finite) if low is None else low
    span = ((max(finite) if high is None else high) - low) or 1
    across, down = (_WIDTH - 2 * _EDGE) / (len(finite) - 1), _HEIGHT - 2 * _EDGE
    places = [
        f"{_EDGE + index * across:.0f},{_EDGE + down - min(max((value - low) / span, 0), 1) * down:.1f}"
        for index, value in enumerate(finite)
    ]
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true">'
        f'<polyline points="{" ".join(places)}" fill="none" stroke="currentColor" stroke-width="1.3"/></svg>'
    )
