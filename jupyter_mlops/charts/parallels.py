"""Parallel coordinates: an axis a param or metric, a line a run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from jupyter_mlops.charts.fields import Field, RunNames, numbers_of, order_of, plain
from jupyter_mlops.charts.palettes import SCALE, colour

__all__ = ["parallel_figure"]

_DECADES = 2.5  # an axis whose positive numbers span more is drawn by their logarithm
_NONE = "none"
_LONGEST = 18
_UNLIKE = "\u200b"  # plotly.js takes ticks of the same text for one


def parallel_figure(runs: RunNames, fields: Sequence[Field], by: Field | None = None) -> dict[str, Any]:
    """Plotly figure of runs as lines over several axes; what is brushed on an axis selects runs.

    Parameters
    ----------
    runs : RunNames
    fields : sequence of Field
        One axis each, left to right. Texts stand in order; numbers over several decades by their logarithm; what a run lacks is
        below the axis, called "none".
    by : Field, optional
        What colours the lines, from blue (little) to orange (much).

    Returns
    -------
    dict
        ``{"data": [...], "layout": {...}}``; no data without runs or fields. ``trace.meta.run_ids`` names the runs.

    Examples
    --------
    >>> figure = parallel_figure(RunNames(["a", "b"], ["one", "two"]), [Field("opt", ["sgd", "adam"]), Field("acc", [0.5, 0.75])])
    >>> [(axis["label"], axis["values"]) for axis in figure["data"][0]["dimensions"]]
    [('opt', [1.0, 0.0]), ('acc', [0.5, 0.75])]
    """
    axes = [axis for field in fields if (axis := _axis(field))]
    trace = {"type": "parcoords", "dimensions": axes, "line": _line(by), "meta": {"run_ids": list(runs.ids)}, "labelangle": 0}
    return {
        "data": [{**trace, "labelside": "top", "rangefont": {"color": "rgba(0,0,0,0)"}}] if axes and runs.ids else [],
        "layout": {"height": 380, "margin": {"l": 70, "r": 60 if by is None else 20, "t": 60, "b": 30}},
    }


def _axis(field: Field) -> dict[str, Any] | None:
    numbers = numbers_of(field)
    given = [number for number in numbers if number is not None]
    if not given:
        return None
    low, high = min(given), max(given)
    if is_log := field.is_numeric and low > 0 and math.log10(high / low) > _DECADES:
        numbers = [None if number is None else math.log10(number) for number in numbers]
        low, high = math.log10(low), math.log10(high)
    if low == high:
        low, high = low - 1, high + 1
    axis: dict[str, Any] = {"label": plain(_short(field.label)), "range": [low, high], "values": numbers}
    ticks = _text_ticks(field) if not field.is_numeric else _log_ticks(low, high) if is_log else None
    if None in numbers:
        below = low - (high - low) / 6
        ticks = [(below, _NONE), *(ticks or _even_ticks(low, high))]
        axis |= {"range": [below, high], "values": [below if number is None else number for number in numbers]}
    return axis if ticks is None else {**axis, "tickvals": [place for place, _ in ticks], "ticktext": [text for _, text in ticks]}


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _text_ticks(field: Field) -> list[tuple[float, str]]:
    shown = [plain(_short(text)) for text in order_of(field)]
    return [(float(place), text + _UNLIKE * shown[:place].count(text)) for place, text in enumerate(shown)]


def _log_ticks(low: float, high: float) -> list[tuple[float, str]]:
    inner = [float(decade) for decade in range(math.ceil(low), math.floor(high) + 1)]
    if len(inner) < 2:
        return [(place, f"{10**place:.3g}") for place in (low, high)]
    ends = [(place, _UNLIKE * (1 + side)) for side, place in enumerate((low, high)) if place not in inner]
    return sorted([*ends, *((place, f"{10**place:.3g}") for place in inner)])  # the axis is drawn from the first to the last


def _even_ticks(low: float, high: float) -> list[tuple[float, str]]:
    return [(place, f"{place:.3g}") for place in (low + (high - low) * part / 4 for part in range(5))]


def _line(by: Field | None) -> dict[str, Any]:
    numbers = [] if by is None else numbers_of(by)
    given = [number for number in numbers if number is not None]
    if by is None or not given:
        return {"color": colour(0)[0]}
    low, high = min(given), max(given)
    line: dict[str, Any] = {
        "color": [low if number is None else number for number in numbers],
        "colorscale": [list(stop) for stop in SCALE],
        "cmin": low,
        "cmax": high if high > low else low + 1,
        "showscale": True,
        "colorbar": {"title": {"text": plain(by.label), "side": "right"}, "thickness": 12, "outlinewidth": 0},
    }
    if not by.is_numeric:
        ticks = _text_ticks(by)
        line["colorbar"] |= {"tickvals": [place for place, _ in ticks], "ticktext": [text for _, text in ticks]}
    return line
