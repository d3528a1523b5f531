"""Still pictures of charts, for what a view leaves in the notebook's file."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_mlops.charts.curves import Axis
from jupyter_mlops.charts.svgs import figure_image
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.views.charts.curves import curves

__all__ = ["curves_still"]

_MOST_RUNS = 10


def curves_still(store: TrackingStore, run_ids: Sequence[str], key: str | None = None, x: Axis = "step") -> str:
    """The curves of the first ten runs as ``<img>`` of a few kB; nothing when no run has more than one point.

    The table beside it has the numbers, for who cannot see it.
    """
    found = curves(store, run_ids[:_MOST_RUNS], key, x)
    if not any(len(trace["x"]) > 1 for trace in found["figure"]["data"]):
        return ""
    more = f", the first {_MOST_RUNS} runs" if len(run_ids) > _MOST_RUNS else ""
    title = f"{found['key']} by {x}{more}"
    return f"<p>{figure_image(found['figure'], title, height=320)}</p>"
