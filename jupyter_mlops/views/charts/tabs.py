"""The charts of a comparison by the names of their tabs, with what was chosen in each as the page keeps it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.run_tables import RunQuery
from jupyter_mlops.views.calls import call_named
from jupyter_mlops.views.charts.curves import chart_curves
from jupyter_mlops.views.charts.groups import chart_groups
from jupyter_mlops.views.charts.importances import chart_importances
from jupyter_mlops.views.charts.parallels import chart_parallel
from jupyter_mlops.views.charts.scatters import chart_scatter

__all__ = ["tab_chart"]

_TABS: dict[str, Callable[..., Any]] = {
    "curves": chart_curves,
    "groups": chart_groups,
    "importance": chart_importances,
    "parallel": chart_parallel,
    "scatter": chart_scatter,
    "system": chart_curves,
}
_LOGS = {"log_x": "x", "log_y": "y"}


def tab_chart(store: TrackingStore, query: RunQuery, tab: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """What a tab of a comparison shows.

    Raises
    ------
    NotFound
        There is no such tab, or none that is one figure.
    InvalidParameter
        An option that the chart does not have, or of another type.
    """
    if tab not in _TABS:
        raise NotFound(f"There is no chart {tab!r}; there are {', '.join(_TABS)}.")
    given = {name: value for name, value in options.items() if name not in _LOGS and value is not None}
    if log := "".join(axis for name, axis in _LOGS.items() if options.get(name) is True):
        given["log"] = log
    if tab == "system":
        given = {"x": "relative", **given, "system": True}
    if "query" in given:
        raise InvalidParameter("The runs of a chart are those of its comparison: query is no option.")
    found: dict[str, Any] = call_named(_TABS, "chart", tab, {**given, "query": query}, store)
    return found
