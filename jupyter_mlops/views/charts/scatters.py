"""Runs of a comparison as points."""

from __future__ import annotations

from typing import Any, Literal

from jupyter_mlops.charts.fields import Field
from jupyter_mlops.charts.scatters import scatter_figure
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.run_tables import ColumnFacts, RunQuery
from jupyter_mlops.views.charts.fields import answer, choice, metrics_of, read_fields, rows_of

__all__ = ["chart_scatter"]

Log = Literal["", "x", "y", "xy"]


def chart_scatter(
    store: TrackingStore, query: RunQuery, x: str | None = None, y: str | None = None, color: str | None = None, size: str | None = None,
    log: Log = "",
) -> dict[str, Any]:  # fmt: skip
    """Runs as points of any two columns.

    Parameters
    ----------
    x, y : str, optional
        Ids; by default a param that differs, if there is one in numbers, and a metric.
    color, size : str, optional
        Ids of what colours the points and what their areas stand for; nothing by default.
    log : {"", "x", "y", "xy"}
        Which axes are logarithmic.
    """
    chosen: dict[str, Any] = {"log": log}

    def pick(facts: list[ColumnFacts]) -> list[str | None]:
        metrics = metrics_of(facts)
        chosen["y"] = choice(facts, y, lambda one: one.id in metrics[:1], lambda one: one.kind == "number" and one.id.startswith("params."))
        chosen["x"] = choice(
            facts, x, lambda one: _is_param(one) and one.kind == "number", _is_param, lambda one: one.id in metrics[1:2],
            lambda one: one.id == "attributes.duration", lambda one: True,
        )  # fmt: skip
        chosen.update({"color": choice(facts, color), "size": choice(facts, size)})
        return [chosen[name] for name in ("x", "y", "color", "size")]

    runs = read_fields(store, query, pick)
    across, up, by, area = (runs.field(chosen[name]) for name in ("x", "y", "color", "size"))
    nothing = Field("", [None] * len(runs.names.ids))
    figure = scatter_figure(runs.names, across or nothing, up or nothing, by, area, log)
    fields = [field for field in dict.fromkeys(chosen[name] for name in ("x", "y", "color", "size")) if field]
    read = [runs.fields[column] for column in fields]
    return answer(runs, figure, ["run", *(field.label for field in read)], rows_of(runs, read), chosen)


def _is_param(facts: ColumnFacts) -> bool:
    return facts.differs and facts.id.startswith("params.")
