"""Many runs by column: what a table is made of, without an object for each run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from jupyter_mlops.entities.runs import Run

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["GROUPS", "INFO", "Along", "Cells", "Curve", "RunColumns", "Span", "columns_of"]

Along = Literal["step", "timestamp"]
Span = tuple[int, int]  # from one place to another, both included
INFO = ("run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time")
GROUPS = ("metrics", "params", "tags")


class Cells(NamedTuple):
    """Metrics, params or tags of several runs: one entry each, in any order.

    Attributes
    ----------
    rows : array of int64
        Which run, from 0.
    keys : array of object
    values : array of float64 for metrics, else of object
    """

    rows: Array
    keys: Array
    values: Array


class Curve(NamedTuple):
    """Points of one metric of one run, few enough to draw.

    Attributes
    ----------
    places : list of int
        Steps, or milliseconds since the Unix epoch, ascending.
    values : list of float
    """

    places: list[int]
    values: list[float]


class RunColumns(NamedTuple):
    """One page of runs.

    Attributes
    ----------
    info : dict of str to list
        By name of `INFO`, a value for each run.
    groups : dict of str to Cells
        By name of `GROUPS`.
    token : str or None
        Asks for the next page.
    """

    info: dict[str, list[Any]]
    groups: dict[str, Cells]
    token: str | None = None


def columns_of(runs: Sequence[Run], token: str | None = None) -> RunColumns:
    """Runs that were read as such, by column."""
    info = {name: [getattr(run.info, name) for run in runs] for name in INFO}
    return RunColumns(info, {group: _cells(runs, group) for group in GROUPS}, token)


def _cells(runs: Sequence[Run], group: str) -> Cells:
    import numpy as np

    entries = [(row, key, value) for row, run in enumerate(runs) for key, value in getattr(run.data, group).items()]
    rows, keys, values = zip(*entries, strict=True) if entries else ((), (), ())
    kind = np.float64 if group == "metrics" else object
    return Cells(np.array(rows, np.int64), np.array(keys, object), np.array(values, kind))
