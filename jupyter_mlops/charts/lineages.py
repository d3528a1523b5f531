"""Lineage as a picture: causes on the left, effects on the right, the version in the middle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_mlops.charts.fields import plain
from jupyter_mlops.charts.palettes import colour
from jupyter_mlops.entities.lineages import Lineage, LineageNode

__all__ = ["lineage_figure"]

# Kind: its name in the legend, the symbol (colour alone would not do), the index of its colour.
_KINDS = {
    "dataset": ("data set", "square", 2),
    "run": ("run", "circle", 0),
    "version": ("model version", "diamond", 1),
    "use": ("use", "triangle-up", 4),
}
_ROW_PX, _LEAST_PX = 56, 220
_MOST_LABEL = 28
Place = tuple[float, float]


def lineage_figure(lineage: Lineage) -> dict[str, Any]:
    """Plotly figure of what a version comes from and what came of it.

    Parameters
    ----------
    lineage : Lineage

    Returns
    -------
    dict
        ``{"data": [...], "layout": {...}}``; ``customdata`` of a marker is its node's id.

    Examples
    --------
    >>> from jupyter_mlops.entities.lineages import LineageEdge
    >>> run, version = LineageNode("run/1", "run", "calm fox"), LineageNode("version/m/1", "version", "m v1")
    >>> figure = lineage_figure(Lineage("version/m/1", [version, run], [LineageEdge("run/1", "version/m/1")]))
    >>> [(trace["name"], trace["x"]) for trace in figure["data"]]
    [('run', [-1]), ('model version', [0])]
    """
    places = _places(lineage)
    rows = max(1, round(max((y for _, y in places.values()), default=0) - min((y for _, y in places.values()), default=0)) + 1)
    return {
        "data": [trace for kind in _KINDS if (trace := _trace(kind, lineage, places))],
        "layout": {
            "xaxis": {"visible": False, "range": _padded([x for x, _ in places.values()])},
            "yaxis": {"visible": False, "range": _padded([y for _, y in places.values()])},
            "annotations": [_arrow(places[edge.start], places[edge.end]) for edge in lineage.edges],
            "height": max(_LEAST_PX, rows * _ROW_PX + 90),
            "margin": {"l": 8, "r": 8, "t": 8, "b": 32},
            "hovermode": "closest",
            "showlegend": True,
            "legend": {"orientation": "h", "y": -0.05, "x": 0},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
        },
    }


def _places(lineage: Lineage) -> Mapping[str, Place]:
    """Where each node stands: a column for each step away from the version, causes and effects."""
    columns: dict[int, list[str]] = {}
    for node_id, depth in _depths(lineage).items():
        columns.setdefault(depth, []).append(node_id)
    return {
        node_id: (depth, (len(ids) - 1) / 2 - row) for depth, ids in columns.items() for row, node_id in enumerate(ids)
    }


def _depths(lineage: Lineage) -> dict[str, int]:
    depths = {lineage.root: 0}
    for step in (-1, 1):
        line = [lineage.root]
        for one in line:
            for edge in lineage.edges:
                here, there = (edge.start, edge.end) if step > 0 else (edge.end, edge.start)
                if here == one and there not in depths:
                    depths[there] = depths[one] + step
                    line.append(there)
    for node in lineage.nodes:  # an effect of a cause, such as a copy of the version that this one was copied from
        depths.setdefault(node.id, _beside(node.id, lineage, depths))
    return depths


def _beside(node_id: str, lineage: Lineage, depths: Mapping[str, int]) -> int:
    return next((depths[edge.start] + 1 for edge in lineage.edges if edge.end == node_id and edge.start in depths), 0)


def _trace(kind: str, lineage: Lineage, places: Mapping[str, Place]) -> dict[str, Any] | None:
    nodes = [node for node in lineage.nodes if node.kind == kind]
    if not nodes:
        return None
    name, symbol, index = _KINDS[kind]
    widths = [3 if node.id == lineage.root else 0 for node in nodes]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": name,
        "x": [places[node.id][0] for node in nodes],
        "y": [places[node.id][1] for node in nodes],
        "text": [_label(node) for node in nodes],
        "textposition": "bottom center",
        "customdata": [node.id for node in nodes],
        "hovertext": [f"{plain(node.name)}<br>{plain(node.detail)}" for node in nodes],
        "hoverinfo": "text",
        "marker": {"symbol": symbol, "size": 16, "color": colour(index)[0], "line": {"width": widths, "color": "rgba(128,128,128,0.9)"}},
        "cliponaxis": False,
    }


def _label(node: LineageNode) -> str:
    text = node.name if len(node.name) <= _MOST_LABEL else node.name[: _MOST_LABEL - 1] + "…"
    return plain(text)


def _arrow(start: Place, end: Place) -> dict[str, Any]:
    return {
        "x": end[0], "y": end[1], "ax": start[0], "ay": start[1], "xref": "x", "yref": "y", "axref": "x", "ayref": "y",
        "showarrow": True, "arrowhead": 2, "arrowsize": 1.1, "arrowwidth": 1.2, "arrowcolor": "rgba(128,128,128,0.7)", "standoff": 12,
        "startstandoff": 12, "text": "",
    }  # fmt: skip


def _padded(values: list[float]) -> list[float]:
    return [min(values, default=0) - 0.6, max(values, default=0) + 0.6]
