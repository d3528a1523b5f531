"""The charts of a comparison's open tab, as figures that a report holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from jupyter_mlops.charts.palettes import colour
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.run_tables import RunQuery
from jupyter_mlops.views.calls import call_named
from jupyter_mlops.views.charts.curves import chart_curves
from jupyter_mlops.views.charts.groups import chart_groups
from jupyter_mlops.views.charts.importances import chart_importances
from jupyter_mlops.views.charts.parallels import chart_parallel
from jupyter_mlops.views.charts.scatters import chart_scatter
from jupyter_mlops.views.comparisons.view_states import ViewState
from jupyter_mlops.views.reports.tables import label_of

__all__ = ["Drawing", "report_chart", "still_of"]

_MOST_CURVES, _MOST_IN_LEGEND = 100, 24  # of more, no colour is found again
_VIEWS: dict[str, Callable[..., Any]] = {
    "curves": chart_curves, "system": chart_curves, "scatter": chart_scatter, "groups": chart_groups, "importance": chart_importances,
    "parallel": chart_parallel,
}  # fmt: skip
_ASKED = {
    "curves": ("keys", "x", "x_key", "smoothing", "together"), "system": ("keys", "x", "smoothing", "together"),
    "scatter": ("x", "y", "color", "size"), "groups": ("by", "metric", "shape"), "importance": ("metric",), "parallel": ("columns", "color"),
}  # fmt: skip


class Drawing(msgspec.Struct, frozen=True):
    """A chart: what it is, Plotly's figure, and the same as it can be drawn without scripts."""

    title: str
    figure: dict[str, Any]
    still: dict[str, Any]


def report_chart(store: TrackingStore, query: RunQuery, state: ViewState, total: int) -> Drawing | None:
    """The chart of the open tab, or the curves where that has none; None where there is nothing to draw."""
    for tab in dict.fromkeys([state.charts.tab if state.charts.tab in _VIEWS else "curves", "curves"]):
        found = call_named(_VIEWS, "chart", tab, {"query": msgspec.to_builtins(query), **_choices(tab, state, total)}, store)
        if (figure := found["figure"])["data"]:
            return Drawing(_title(tab, found), figure, still_of(figure))
    return None


def _choices(tab: str, state: ViewState, total: int) -> dict[str, Any]:
    options = state.charts.options.get(tab, {})
    asked = {name: options[name] for name in _ASKED[tab] if options.get(name) is not None}
    if tab in ("curves", "system", "scatter"):
        asked["log"] = "".join(axis for axis in "xy" if options.get(f"log_{axis}") is True)
    if tab == "system":
        asked = {"x": "relative", **asked, "system": True}
    if tab in ("curves", "system") and total > _MOST_CURVES and state.selection:
        asked["runs"] = state.selection[:_MOST_CURVES]
    return asked


def _title(tab: str, found: Mapping[str, Any]) -> str:
    chosen = found["chosen"]
    if tab in ("curves", "system"):
        over = {"relative": "seconds since the start", "time": "time", "metric": chosen.get("x_key")}.get(str(chosen["x"]), "step")
        return f"{', '.join(chosen['keys'])} by {over}"
    names = {name: label_of(one) for name, one in chosen.items() if isinstance(one, str)}
    if tab == "scatter":
        return f"{names.get('y', 'runs')} by {names.get('x', 'run')}"
    if tab == "groups":
        return f"{names.get('metric', 'runs')} by {names.get('by', 'group')}"
    if tab == "importance":
        return f"What {names.get('metric', 'the metric')} depends on"
    axes = [(one["label"], *one["range"]) for one in found["figure"]["data"][0]["dimensions"] if "tickvals" not in one]
    return "Parallel coordinates" + "".join(f"{', ' if place else ': '}{name} {low:.3g} to {high:.3g}" for place, (name, low, high) in enumerate(axes))


def still_of(figure: Mapping[str, Any]) -> dict[str, Any]:
    """A figure whose legend is its own, and parallel coordinates as lines, which pictures can show."""
    if any(trace.get("type") == "parcoords" for trace in figure["data"]):
        lines = [line for trace in figure["data"] for line in _lines(trace)]
        return {"data": lines, "layout": {"showlegend": False, "yaxis": {"visible": False, "range": [-0.03, 1.03]}, "xaxis": {"type": "category"}}}
    first = {trace.get("name"): place for place, trace in reversed(list(enumerate(figure["data"])))}
    data = [{**trace, "showlegend": first[trace.get("name")] == place} for place, trace in enumerate(figure["data"])]
    return {"data": data, "layout": {**figure["layout"], "showlegend": 1 < len([name for name in first if name]) <= _MOST_IN_LEGEND}}


def _lines(trace: Mapping[str, Any]) -> list[dict[str, Any]]:
    axes: Sequence[Mapping[str, Any]] = trace["dimensions"]
    ends = [one["range"] for one in axes]
    heads = [one["label"] for one in axes]
    rows = zip(*(_shares(one["values"], *end) for one, end in zip(axes, ends, strict=True)), strict=True)
    return [
        {"x": heads, "y": list(row), "mode": "lines", "line": {"color": _paint(trace["line"], place), "width": 1}, "opacity": 0.7}
        for place, row in enumerate(rows)
    ]


def _shares(values: Sequence[float], low: float, high: float) -> list[float]:
    return [(value - low) / (high - low) for value in values]


def _paint(line: Mapping[str, Any], place: int) -> str:
    paint = line["color"]
    if isinstance(paint, str):
        return paint
    share = (paint[place] - line["cmin"]) / (line["cmax"] - line["cmin"])
    stops = line["colorscale"]
    return str(min(stops, key=lambda stop: abs(stop[0] - share))[1]) if stops else colour(0)[0]
