"""Figures of one evaluation: how well classes are told apart, how far probabilities and numbers can be believed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.charts.fields import plain
from jupyter_mlops.charts.matrices import Matrix, matrices_figure
from jupyter_mlops.charts.palettes import colour

__all__ = ["evaluation_figures"]

_HEIGHT_PX = 340
_QUIET = "#888888"


def evaluation_figures(report: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Plotly figures of a report, by name and in the order in which they are shown.

    Parameters
    ----------
    report : mapping
        What `report_of` makes.

    Returns
    -------
    dict of str to dict
        Of a classifier ``matrix``, ``roc``, ``precision_recall``, ``calibration``, of a regressor ``predictions``, ``errors``; those
        that the report has no numbers for are left out.

    Examples
    --------
    >>> figures = evaluation_figures({"points": {"y": [1.0, 2.0], "prediction": [1.5, 2.0]}})
    >>> list(figures), figures["predictions"]["data"][0]["x"]
    (['predictions'], [1.0, 2.0])
    """
    figures: dict[str, dict[str, Any]] = {}
    if report.get("matrix"):
        figures["matrix"] = matrices_figure([Matrix("", report["labels"], report["matrix"])])
        figures["matrix"]["layout"] |= {"annotations": [], "height": _HEIGHT_PX}
    if curves := report.get("curves"):
        figures["roc"] = _roc(curves)
        figures["precision_recall"] = _precision_recall(curves)
    if report.get("calibration"):
        figures["calibration"] = _calibration(report["calibration"])
    if report.get("points"):
        figures["predictions"] = _predictions(report["points"])
    if report.get("errors"):
        figures["errors"] = _errors(report["errors"])
    return figures


def _figure(data: list[dict[str, Any]], x: str, y: str, *, unit: bool = True, legend: bool = False) -> dict[str, Any]:
    bounds = {"range": [-0.02, 1.02]} if unit else {}
    layout = {
        "height": _HEIGHT_PX, "margin": {"t": 28}, "showlegend": legend,
        "xaxis": {"title": {"text": x}, **bounds}, "yaxis": {"title": {"text": y}, **bounds},
    }  # fmt: skip
    return {"data": data, "layout": layout}


def _line(name: str, points: list[list[float]], index: int, shape: str = "linear") -> dict[str, Any]:
    paint, dash = colour(index)
    return {
        "type": "scatter", "mode": "lines", "name": plain(name), "x": points[0], "y": points[1],
        "line": {"color": paint, "dash": dash, "width": 2, "shape": shape},
    }  # fmt: skip


def _guide(points: list[list[float]], name: str) -> dict[str, Any]:
    """A line to compare with."""
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": points[0], "y": points[1], "hoverinfo": "skip", "showlegend": False,
        "line": {"color": _QUIET, "dash": "dot", "width": 1},
    }  # fmt: skip


def _roc(curves: list[dict[str, Any]]) -> dict[str, Any]:
    lines = [_line(f"{one['label']} · {one['roc_auc']:.3f}", one["roc"], index) for index, one in enumerate(curves)]
    return _figure([_guide([[0, 1], [0, 1]], "by chance"), *lines], "false positive rate", "true positive rate", legend=True)


def _precision_recall(curves: list[dict[str, Any]]) -> dict[str, Any]:
    lines = [
        _line(f"{one['label']} · {one['precision_recall_auc']:.3f}", one["precision_recall"], index, "vh") for index, one in enumerate(curves)
    ]
    guides = [_guide([[0, 1], [curves[0]["share"]] * 2], "by chance")] if len(curves) == 1 else []
    return _figure([*guides, *lines], "recall", "precision", legend=True)


def _calibration(bins: list[dict[str, float]]) -> dict[str, Any]:
    paint, _ = colour(0)
    most = max(one["rows"] for one in bins) or 1
    dots = {
        "type": "scatter", "mode": "lines+markers", "name": "seen", "cliponaxis": False, "line": {"color": paint, "width": 2},
        "x": [one["said"] for one in bins], "y": [one["seen"] for one in bins],
        "marker": {"color": paint, "size": [6 + 10 * (one["rows"] / most) ** 0.5 for one in bins]},
        "text": [f"{one['rows']:g} rows" for one in bins], "hovertemplate": "said %{x:.2f}, seen %{y:.2f}<br>%{text}<extra></extra>",
    }  # fmt: skip
    return _figure([_guide([[0, 1], [0, 1]], "as said"), dots], "probability that was said", "share that was so")


def _predictions(points: Mapping[str, list[float]]) -> dict[str, Any]:
    paint, _ = colour(0)
    there = [value for axis in ("y", "prediction") for value in points[axis] if isinstance(value, (int, float))]
    ends = [min(there, default=0), max(there, default=1)]
    dots = {
        "type": "scatter", "mode": "markers", "name": "rows", "x": points["y"], "y": points["prediction"],
        "marker": {"color": paint, "size": 6, "opacity": 0.6}, "hovertemplate": "right %{x:.4g}<br>predicted %{y:.4g}<extra></extra>",
    }  # fmt: skip
    return _figure([dots, _guide([ends, ends], "exact")], "right", "predicted", unit=False)


def _errors(errors: Mapping[str, list[float]]) -> dict[str, Any]:
    paint, _ = colour(0)
    parts = list(itertools.pairwise(errors["edges"]))
    bars = {
        "type": "bar", "name": "rows", "x": [(low + high) / 2 for low, high in parts], "y": errors["heights"],
        "width": [high - low for low, high in parts], "marker": {"color": paint},
        "hovertemplate": "error %{x:.4g}<br>%{y:g} rows<extra></extra>",
    }  # fmt: skip
    return _figure([bars], "predicted minus right", "rows", unit=False)
