"""A metric by group: the runs of each value of a param or tag together."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from jupyter_mlops.charts.fields import Field, RunNames, numbers_of, order_of, plain
from jupyter_mlops.charts.palettes import colour

__all__ = ["MOST_GROUPS", "Group", "Shape", "group_figure", "grouped"]

Shape = Literal["box", "bar"]
MOST_GROUPS = 40
_NONE = "none"


class Group(NamedTuple):
    """Runs of one value.

    Attributes
    ----------
    name : str
        The value, or "none".
    rows : list of int
        Which runs, from 0.
    values : list of float
        Their numbers.
    """

    name: str
    rows: list[int]
    values: list[float]

    @property
    def mean(self) -> float:
        """The mean of the numbers."""
        return statistics.fmean(self.values)

    @property
    def deviation(self) -> float | None:
        """Their sample standard deviation; None for a single one."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None


def grouped(by: Field, metric: Field) -> list[Group]:
    """The runs that have the metric by their values of a field, in order, at most 40 of them.

    Examples
    --------
    >>> [(one.name, one.mean) for one in grouped(Field("opt", ["sgd", "adam", "sgd", None]), Field("acc", [1.0, 0.5, 2.0, 3.0]))]
    [('adam', 0.5), ('sgd', 1.5), ('none', 3.0)]
    """
    numbers = numbers_of(metric)
    found: dict[str | None, Group] = {name: Group(name, [], []) for name in order_of(by)} | {None: Group(_NONE, [], [])}
    for row, number in enumerate(numbers):
        if number is not None:
            value = by.values[row]
            group = found[None if value is None else str(value)]
            group.rows.append(row)
            group.values.append(number)
    return [group for group in found.values() if group.rows][:MOST_GROUPS]


def group_figure(runs: RunNames, groups: Sequence[Group], by: str, metric: str, shape: Shape = "box") -> dict[str, Any]:
    """Plotly figure of a metric by group: every run in a box, or means with their deviations.

    Parameters
    ----------
    runs : RunNames
    groups : sequence of Group
        Of `grouped`.
    by, metric : str
        Names of what groups and of the metric.
    shape : {"box", "bar"}, default "box"

    Returns
    -------
    dict
        ``{"data": [...], "layout": {...}}``; no data without groups. ``trace.meta.run_ids`` names the run of each point of a box,
        the runs of each bar.

    Examples
    --------
    >>> groups = grouped(Field("opt", ["sgd", "adam", "sgd"]), Field("acc", [1.0, 0.5, 2.0]))
    >>> figure = group_figure(RunNames(["a", "b", "c"], ["one", "two", "three"]), groups, "opt", "acc", "bar")
    >>> figure["data"][0]["y"], figure["data"][0]["meta"]["run_ids"]
    ([0.5, 1.5], [['b'], ['a', 'c']])
    """
    trace = _bars(runs, groups) if shape == "bar" else _boxes(runs, groups)
    return {
        "data": [trace] if groups else [],
        "layout": {
            "xaxis": {"title": {"text": plain(by)}, "type": "category", "categoryorder": "array", "categoryarray": _names(groups)},
            "yaxis": {"title": {"text": f"mean of {plain(metric)}" if shape == "bar" else plain(metric)}},
            "height": 360,
            "showlegend": False,
            "bargap": 0.4,
        },
    }


def _names(groups: Sequence[Group]) -> list[str]:
    return [plain(group.name) for group in groups]


def _bars(runs: RunNames, groups: Sequence[Group]) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": _names(groups),
        "y": [group.mean for group in groups],
        "error_y": {"type": "data", "array": [group.deviation or 0 for group in groups], "thickness": 1.6, "width": 6, "color": "rgba(140,140,140,1)"},
        "customdata": [len(group.rows) for group in groups],
        "meta": {"run_ids": [[runs.ids[row] for row in group.rows] for group in groups]},
        "marker": {"color": colour(0)[0]},
        "unselected": {"marker": {"opacity": 0.25}},
        "hovertemplate": "<b>%{x}</b><br>mean %{y:.5g} ± %{error_y.array:.3g}<br>runs: %{customdata}<extra></extra>",
    }


def _boxes(runs: RunNames, groups: Sequence[Group]) -> dict[str, Any]:
    rows = [row for group in groups for row in group.rows]
    return {
        "type": "box",
        "x": [plain(group.name) for group in groups for _ in group.rows],
        "y": [value for group in groups for value in group.values],
        "text": [plain(runs.names[row]) for row in rows],
        "meta": {"run_ids": [runs.ids[row] for row in rows]},
        "boxpoints": "all",
        "jitter": 0.5,
        "pointpos": 0,
        "marker": {"color": colour(1)[0], "size": 6, "opacity": 0.9},
        "line": {"color": colour(0)[0], "width": 1.5},
        "fillcolor": "rgba(0,114,178,0.12)",
        "unselected": {"marker": {"opacity": 0.15}},
        "hoveron": "points",
        "hovertemplate": "<b>%{text}</b><br>%{x}<br>%{y:.5g}<extra></extra>",
    }
