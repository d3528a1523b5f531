"""Still pictures of charts, for what a view leaves in the notebook's file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_mlops.charts.svgs import figure_image
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.views.charts.curves import curves

__all__ = ["curves_still"]

_MOST_RUNS = 10


def curves_still(store: TrackingStore, run_ids: Sequence[str], options: Mapping[str, Any]) -> str:
    """The curves of the first ten runs as ``<img>`` of a few kB; nothing when no run has more than one point.

    The table beside it has the numbers, for who cannot see it.

    Parameters
    ----------
    options : mapping
        What was chosen for the curves on the page: the metric and the x axis are meant here too.
    """
    keys, x = options.get("keys"), options.get("x")
    key = keys[0] if isinstance(keys, list) and keys else None
    found = curves(store, run_ids[:_MOST_RUNS], key, x if x in ("relative", "time") else "step")
    if not any(len(trace["x"]) > 1 for trace in found["figure"]["data"]):
        return ""
    traces, layout = found["figure"]["data"], found["figure"]["layout"]
    traces = [{**trace, "showlegend": True} for trace in traces]  # no table shows the colours here
    figure = {"data": traces, "layout": {**layout, "showlegend": True}}
    more = f", the first {_MOST_RUNS} runs" if len(run_ids) > _MOST_RUNS else ""
    axis = layout["xaxis"]["title"]["text"]
    title = f"{found['key']} by {axis}{more}"
    return f"<p>{figure_image(figure, title, height=320)}</p>"
