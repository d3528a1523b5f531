"""What a model would say if one or two of its inputs were others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from jupyter_mlops.charts.fields import plain
from jupyter_mlops.charts.palettes import colour

__all__ = ["Line", "Plane", "what_if_line", "what_if_map"]

_NOW = {"color": "rgba(128,128,128,0.8)", "width": 1.5, "dash": "dot"}


class Line(NamedTuple):
    """One output over the places of one input; `group` numbers the output, `second` says that it is the challenger's."""

    name: str
    values: Sequence[Any]
    group: int = 0
    second: bool = False


class Plane(NamedTuple):
    """One model's output over two inputs: a row for each place of the second."""

    name: str
    values: Sequence[Sequence[Any]]


def what_if_line(
    feature: str, places: Sequence[Any], lines: Sequence[Line], title: str, at: Any = None, chances: bool = False
) -> dict[str, Any]:
    """Plotly figure of outputs over one input; a dotted line marks the input as it is.

    Parameters
    ----------
    at : Any, optional
        The input as it is.
    chances : bool, default False
        The outputs are probabilities: the axis shows all that they can be.

    Examples
    --------
    >>> figure = what_if_line("age", [20, 30], [Line("yes", [0.1, 0.4])], "probability", at=25)
    >>> figure["data"][0]["mode"], figure["layout"]["shapes"][0]["x0"]
    ('lines', 25)
    """
    numeric = _is_numeric(places)
    shapes = [] if at is None or not numeric else [_mark(at)]
    axes = _axes(feature, title, numeric)
    if chances:
        axes["yaxis"]["range"] = [-0.02, 1.02]
    return {
        "data": [_trace(line, places, numeric) for line in lines],
        "layout": {**axes, "shapes": shapes, **_LOOK, "showlegend": len(lines) > 1},
    }


def what_if_map(
    features: Sequence[str],
    places: Sequence[Sequence[Any]],
    planes: Sequence[Plane],
    title: str,
    at: Sequence[Any],
    labels: Sequence[str] | None = None,
    chances: bool = False,
) -> dict[str, Any]:
    """Plotly figure of one output over two inputs, side by side for two models; a cross marks the inputs as they are.

    Parameters
    ----------
    labels : sequence of str, optional
        Names of classes; the values are then their numbers.
    chances : bool, default False
        The output is a probability.

    Examples
    --------
    >>> figure = what_if_map(["a", "b"], [[0, 1], [0, 1]], [Plane("m", [[0.0, 1.0], [1.0, 2.0]])], "price", [0, 1])
    >>> [trace["type"] for trace in figure["data"]]
    ['heatmap', 'scatter']
    """
    numeric = [_is_numeric(one) for one in places]
    layout: dict[str, Any] = {**_LOOK, "showlegend": False, "coloraxis": _colours(title, labels), "annotations": []}
    if chances:
        layout["coloraxis"] |= {"cmin": 0, "cmax": 1}
    data: list[dict[str, Any]] = []
    for index, plane in enumerate(planes):
        data += _plane_traces(plane, index, places, at, smooth=all(numeric) and labels is None)
        left = index / len(planes) + (0.04 if index else 0)
        right = (index + 1) / len(planes) - (0.04 if index + 1 < len(planes) else 0)
        layout |= _plane_axes(features, index, numeric, [left, right], len(planes))
        if len(planes) > 1:
            layout["annotations"].append(_heading(plane.name, (left + right) / 2))
    return {"data": data, "layout": layout}


def _plane_traces(
    plane: Plane, index: int, places: Sequence[Sequence[Any]], at: Sequence[Any], smooth: bool
) -> list[dict[str, Any]]:
    where = {"xaxis": _axis("x", index), "yaxis": _axis("y", index)}
    ground: dict[str, Any] = {
        "type": "heatmap",
        "zsmooth": "best" if smooth else False,
        "name": plain(plane.name),
        "x": _texts(places[0]),
        "y": _texts(places[1]),
        "z": [list(row) for row in plane.values],
        "coloraxis": "coloraxis",
        "hovertemplate": "%{x}<br>%{y}<br><b>%{z:.5g}</b><extra>%{fullData.name}</extra>",
        **where,
    }
    if any(one is None for one in at):
        return [ground]
    cross = {"symbol": "cross-thin", "size": 12, "line": {"width": 2.5, "color": "#ffffff"}}
    now = {"type": "scatter", "mode": "markers", "x": _texts(at[:1]), "y": _texts(at[1:]), "hoverinfo": "skip", "marker": cross}
    return [ground, {**now, **where}]


