"""A run a point: any param or metric over any other."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.charts.fields import Field, RunNames, numbers_of, order_of, plain
from jupyter_mlops.charts.palettes import SCALE, colour

__all__ = ["scatter_figure"]

_LEAST_PX, _MOST_PX, _PLAIN_PX = 6, 26, 9
_MOST_CATEGORIES = 24
_SYMBOLS = ("circle", "square", "diamond", "triangle-up")


def scatter_figure(
    runs: RunNames, x: Field, y: Field, by: Field | None = None, size: Field | None = None, log: str = ""
) -> dict[str, Any]:
    """Plotly figure of runs as points, with a lasso that selects them.

    Parameters
    ----------
    runs : RunNames
    x, y : Field
        Runs that lack one of them are left out.
    by : Field, optional
        What colours the points: numbers from blue (little) to orange (much), each of at most 24 texts in a colour and a legend.
    size : Field, optional
        Numbers that the areas of the points stand for.
    log : {"", "x", "y", "xy"}
        Which axes are logarithmic.

    Returns
    -------
    dict
        ``{"data": [...], "layout": {...}}``; no data when no run has both. ``trace.meta.run_ids`` names the runs.

    Examples
    --------
    >>> runs = RunNames(["a", "b"], ["one", "two"])
    >>> figure = scatter_figure(runs, Field("lr", [0.1, 0.2]), Field("acc", [0.5, None]))
    >>> figure["data"][0]["x"], figure["data"][0]["meta"]
    ([0.1], {'run_ids': ['a']})
    """
    rows = [row for row, both in enumerate(zip(numbers_of(x), numbers_of(y), strict=True)) if None not in both]
    sizes = _sizes(size, rows)
    parts = _parts(by, rows)
    return {
        "data": [_trace(runs, x, y, name, part, _paint(by, index, part), sizes) for index, (name, part) in enumerate(parts) if part],
        "layout": {
            "xaxis": _scale(x, "x" in log),
            "yaxis": _scale(y, "y" in log),
            "height": 400,
            "dragmode": "lasso",
            "showlegend": len(parts) > 1,
            "legend": {"title": {"text": plain(by.label)}, "x": 1.02, "y": 1} if by else {},
            "coloraxis": _coloraxis(by) if by and by.is_numeric else {},
        },
    }


def _parts(by: Field | None, rows: list[int]) -> list[tuple[str, list[int]]]:
    """The rows of each colour, with its name: all of them where colours are a scale."""
    if by is None or by.is_numeric:
        return [("", rows)]
    names = order_of(by)
    kept = names[: _MOST_CATEGORIES - 1] if len(names) > _MOST_CATEGORIES else names
    parts = [(name, [row for row in rows if by.values[row] == name]) for name in kept]
    rest = [row for row in rows if by.values[row] not in kept]
    return [*parts, ("others" if len(kept) < len(names) else "none", rest)] if rest else parts


def _trace(
    runs: RunNames, x: Field, y: Field, name: str, rows: list[int], paint: dict[str, Any], sizes: dict[int, float]
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": plain(name),
        "meta": {"run_ids": [runs.ids[row] for row in rows]},
        "x": [_value(x, row) for row in rows],
        "y": [_value(y, row) for row in rows],
        "text": [plain(runs.names[row]) for row in rows],
        "customdata": [runs.details[row] if runs.details else "" for row in rows],
        "marker": {**paint, "size": [sizes.get(row, _PLAIN_PX) for row in rows], "opacity": 0.85},
        "unselected": {"marker": {"opacity": 0.15}},
        "hovertemplate": f"<b>%{{text}}</b><br>{_named(x)} %{{x}}<br>{_named(y)} %{{y}}<br>%{{customdata}}<extra></extra>",
    }


def _named(field: Field) -> str:
    """A label inside of a template, in which braces would be read."""
    return plain(field.label).replace("{", "(").replace("}", ")")


def _value(field: Field, row: int) -> Any:
    return field.values[row] if field.is_numeric else plain(field.values[row])


def _paint(by: Field | None, index: int, rows: list[int]) -> dict[str, Any]:
    if by is None or not by.is_numeric:
        return {"color": colour(index)[0], "symbol": _SYMBOLS[index // 6 % len(_SYMBOLS)]}
    numbers = numbers_of(by)
    return {"color": [numbers[row] for row in rows], "coloraxis": "coloraxis"}


def _sizes(size: Field | None, rows: list[int]) -> dict[int, float]:
    """Pixels across, so that areas stand for the numbers from the least to the greatest."""
    all_numbers = numbers_of(size) if size else []
    numbers = {row: number for row in rows if size and (number := all_numbers[row]) is not None}
    if not numbers:
        return {}
    low, high = min(numbers.values()), max(numbers.values())
    spread = (high - low) or 1.0
    return {
        row: round((_LEAST_PX**2 + (number - low) / spread * (_MOST_PX**2 - _LEAST_PX**2)) ** 0.5, 1) for row, number in numbers.items()
    }


def _scale(field: Field, is_log: bool) -> dict[str, Any]:
    axis: dict[str, Any] = {"title": {"text": plain(field.label)}, "type": "log" if is_log else "linear"}
    if field.is_numeric:
        return {**axis, "type": "date"} if field.is_time else axis
    return {**axis, "type": "category", "categoryorder": "array", "categoryarray": [plain(text) for text in order_of(field)]}


def _coloraxis(by: Field) -> dict[str, Any]:
    bar = {"title": {"text": plain(by.label), "side": "right"}, "thickness": 12, "outlinewidth": 0}
    return {"colorscale": [list(stop) for stop in SCALE], "colorbar": bar}
