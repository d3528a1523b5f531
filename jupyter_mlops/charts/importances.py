"""Which params a metric depends on: a random forest over the runs, asked what it loses without each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_mlops.charts.fields import Field, numbers_of, plain
from jupyter_mlops.charts.palettes import colour

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["LEAST_RUNS", "Importance", "importance_figure", "param_importances"]

LEAST_RUNS = 5
_TREES, _REPEATS, _MOST_RUNS = 64, 8, 2000
_ROW_PX, _MOST_SHOWN = 30, 25


class Importance(NamedTuple):
    """How much a metric depends on a param.

    Attributes
    ----------
    name : str
        Of the param.
    importance : float
        Share of 1 that all params have together; 0 for one that changes nothing.
    correlation : float or None
        Of Pearson, -1 to 1, for params that are numbers: which way the metric goes.
    """

    name: str
    importance: float
    correlation: float | None


def param_importances(params: Sequence[Field], metric: Field) -> list[Importance]:
    """How much a metric depends on each param, the most telling first.

    Parameters
    ----------
    params : sequence of Field
        Those that are the same in all runs are left out. Texts are categories.
    metric : Field
        Runs in which it is missing or not finite are left out.

    Returns
    -------
    list of Importance
        The same for the same runs, in whatever order; empty with fewer than 5 runs or when nothing differs.

    Notes
    -----
    Permutation importances of a random forest of 64 trees; params that are missing in a run count as a value of their own.
    Of more than 2,000 runs every n-th is looked at. About 0.3 s.

    References
    ----------
    L. Breiman, "Random Forests", Machine Learning 45 (2001).

    Examples
    --------
    >>> lr, seed = Field("lr", [1, 2, 3, 4, 5, 6, 7, 8] * 3), Field("seed", [5, 3, 5, 3, 3, 5, 5, 3] * 3)
    >>> found = param_importances([seed, lr], Field("loss", [1, 2, 3, 4, 5, 6, 7, 8] * 3))
    >>> [(one.name, one.importance > 0.8) for one in found]
    [('lr', True), ('seed', False)]
    """
    columns, target, names = _encoded(params, metric)
    if not names:
        return []
    shares = _shares(columns, target)
    found = [
        Importance(name, share, _correlation(field, metric)) for name, share, field in zip(names, shares, _varied(params, metric), strict=True)
    ]
    return sorted(found, key=lambda one: (-one.importance, one.name))


def _given(metric: Field) -> list[int]:
    rows = [row for row, value in enumerate(numbers_of(metric)) if value is not None]
    return rows[:: -(-len(rows) // _MOST_RUNS)] if rows else []


def _varied(params: Sequence[Field], metric: Field) -> list[Field]:
    rows = _given(metric)
    return sorted((one for one in params if len({one.values[row] for row in rows}) > 1), key=lambda one: one.label)


def _encoded(params: Sequence[Field], metric: Field) -> tuple[Array, Array, list[str]]:
    """A column a param and the metric, of the runs that have it, in an order that is the runs' own."""
    import numpy as np

    rows, varied = _given(metric), _varied(params, metric)
    target = np.array([numbers_of(metric)[row] for row in rows], float)
    if len(rows) < LEAST_RUNS or not varied or np.ptp(target) == 0:
        return np.empty((0, 0)), target, []
    columns = np.column_stack([np.array([numbers_of(one)[row] for row in rows], float) for one in varied])
    least = np.nanmin(columns, axis=0) - 1 - (np.nanmax(columns, axis=0) - np.nanmin(columns, axis=0))
    columns = np.where(np.isnan(columns), least, columns)
    order = np.lexsort((*columns.T, target))
    return columns[order], target[order], [one.label for one in varied]


def _shares(columns: Array, target: Array) -> list[float]:
    from sklearn.ensemble import RandomForestRegressor  # 0.5 s, and only for this tab
    from sklearn.inspection import permutation_importance

    forest = RandomForestRegressor(_TREES, random_state=0, min_samples_leaf=1 if len(target) < 20 else 2).fit(columns, target)
    lost = permutation_importance(forest, columns, target, n_repeats=_REPEATS, random_state=0).importances_mean.clip(0)
    total = float(lost.sum())
    return [float(one) / total if total else 0.0 for one in lost]


def _correlation(param: Field, metric: Field) -> float | None:
    import numpy as np

    if not param.is_numeric:
        return None
    pairs = [(x, y) for x, y in zip(numbers_of(param), numbers_of(metric), strict=True) if x is not None and y is not None]
    xs, ys = np.array(pairs, float).reshape(-1, 2).T
    if len(xs) < 2 or np.ptp(xs) == 0 or np.ptp(ys) == 0:
        return None
    return float(np.corrcoef(xs, ys)[0, 1])


def importance_figure(importances: Sequence[Importance], metric: str) -> dict[str, Any]:
    """Plotly figure of importances: a bar a param, the most telling on top, and which way the metric goes with it.

    Parameters
    ----------
    importances : sequence of Importance
        At most 25 are drawn.
    metric : str
        Its name.

    Returns
    -------
    dict
        ``{"data": [...], "layout": {...}}``; no data without importances.

    Examples
    --------
    >>> figure = importance_figure([Importance("lr", 0.9, -0.8), Importance("seed", 0.1, None)], "acc")
    >>> [(trace["name"], trace["y"], trace["x"]) for trace in figure["data"]]
    [('higher is lower acc', ['lr'], [0.9]), ('no direction', ['seed'], [0.1])]
    """
    shown = importances[:_MOST_SHOWN]
    kinds = [
        (f"higher is higher {metric}", 2, [one for one in shown if (one.correlation or 0) > 0]),
        (f"higher is lower {metric}", 3, [one for one in shown if (one.correlation or 0) < 0]),
        ("no direction", 5, [one for one in shown if not one.correlation]),
    ]
    names = [plain(one.name) for one in shown]
    return {
        "data": [_bars(name, index, some) for name, index, some in kinds if some],
        "layout": {
            "xaxis": {"title": {"text": f"share of what {plain(metric)} depends on"}, "tickformat": ".0%", "rangemode": "tozero"},
            "yaxis": {"categoryorder": "array", "categoryarray": names[::-1], "type": "category"},
            "barmode": "stack",
            "height": max(180, len(shown) * _ROW_PX + 110),
            "showlegend": True,
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        },
    }


def _bars(name: str, index: int, importances: Sequence[Importance]) -> dict[str, Any]:
    signs = ["" if one.correlation is None else f"{one.correlation:+.2f}" for one in importances]
    return {
        "type": "bar",
        "orientation": "h",
        "name": plain(name),
        "y": [plain(one.name) for one in importances],
        "x": [one.importance for one in importances],
        "text": signs,
        "textposition": "auto",
        "marker": {"color": colour(index)[0]},
        "hovertemplate": "%{y}<br>importance %{x:.1%}<br>correlation %{text}<extra></extra>",
    }