def _axis(letter: str, index: int) -> str:
    return letter if index == 0 else f"{letter}{index + 1}"


def _plane_axes(
    features: Sequence[str], index: int, numeric: Sequence[bool], domain: list[float], count: int
) -> dict[str, Any]:
    """Axes of one plane of several: their headings are above them, and only the first names the second feature."""
    axes = _axes(features[0], features[1] if index == 0 else "", numeric[0])
    number = _axis("", index)
    y = {**axes["yaxis"], "anchor": f"x{number}", "type": "linear" if numeric[1] else "category"}
    if count > 1:
        y |= {"domain": [0, 0.88], "showticklabels": index == 0}
    return {f"xaxis{number}": {**axes["xaxis"], "domain": domain, "anchor": f"y{number}"}, f"yaxis{number}": y}


def _heading(text: str, x: float) -> dict[str, Any]:
    place = {"x": x, "y": 1.0, "xref": "paper", "yref": "paper", "xanchor": "center", "yanchor": "top"}
    return {"text": plain(text), "showarrow": False, "font": {"size": 12}, **place}


_LOOK: dict[str, Any] = {
    "margin": {"l": 48, "r": 16, "t": 24, "b": 40},
    "hovermode": "closest",
    "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
}


def _is_numeric(places: Sequence[Any]) -> bool:
    return all(isinstance(place, (int, float)) and not isinstance(place, bool) for place in places)


def _texts(values: Sequence[Any]) -> list[Any]:
    """Values, those that are text as Plotly shows it: columns and classes are named by whoever made the model."""
    return [plain(value) if isinstance(value, str) else value for value in values]


def _axes(x: str, y: str, numeric: bool) -> dict[str, Any]:
    return {
        "xaxis": {"title": {"text": plain(x)}, "automargin": True, "type": "linear" if numeric else "category"},
        "yaxis": {"title": {"text": plain(y)}, "automargin": True},
    }


def _mark(at: float) -> dict[str, Any]:
    return {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "line": _NOW}


def _trace(line: Line, places: Sequence[Any], numeric: bool) -> dict[str, Any]:
    paint, _ = colour(line.group)
    is_words = any(isinstance(value, str) for value in line.values)
    return {
        "type": "scatter",
        "mode": "lines" if numeric else "markers",
        "name": plain(line.name),
        "x": list(places) if numeric else list(map(plain, places)),
        "y": _texts(line.values),
        "line": {
            "color": paint,
            "width": 2,
            "dash": "dash" if line.second else "solid",
            "shape": "hv" if is_words else "linear",
        },
        "marker": {"color": paint, "size": 9, "symbol": "diamond-open" if line.second else "circle"},
        "hovertemplate": f"%{{y{'' if is_words else ':.5g'}}}<br>%{{xaxis.title.text}} %{{x}}<extra>%{{fullData.name}}</extra>",
        "showlegend": not (line.second and line.group > 0),
    }


def _colours(title: str, labels: Sequence[str] | None) -> dict[str, Any]:
    bar: dict[str, Any] = {"title": {"text": plain(title), "side": "right"}, "thickness": 12, "outlinewidth": 0}
    if labels is None:
        return {"colorscale": "Viridis", "colorbar": bar}
    count = max(len(labels), 1)
    steps = [[edge / count, colour(index)[0]] for index in range(count) for edge in (index, index + 1)]
    ticks = {"tickmode": "array", "tickvals": list(range(count)), "ticktext": list(map(plain, labels))}
    return {"colorscale": steps, "cmin": -0.5, "cmax": count - 0.5, "colorbar": {**bar, **ticks}}
