"""Curves of the runs of a comparison, and of one run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from jupyter_mlops.charts.curves import Axis, Look, Series, curves_figure, points_for
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.columns import Along, Curve, Span
from jupyter_mlops.storage.run_tables import RunQuery
from jupyter_mlops.views.charts.fields import ChartRuns, answer, is_system, metrics_of, read_fields
from jupyter_mlops.views.charts.scatters import Log
from jupyter_mlops.views.comparisons.comparisons import checked_ids

__all__ = ["chart_curves", "curves"]

_MOST_CURVED, _MOST_METRICS, _SYSTEM_SHOWN = 100, 12, 6


def curves(
    store: TrackingStore, run_ids: Sequence[str], key: str | None = None, x: Axis = "step", log: Log = "", smoothing: float = 0.0,
    points: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Curves of one metric of several runs.

    Parameters
    ----------
    key : str, optional
        By default the first metric of which a run has more than one point, else the first one.
    x : {"step", "relative", "time"}
    log : {"", "x", "y", "xy"}
        Which axes are logarithmic.
    smoothing : float, 0 <= smoothing < 1
    points : int, optional
        Of each curve no more, such as what a small chart has room for.

    Returns
    -------
    dict
        ``keys`` (all metrics of the runs), ``key`` (the one drawn, None if there is none), ``figure`` (Plotly's JSON).
    """
    if x not in ("step", "relative", "time"):
        raise InvalidParameter(f"x is 'step', 'relative' or 'time', not {x!r}.")
    if not 0 <= smoothing < 1 or (points is not None and points < 2):
        raise InvalidParameter(f"smoothing is from 0 to less than 1 and points not below 2, not {smoothing} and {points}.")
    runs = store.get_runs(checked_ids(run_ids))
    keys = sorted({name for run in runs for name in run.data.metrics})
    found = [run.info.run_id for run in runs]
    if key not in keys:
        key = _most_telling(store.metric_lengths(found))
    along: Along = "step" if x == "step" else "timestamp"
    most = points_for(len(found) * (2 if smoothing else 1))
    drawn = store.metric_curves(found, key, along, min(most, points or most)) if key else {}
    series = [
        Series(run.info.run_id, run.info.run_name, run.info.start_time, drawn[run.info.run_id])
        for run in runs
        if run.info.run_id in drawn
    ]
    return {"keys": keys, "key": key, "figure": curves_figure({key or "": series}, Look(x, log=log, smoothing=smoothing))}


def _most_telling(lengths: dict[str, int]) -> str | None:
    """The first metric that draws a line, else the first metric; those of the machine last."""
    telling = sorted(lengths, key=lambda key: (lengths[key] < 2, key.startswith("system/"), key))
    return telling[0] if telling else None


