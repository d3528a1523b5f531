"""Figures of what a served model is asked: requests and how long they took, over time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jupyter_mlops.charts.palettes import colour

__all__ = ["monitoring_figures"]

_HEIGHT_PX = 260
_FAILED = "#D55E00"


def monitoring_figures(report: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Plotly figures of a report, by name: ``volume`` and ``latency``.

    Parameters
    ----------
    report : mapping
        What `monitoring_report` makes.

    Examples
    --------
    >>> latency = {"p50": 1.0, "p95": 2.0, "p99": 3.0}
    >>> figures = monitoring_figures({"width": 60_000, "spans": [{"time": 0, "requests": 5, "errors": 1, "latency": latency}]})
    >>> [trace["y"] for trace in figures["volume"]["data"]], [trace["name"] for trace in figures["latency"]["data"]]
    ([[5], [1]], ['p50', 'p95', 'p99'])
    >>> figures["latency"]["layout"]["xaxis"]["range"]
    ['1969-12-31T23:59:56', '1970-01-01T00:01:04']
    """
    spans, width = report["spans"], report["width"]
    first, last = spans[0]["time"], spans[-1]["time"] + width  # told to the axis: of one span it would show years
    ends = [_moment(first - (last - first) / 15), _moment(last + (last - first) / 15)]
    times = [_moment(span["time"] + width / 2) for span in spans]
    bars = {"type": "bar", "x": times, "width": [width] * len(spans)}
    volume = [
        {**bars, "name": name, "y": [span[key] for span in spans], "marker": {"color": paint}}
        for name, key, paint in (("requests", "requests", colour(0)[0]), ("failed", "errors", _FAILED))
    ]
    lines = [
        {
            "type": "scatter", "mode": "lines+markers", "name": name, "x": times, "y": [span["latency"] and span["latency"][name] for span in spans],
            "line": {"color": colour(index)[0], "dash": colour(index)[1], "width": 2}, "marker": {"color": colour(index)[0], "size": 5},
        }
        for index, name in enumerate(("p50", "p95", "p99"))
    ]  # fmt: skip
    return {"volume": _figure(volume, ends, "requests", barmode="overlay"), "latency": _figure(lines, ends, "ms", rangemode="tozero")}


def _moment(milliseconds: float) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).replace(tzinfo=None).isoformat()


def _figure(data: list[dict[str, Any]], ends: list[str], unit: str, barmode: str | None = None, rangemode: str = "normal") -> dict[str, Any]:
    layout = {
        "height": _HEIGHT_PX, "margin": {"t": 28}, "showlegend": True, "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "xaxis": {"type": "date", "range": ends, "title": {"text": "UTC"}},
        "yaxis": {"title": {"text": unit}, "rangemode": rangemode}, **({"barmode": barmode} if barmode else {}),
    }  # fmt: skip
    return {"data": data, "layout": layout}
