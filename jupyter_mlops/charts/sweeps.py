"""The history of a sweep: the score of every trial, and the best so far."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from jupyter_mlops.charts.fields import plain
from jupyter_mlops.charts.palettes import colour

__all__ = ["Point", "history_figure"]

_KINDS = {"FINISHED": ("finished", "circle", 0), "PRUNED": ("pruned", "x", 3), "RUNNING": ("running", "circle-open", 5)}


class Point(NamedTuple):
    """One trial: its number, score, status, run, and a line that says where it is."""

    number: int
    value: float
    status: str
    run_id: str
    detail: str


def history_figure(points: Sequence[Point], metric: str, maximize: bool) -> dict[str, Any]:
    """Plotly figure of a sweep's trials in their order, with a line of the best so far.

    Parameters
    ----------
    points : sequence of Point
        Those that are not finite or FAILED are left out.
    metric : str
    maximize : bool

    Returns
    -------
    dict
        ``{"data": [...], "layout": {...}}``; ``customdata`` of a marker is its run.

    Examples
    --------
    >>> found = [Point(0, 0.5, "FINISHED", "a", "depth=2"), Point(1, 0.25, "PRUNED", "b", "depth=3"), Point(2, 0.75, "FINISHED", "c", "depth=4")]
    >>> [(trace["name"], trace["x"], trace["y"]) for trace in history_figure(found, "acc", True)["data"]]
    [('best so far', [0, 2], [0.5, 0.75]), ('finished', [0, 2], [0.5, 0.75]), ('pruned', [1], [0.25])]
    """
    shown = [point for point in points if math.isfinite(point.value) and point.status in _KINDS]
    finished = sorted((point for point in shown if point.status == "FINISHED"), key=lambda point: point.number)
    better: Callable[[float, float], float] = max if maximize else min
    best = list(itertools.accumulate((point.value for point in finished), better))
    line = {
        "type": "scatter", "mode": "lines", "name": "best so far", "x": [point.number for point in finished], "y": best,
        "line": {"color": colour(2)[0], "width": 2, "shape": "hv"}, "hoverinfo": "skip",
    }  # fmt: skip
    kinds = [_markers(status, [point for point in shown if point.status == status]) for status in _KINDS]
    return {
        "data": [line, *(one for one in kinds if one["x"])] if finished else [one for one in kinds if one["x"]],
        "layout": {
            "xaxis": {"title": {"text": "trial"}, "automargin": True},
            "yaxis": {"title": {"text": plain(metric)}, "automargin": True},
            "margin": {"l": 48, "r": 16, "t": 8, "b": 40},
            "hovermode": "closest",
            "showlegend": True,
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
        },
    }


def _markers(status: str, points: Sequence[Point]) -> dict[str, Any]:
    name, symbol, index = _KINDS[status]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [point.number for point in points],
        "y": [point.value for point in points],
        "customdata": [point.run_id for point in points],
        "hovertext": [plain(point.detail) for point in points],
        "hovertemplate": "trial %{x}: %{y:.6g}<br>%{hovertext}<extra></extra>",
        "marker": {"color": colour(index)[0], "symbol": symbol, "size": 8},
    }
