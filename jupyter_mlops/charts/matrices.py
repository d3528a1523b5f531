"""Confusion matrices side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from jupyter_mlops.charts.fields import plain

__all__ = ["Matrix", "matrices_figure", "read_matrix"]

_MOST_CLASSES, _MOST_TOLD = 100, 12


class Matrix(NamedTuple):
    """How often each class was taken for each: a row for each true class.

    Attributes
    ----------
    name : str
        Of the run.
    labels : sequence of str
    counts : sequence of sequence of float
    """

    name: str
    labels: Sequence[str]
    counts: Sequence[Sequence[float]]


def read_matrix(name: str, kept: Any) -> Matrix | None:
    """A matrix out of what a JSON file holds: rows alone, or ``matrix`` (or ``confusion_matrix``, ``data``) with ``labels`` or ``classes``.

    Examples
    --------
    >>> read_matrix("tree", {"labels": ["cat", "dog"], "matrix": [[5, 1], [0, 4]]})
    Matrix(name='tree', labels=['cat', 'dog'], counts=[[5, 1], [0, 4]])
    >>> read_matrix("tree", {"accuracy": 0.9}) is None
    True
    """
    holder = kept if isinstance(kept, dict) else {"matrix": kept}
    counts = next((holder[key] for key in ("matrix", "confusion_matrix", "data") if key in holder), None)
    labels = next((holder[key] for key in ("labels", "classes", "columns") if isinstance(holder.get(key), list)), None)
    if not isinstance(counts, list) or not 0 < len(counts) <= _MOST_CLASSES:
        return None
    if not all(isinstance(row, list) and len(row) == len(counts) and all(map(_is_number, row)) for row in counts):
        return None
    names = [str(one) for one in labels] if labels and len(labels) == len(counts) else [str(place) for place in range(len(counts))]
    return Matrix(name, names, counts)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def matrices_figure(matrices: Sequence[Matrix]) -> dict[str, Any]:
    """Plotly figure of matrices, two beside each other, coloured by the share of each true class.

    Examples
    --------
    >>> figure = matrices_figure([Matrix("tree", ["cat", "dog"], [[3, 1], [0, 4]])])
    >>> figure["data"][0]["z"], figure["data"][0]["text"]
    ([[0.75, 0.25], [0.0, 1.0]], [['3', '1'], ['0', '4']])
    """
    columns = min(2, len(matrices))
    rows = -(-len(matrices) // 2)
    layout: dict[str, Any] = {
        "height": max(1, rows) * 320 + 50, "margin": {"t": 28}, "annotations": [], "showlegend": False,
        "coloraxis": {"colorscale": [[0, "rgba(0,114,178,0.06)"], [1, "rgba(0,114,178,0.7)"]], "cmin": 0, "cmax": 1, "showscale": False},
    }  # fmt: skip
    data = []
    for place, matrix in enumerate(matrices):
        number = "" if place == 0 else str(place + 1)
        data.append(_trace(matrix, number))
        row, column = divmod(place, 2)
        across = [column / columns + (0.06 if column else 0), (column + 1) / columns - (0.04 if column + 1 < columns else 0)]
        up = [1 - (row + 1) / rows + (0.14 if row + 1 < rows else 0) / rows, 1 - row / rows - 0.09 / rows]
        names = [plain(label) for label in matrix.labels]
        layout[f"xaxis{number}"] = {"title": {"text": "predicted"}, "domain": across, "anchor": f"y{number}", "type": "category", "categoryarray": names}
        layout[f"yaxis{number}"] = {
            "title": {"text": "true" if column == 0 else ""}, "domain": up, "anchor": f"x{number}", "type": "category",
            "autorange": "reversed", "categoryarray": names,
        }  # fmt: skip
        layout["annotations"].append(_heading(matrix.name, across[0], up[1]))
    return {"data": data, "layout": layout}


def _trace(matrix: Matrix, number: str) -> dict[str, Any]:
    names = [plain(label) for label in matrix.labels]
    sums = [sum(row) or 1 for row in matrix.counts]
    return {
        "type": "heatmap",
        "name": plain(matrix.name),
        "x": names,
        "y": names,
        "z": [[value / total for value in row] for row, total in zip(matrix.counts, sums, strict=True)],
        "text": [[f"{value:.3g}" for value in row] for row in matrix.counts],
        "texttemplate": "%{text}" if len(names) <= _MOST_TOLD else "",
        "coloraxis": "coloraxis",
        "xgap": 1,
        "ygap": 1,
        "hovertemplate": "true %{y}<br>predicted %{x}<br><b>%{text}</b> (%{z:.1%})<extra>%{fullData.name}</extra>",
        "xaxis": f"x{number}",
        "yaxis": f"y{number}",
    }


def _heading(text: str, x: float, y: float) -> dict[str, Any]:
    place = {"x": x, "y": y, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return {"text": f"<b>{plain(text)}</b>", "showarrow": False, "font": {"size": 12}, **place}
