"""Parallel coordinates of the runs of a comparison."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.charts.parallels import parallel_figure
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.run_tables import ColumnFacts, RunQuery
from jupyter_mlops.views.charts.fields import answer, choice, differing, metrics_of, read_fields, rows_of

__all__ = ["chart_parallel"]

_MOST_AXES, _MOST_PARAMS = 20, 8


def chart_parallel(
    store: TrackingStore, query: RunQuery, columns: list[str] | None = None, color: str | None = None
) -> dict[str, Any]:
    """Runs as lines over an axis for each column.

    Parameters
    ----------
    columns : list of str, optional
        Ids, at most 20 are drawn; by default the params that differ (at most 8) and the metric that colours.
    color : str, optional
        Id of what colours the lines: the first metric that differs by default, nothing for ``""``.
    """
    chosen: dict[str, Any] = {}

    def pick(facts: list[ColumnFacts]) -> list[str | None]:
        metric = next(iter(metrics_of(facts)), None)
        chosen["color"] = "" if color == "" else choice(facts, color, lambda one: one.id == metric)
        known = {one.id for one in facts}
        asked = [column for column in columns or () if column in known]
        ends = chosen["color"] or metric
        chosen["columns"] = (asked or [*differing(facts)[:_MOST_PARAMS], *([ends] if ends else [])])[:_MOST_AXES]
        return [*chosen["columns"], chosen["color"]]

    runs = read_fields(store, query, pick)
    fields = [runs.fields[column] for column in chosen["columns"]]
    figure = parallel_figure(runs.names, fields, runs.field(chosen["color"]))
    return answer(runs, figure, ["run", *(field.label for field in fields)], rows_of(runs, fields), chosen)
