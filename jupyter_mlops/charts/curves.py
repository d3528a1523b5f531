"""Curves of one metric over several runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from jupyter_mlops.charts.palettes import colour
from jupyter_mlops.storage.columns import Curve

__all__ = ["Axis", "Series", "metric_curves", "points_for"]

Axis = Literal["step", "relative", "time"]
_MOST_POINTS = 2000  # of one run: twice the pixels of a chart, so that each can show a least and a greatest value
_MOST_IN_ALL = 200_000  # of all runs: some 5 MB of JSON, which a page still draws at once
_TITLES = {"step": "step", "relative": "seconds since start", "time": "time"}


class Series(NamedTuple):
    """One run's points: by step, or by time for the other axes."""

    run_id: str
    name: str
    start_time: int
    curve: Curve


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

    Examples
    --------
    >>> figure = metric_curves("loss", [Series("a" * 32, "calm fox", 0, Curve([1], [0.5]))])
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


def points_for(runs: int) -> int:
    """How many points each of so many runs may have in one figure.

    Examples
    --------
    >>> points_for(1), points_for(1000)
    (2000, 200)
    """
    return min(_MOST_POINTS, _MOST_IN_ALL // max(runs, 1))


def _trace(index: int, series: Series, key: str, x: Axis) -> dict[str, Any]:
    places, values = series.curve
    paint, dash = colour(index)
    return {
        "type": "scatter",
        "mode": "lines" if len(places) > 1 else "markers",
        "name": series.name,
        "meta": {"run_id": series.run_id},
        "x": [(place - series.start_time) / 1000 for place in places] if x == "relative" else places,
        "y": [value if math.isfinite(value) else None for value in values],
        "line": {"color": paint, "dash": dash, "width": 2},
        "marker": {"color": paint, "size": 8},
        "hovertemplate": f"%{{y:.6g}}<br>{_TITLES[x]} %{{x}}<extra>%{{fullData.name}}</extra>",
    }
