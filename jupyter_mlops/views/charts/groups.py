"""A metric of the runs of a comparison, by group."""

from __future__ import annotations

import statistics
from typing import Any

from jupyter_mlops.charts.groups import Shape, group_figure, grouped
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.run_tables import ColumnFacts, RunQuery
from jupyter_mlops.views.charts.fields import answer, choice, metrics_of, read_fields

__all__ = ["chart_groups"]


def chart_groups(
    store: TrackingStore, query: RunQuery, by: str | None = None, metric: str | None = None, shape: Shape = "box"
) -> dict[str, Any]:
    """A metric by the values of a param, a tag or an attribute.

    Parameters
    ----------
    by, metric : str, optional
        Ids; by default a text param that differs, else any param that does, and the first metric.
    shape : {"box", "bar"}
        Every run in a box, or means and deviations.
    """
    chosen: dict[str, Any] = {"shape": shape}

    def pick(facts: list[ColumnFacts]) -> list[str | None]:
        chosen["metric"] = choice(facts, metric, lambda one: one.id in metrics_of(facts)[:1])
        rules = (
            lambda one: one.differs and one.kind == "text" and one.id.startswith("params."),
            lambda one: one.differs and one.id.startswith("params."),
            lambda one: one.id == "attributes.status",
        )
        chosen["by"] = choice(facts, by, *rules)
        return [chosen["by"], chosen["metric"]]

    runs = read_fields(store, query, pick)
    group, number = runs.field(chosen["by"]), runs.field(chosen["metric"])
    groups = grouped(group, number) if group and number else []
    names = (group.label if group else "", number.label if number else "")
    figure = group_figure(runs.names, groups, *names, shape)
    rows = [
        [one.name, len(one.values), one.mean, one.deviation, min(one.values), statistics.median(one.values), max(one.values)]
        for one in groups
    ]
    return answer(runs, figure, [names[0], "runs", "mean", "deviation", "min", "median", "max"], rows, chosen)
