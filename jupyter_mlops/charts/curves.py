"""Curves of metrics over several runs: in one chart, or a small one for each metric."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from jupyter_mlops.charts.fields import plain
from jupyter_mlops.charts.palettes import MOST_LOOKS, colour
from jupyter_mlops.charts.smoothing import smoothed
from jupyter_mlops.storage.columns import Curve

__all__ = ["Axis", "Look", "Series", "curves_figure", "points_for"]

Axis = Literal["step", "relative", "time"]
_MOST_POINTS = 2000  # of one run: twice the pixels of a chart, so that each can show a least and a greatest value
_MOST_IN_ALL = 200_000  # of all runs: some 5 MB of JSON, which a page still draws at once
_TITLES = {"step": "step", "relative": "seconds since start", "time": "time"}
_HEIGHT_PX, _ROW_PX = 320, 230
_FAINT = 0.28
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


class Series(NamedTuple):
    """One run's points: by step, or by time for the other axes; `detail` is shown with them, as Plotly's HTML."""

    run_id: str
    name: str
    start_time: int
    curve: Curve
    detail: str = ""


class Look(NamedTuple):
    """How curves are drawn.

    Attributes
    ----------
    x : {"step", "relative", "time"}
        The step, seconds since the run's start, or the time (UTC).
    x_title : str
        Another name for it: that of a metric whose values stand in place of steps.
    log : {"", "x", "y", "xy"}
        Which axes are logarithmic.
    smoothing : float, 0 <= smoothing < 1
        Weight of the moving average; the line as it was logged stays, faint.
    together : bool
        Several metrics in one chart instead of one each.
    """

    x: Axis = "step"
    x_title: str = ""
    log: str = ""
    smoothing: float = 0.0
    together: bool = False


_PLAIN = Look()


def curves_figure(metrics: Mapping[str, Sequence[Series]], look: Look = _PLAIN) -> dict[str, Any]:
    """Plotly figure of metrics: a line a run, of the same colour in each chart, markers where a run has a single point.

    Parameters
    ----------
    metrics : mapping of str to sequence of Series
        By name of the metric.
    look : Look

    Returns
    -------
    dict
        ``{"data": [...], "layout": {...}}``, JSON without NaN. ``trace.meta`` says ``run_id`` and ``metric``.

    Examples
    --------
    >>> figure = curves_figure({"loss": [Series("a" * 32, "calm fox", 0, Curve([1], [0.5]))]})
    >>> figure["data"][0]["x"], figure["data"][0]["y"], figure["data"][0]["mode"]
    ([1], [0.5], 'markers')
    """
    runs = list(dict.fromkeys(one.run_id for series in metrics.values() for one in series))
    data: list[dict[str, Any]] = []
    for place, (key, series) in enumerate(metrics.items()):
        for one in series:
            index = place if look.together and len(runs) == 1 else runs.index(one.run_id)
            data += _lines(one, key, look, _paint(index, place, look, len(runs)), "" if look.together or not place else str(place + 1))
    keys = list(metrics)
    if look.together and len(keys) > 1:
        data += [_legend(key, place, len(runs) == 1) for place, key in enumerate(keys)]
    return {"data": data, "layout": _shared(look, keys) | (_one(look, keys) if look.together or len(keys) < 2 else _many(look, keys))}


def points_for(curves: int) -> int:
    """How many points each of so many curves may have in one figure.

    Examples
    --------
    >>> points_for(1), points_for(1000)
    (2000, 200)
    """
    return max(40, min(_MOST_POINTS, _MOST_IN_ALL // max(curves, 1)))


def _paint(index: int, place: int, look: Look, runs: int) -> dict[str, Any]:
    paint, dash = colour(index)
    if look.together:
        return {"color": paint, "dash": _DASHES[place % len(_DASHES)], "width": 2}
    return {"color": paint, "dash": dash, "width": 2} if runs <= MOST_LOOKS else {"color": paint, "dash": "solid", "width": 1}


def _lines(series: Series, key: str, look: Look, paint: dict[str, Any], axis: str) -> list[dict[str, Any]]:
    """The line of a run; when it is smoothed with the one that was logged behind it."""
    places, values = series.curve
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines" if len(places) > 1 else "markers",
        "name": plain(series.name),
        "showlegend": False,
        "meta": {"run_id": series.run_id, "metric": key, "detail": series.detail},
        "x": [(place - series.start_time) / 1000 for place in places] if look.x == "relative" else places,
        "y": _drawn(values),
        "line": paint,
        "marker": {"color": paint["color"], "size": 8},
        "hovertemplate": _template(key, look),
        **({"xaxis": f"x{axis}", "yaxis": f"y{axis}"} if axis else {}),
    }
    if not look.smoothing or len(places) < 2:
        return [trace]
    meta = {**trace["meta"], "raw": True}
    raw = {**trace, "meta": meta, "opacity": _FAINT, "line": {**paint, "width": 1}, "hoverinfo": "skip", "hovertemplate": None}
    return [raw, {**trace, "y": _drawn(smoothed(values, look.smoothing))}]


def _drawn(values: Sequence[float]) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values]


def _template(key: str, look: Look) -> str:
    safe = plain(key).replace("{", "(").replace("}", ")")
    across = plain(look.x_title).replace("{", "(").replace("}", ")") or _TITLES[look.x]
    return f"<b>%{{fullData.name}}</b><br>{safe} %{{y:.6g}}<br>{across} %{{x}}<br>%{{meta.detail}}<extra></extra>"


def _legend(key: str, place: int, by_colour: bool) -> dict[str, Any]:
    """A line that says which metric a dash stands for, or a colour where there is one run."""
    paint = {"color": colour(place)[0]} if by_colour else {}
    line = {"dash": _DASHES[place % len(_DASHES)], "width": 2, **(paint or {"color": "rgba(128,128,128,1)"})}
    return {"type": "scatter", "mode": "lines", "name": plain(key), "x": [None], "y": [None], "line": line, "hoverinfo": "skip"}


def _shared(look: Look, keys: Sequence[str]) -> dict[str, Any]:
    return {
        "margin": {"l": 48, "r": 16, "t": 16, "b": 40},
        "hovermode": "closest",
        "showlegend": look.together and len(keys) > 1,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "uirevision": f"{look.x} {look.x_title} {look.log}",  # what was zoomed into stays when its points come
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
    }


def _x_axis(look: Look, is_titled: bool = True) -> dict[str, Any]:
    title = plain(look.x_title) or _TITLES[look.x]
    kind = "date" if look.x == "time" and not look.x_title else "log" if "x" in look.log else "linear"
    return {"title": {"text": title if is_titled else ""}, "automargin": True, "type": kind}


def _y_axis(look: Look, title: str) -> dict[str, Any]:
    return {"title": {"text": title}, "automargin": True, "type": "log" if "y" in look.log else "linear"}


def _one(look: Look, keys: Sequence[str]) -> dict[str, Any]:
    return {
        "xaxis": _x_axis(look),
        "yaxis": _y_axis(look, plain(keys[0]) if len(keys) == 1 else ""),
        "height": _HEIGHT_PX,
    }


def _many(look: Look, keys: Sequence[str]) -> dict[str, Any]:
    """Two small charts beside each other, all with the same x axis."""
    rows = math.ceil(len(keys) / 2)
    layout: dict[str, Any] = {"height": rows * _ROW_PX + 60, "margin": {"l": 48, "r": 16, "t": 28, "b": 40}, "annotations": []}
    gap = 0.3 / rows if rows > 1 else 0.0
    tall = (1 - gap * (rows - 1)) / rows
    for place, key in enumerate(keys):
        row, column = divmod(place, 2)
        number = "" if place == 0 else str(place + 1)
        across = [0.0, 0.46] if column == 0 else [0.54, 1.0]
        top = round(1 - row * (tall + gap), 4)
        up = [round(max(0.0, top - tall), 4), round(top - 0.06 * tall, 4)]
        is_last = place + 2 >= len(keys)
        layout[f"xaxis{number}"] = {
            **_x_axis(look, is_last), "domain": across, "anchor": f"y{number}", **({"matches": "x"} if place else {}),
        }  # fmt: skip
        layout[f"yaxis{number}"] = {**_y_axis(look, ""), "domain": up, "anchor": f"x{number}"}
        layout["annotations"].append(_heading(plain(key), across[0], top))
    return layout


def _heading(text: str, x: float, y: float) -> dict[str, Any]:
    place = {"x": x, "y": y, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return {"text": f"<b>{text}</b>", "showarrow": False, "font": {"size": 12}, **place}