def chart_curves(
    store: TrackingStore, query: RunQuery, keys: list[str] | None = None, runs: list[str] | None = None,
    x: Literal["step", "relative", "time", "metric"] = "step", x_key: str | None = None, log: Log = "", smoothing: float = 0.0,
    together: bool = False, between: tuple[float, float] | None = None, system: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Curves of metrics, a line a run.

    Parameters
    ----------
    keys : list of str, optional
        Names of metrics, at most 12; by default the first of which a run has more than one point.
    runs : list of str, optional
        Ids of those that are drawn instead of the first 100.
    x : {"step", "relative", "time", "metric"}
        What the x axis shows; for ``"metric"`` the values of the metric `x_key` at the same steps.
    log : {"", "x", "y", "xy"}
        Which axes are logarithmic.
    smoothing : float, 0 <= smoothing < 1
    together : bool
        Several metrics in one chart.
    between : (float, float), optional
        Points from here to there alone, in the unit of the x axis, as many as the whole has.
    system : bool
        Whether metrics of the machine are meant, those ``system/…``, or the others.

    Notes
    -----
    Two sessions, one more to choose a metric, and one for each metric, more where there are over 4 million points.
    """
    if not 0 <= smoothing < 1:
        raise InvalidParameter(f"smoothing is from 0 to less than 1, not {smoothing}.")
    if runs is not None:
        query = msgspec.structs.replace(query, run_ids=checked_ids(runs)[:_MOST_CURVED])
    shown, start_times = _runs(store, query)
    ids = list(shown.names.ids)
    there = sorted(column.partition(".")[2] for column in metrics_of(shown.facts) if is_system(column) == system)
    drawn_keys = [key for key in keys or () if key in there][:_MOST_METRICS]
    if not drawn_keys and there:
        drawn_keys = _default_keys(store, ids, there, system)
    over = x_key if x == "metric" else None
    axis: Axis = "step" if x == "metric" else x
    spans = None if between is None or over else _spans(start_times, axis, between)
    most = points_for(len(ids) * max(len(drawn_keys), 1) * (2 if smoothing else 1))
    along: Along = "step" if axis == "step" else "timestamp"
    read = {key: store.metric_curves(ids, key, along, most, spans) for key in drawn_keys}
    if over:
        across = store.metric_curves(ids, over, "step", most)
        read = {key: _over(found, across) for key, found in read.items()}
    look = Look(axis, over or "", log, smoothing, together)
    figure = curves_figure({key: _series(shown, start_times, found) for key, found in read.items()}, look)
    if not any(found for found in read.values()):
        figure["data"] = []
    chosen = {"keys": drawn_keys, "metrics": there, "runs": len(ids), "x": x, "x_key": x_key}
    return answer(shown, figure, (), (), chosen)


def _runs(store: TrackingStore, query: RunQuery) -> tuple[ChartRuns, dict[str, int]]:
    runs = read_fields(store, query, lambda facts: ["attributes.start_time"], _MOST_CURVED)
    starts = runs.fields["attributes.start_time"].values if runs.fields else ()
    return runs, {run_id: int(start or 0) for run_id, start in zip(runs.names.ids, starts, strict=True)}  # type: ignore[arg-type]


def _default_keys(store: TrackingStore, ids: Sequence[str], there: Sequence[str], system: bool) -> list[str]:
    if system:
        return list(there[:_SYSTEM_SHOWN])
    lengths = store.metric_lengths(ids)
    key = _most_telling({key: lengths.get(key, 1) for key in there})
    return [key] if key else []


def _spans(start_times: Mapping[str, int], axis: Axis, between: tuple[float, float]) -> dict[str, Span]:
    """What is asked for, in the places of each run."""
    low, high = between
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise InvalidParameter(f"between is from one number to a greater one, not {low} to {high}.")
    low, high = (min(max(end, -1e15), 1e15) for end in between)
    if axis == "relative":
        return {run_id: (math.floor(start + low * 1000), math.ceil(start + high * 1000)) for run_id, start in start_times.items()}
    return dict.fromkeys(start_times, (math.floor(low), math.ceil(high)))


def _series(runs: ChartRuns, start_times: Mapping[str, int], found: Mapping[str, Curve]) -> list[Series]:
    return [
        Series(run_id, name, start_times[run_id], found[run_id], detail)
        for run_id, name, detail in zip(*runs.names, strict=True)
        if run_id in found
    ]


def _over(found: Mapping[str, Curve], across: Mapping[str, Curve]) -> dict[str, Curve]:
    """Curves over what another metric was at the same steps, between its points on the straight line."""
    import numpy as np

    moved = {}
    for run_id, (steps, values) in found.items():
        if run_id in across:
            places, others = (np.array(one, float) for one in across[run_id])
            kept = [row for row, step in enumerate(steps) if places[0] <= step <= places[-1]]
            xs = np.interp([steps[row] for row in kept], places, others)
            fine = [(x, values[row]) for x, row in zip(xs.tolist(), kept, strict=True) if math.isfinite(x)]
            moved[run_id] = Curve([x for x, _ in fine], [y for _, y in fine])
    return moved
