"""Curves of one metric over several runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from jupyter_mlops.charts.palettes import colour
from jupyter_mlops.entities.metrics import Metric

__all__ = ["Axis", "Series", "metric_curves", "thinned"]

Axis = Literal["step", "relative", "time"]
_MOST_POINTS = 2000
_TITLES = {"step": "step", "relative": "seconds since start", "time": "time"}


class Series(NamedTuple):
    """Points of one run, by step and time."""

    run_id: str
    name: str
    start_time: int
    points: Sequence[Metric]


def metric_curves(key: str, series: Sequence[Series], x: Axis = "step") -> dict[str, Any]:
    """Plotly figure of one metric: a line a run, markers where a run has a single point.

    Parameters
    ----------
    key : str
        Name of the metric.
    series : sequence of Series
    x : {"step", "relative", "time"}, default "step"
        What the x axis shows: the step, seconds since the run's start, or the time (UTC).

    Returns
    -------
    dict
        ``{"data": [...], "layout": {...}}``, JSON without NaN. ``trace.meta.run_id`` names the run.

    Notes
    -----
    At most 2,000 points a run: the least and the greatest of each stretch stay.

    Examples
    --------
    >>> figure = metric_curves("loss", [Series("a" * 32, "calm fox", 0, [Metric("loss", 0.5, 1000, 1)])])
    >>> figure["data"][0]["x"], figure["data"][0]["y"], figure["data"][0]["mode"]
    ([1], [0.5], 'markers')
    """
    return {
        "data": [_trace(index, one, key, x) for index, one in enumerate(series)],
        "layout": {
            "xaxis": {"title": {"text": _TITLES[x]}, "automargin": True, "type": "date" if x == "time" else "linear"},
            "yaxis": {"title": {"text": key}, "automargin": True},
            "margin": {"l": 48, "r": 16, "t": 16, "b": 40},
            "hovermode": "closest",
            "showlegend": len(series) <= 20,
            "legend": {"orientation": "h", "y": -0.25, "x": 0},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
        },
    }


def _trace(index: int, series: Series, key: str, x: Axis) -> dict[str, Any]:
    points = thinned(series.points, _MOST_POINTS)
    paint, dash = colour(index)
    return {
        "type": "scatter",
        "mode": "lines" if len(points) > 1 else "markers",
        "name": series.name,
        "meta": {"run_id": series.run_id},
        "x": [_place(point, series.start_time, x) for point in points],
        "y": [point.value if math.isfinite(point.value) else None for point in points],
        "line": {"color": paint, "dash": dash, "width": 2},
        "marker": {"color": paint, "size": 8},
        "hovertemplate": f"%{{y:.6g}}<br>{_TITLES[x]} %{{x}}<extra>%{{fullData.name}}</extra>",
    }


def _place(point: Metric, start_time: int, x: Axis) -> int | float:
    if x == "step":
        return point.step
    return point.timestamp if x == "time" else (point.timestamp - start_time) / 1000


def thinned(points: Sequence[Metric], most: int) -> Sequence[Metric]:
    """At most `most` of the points: first and last, and of each stretch between the least and the greatest.

    Examples
    --------
    >>> points = [Metric("m", float(n == 500), n, n) for n in range(1000)]
    >>> few = thinned(points, 20)
    >>> len(few) <= 20, max(point.value for point in few)
    (True, 1.0)
    """
    if len(points) <= most:
        return points
    stretch = math.ceil((len(points) - 2) / ((most - 2) // 2))
    kept = [points[0]]
    for begin in range(1, len(points) - 1, stretch):
        part = points[begin : min(begin + stretch, len(points) - 1)]
        ends = {
            min(part, key=_finite).step: min(part, key=_finite),
            max(part, key=_finite).step: max(part, key=_finite),
        }
        kept += sorted(ends.values(), key=lambda point: (point.step, point.timestamp))
    return [*kept, points[-1]]


def _finite(point: Metric) -> float:
    return point.value if math.isfinite(point.value) else 0.0
