"""Which params a metric of the runs of a comparison depends on."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.charts.importances import importance_figure, param_importances
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.run_tables import ColumnFacts, RunQuery
from jupyter_mlops.views.charts.fields import answer, choice, differing, metrics_of, read_fields

__all__ = ["chart_importances"]

_MOST_PARAMS = 50


def chart_importances(store: TrackingStore, query: RunQuery, metric: str | None = None) -> dict[str, Any]:
    """How much a metric depends on each param that differs.

    Parameters
    ----------
    metric : str, optional
        Id; the first metric that differs by default.
    """
    chosen: dict[str, Any] = {}

    def pick(facts: list[ColumnFacts]) -> list[str | None]:
        chosen["metric"] = choice(facts, metric, lambda one: one.id in metrics_of(facts)[:1])
        return [chosen["metric"], *differing(facts)[:_MOST_PARAMS]]

    runs = read_fields(store, query, pick)
    number = runs.field(chosen["metric"])
    params = [field for column, field in runs.fields.items() if column != chosen["metric"]]
    found = param_importances(params, number) if number else []
    figure = importance_figure(found, number.label if number else "")
    return answer(runs, figure, ["param", "importance", "correlation"], found, chosen)
