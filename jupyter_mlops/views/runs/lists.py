"""Experiments and runs as a narrow list shows them: few facts of each, and the counts of all."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from jupyter_mlops.entities.directions import direction_of
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import ARCHIVED_TAG, NOTEBOOK_TAG, PARENT_TAG
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.reproduction.recordings import CELL_TAGS
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.run_tables import RunQuery
from jupyter_mlops.tracking.run_references import in_quotes
from jupyter_mlops.views.calls import check_stretch

__all__ = ["experiment_list", "run_list"]

_MOST, _KEYS, _POINTS = 200, 3, 24
_PARENT, _ARCHIVED, _NOTEBOOK = (f"tags.{tag}" for tag in (PARENT_TAG, ARCHIVED_TAG, NOTEBOOK_TAG))
_OF_CELLS = (_PARENT, *(f"tags.{tag}" for tag in sorted(CELL_TAGS)))  # those of a run below another may be kept with that
_VALIDATION = ("val", "test", "eval")


def experiment_list(
    store: TrackingStore, query: RunQuery, search: str = "", limit: int = 100, page: str | None = None
) -> dict[str, Any]:
    """One page of experiments, the newest first, with how many of their runs match a query.

    Parameters
    ----------
    store : TrackingStore
    query : RunQuery
        Its experiments do not matter.
    search : str
        Text in the name, in any case.
    limit : int, 1 to 200
    page : str, optional
        What ``next`` was.

    Returns
    -------
    dict
        ``experiments`` (``id, name, count, running``) and ``next``.

    Notes
    -----
    Three sessions, however many runs there are.
    """
    check_stretch(limit, 0, _MOST)
    where = f"name ILIKE {in_quotes(f'%{search}%')}" if search else None
    found = store.search_experiments(where, ViewType.ACTIVE_ONLY, limit, None, page)
    ids = [one.experiment_id for one in found]
    counts = _counts(store, query, ids)
    running = _counts(store, msgspec.structs.replace(query, filters=[*query.filters, "attributes.status = 'RUNNING'"]), ids)
    listed = [
        {"id": one.experiment_id, "name": one.name, "count": counts.get(one.experiment_id, 0), "running": running.get(one.experiment_id, 0)}
        for one in found
    ]
    return {"experiments": listed, "next": found.token}


def _counts(store: TrackingStore, query: RunQuery, ids: list[str]) -> dict[str | None, int]:
    groups = store.run_groups(msgspec.structs.replace(query, experiment_ids=ids), "attributes.experiment_id", []).groups if ids else []
    return {group.value: group.count for group in groups}


def run_list(store: TrackingStore, query: RunQuery, limit: int = 50, offset: int = 0) -> dict[str, Any]:
    """A stretch of runs, each with its most telling metrics and the road of the first of them.

    Parameters
    ----------
    store : TrackingStore
    query : RunQuery
        Where it says which parent the runs have, each comes with the number of its own children.
    limit : int, 1 to 200
    offset : int

    Returns
    -------
    dict
        ``total`` and ``running`` of all that match, and ``runs``: ``run_id, name, status, start_time, end_time,
        experiment_id, notebook, archived, has_cells, children, metrics`` (``key, value``, at most three) and ``points``, at most 24
        values of the metric ``main``.

    Notes
    -----
    At most five sessions, none of which reads more than the runs of the stretch but for counting.
    """
    check_stretch(limit, offset, _MOST, 2**63)
    statuses = store.run_groups(query, "attributes.status", []).groups
    part = store.run_part(query, [_ARCHIVED, _NOTEBOOK, *_OF_CELLS], offset, limit)
    ids: list[str] = part.info["run_id"]
    latest = store.latest_metrics(ids) if ids else {}
    keys = _telling(latest)
    curves = store.metric_curves(ids, keys[0], "step", _POINTS) if keys and _has_history(latest, keys[0]) else {}
    children = _children(store, query, ids) if ids and _PARENT in query.equal else {}
    rows = [
        {
            "run_id": run_id,
            "name": part.info["run_name"][place],
            **{name: part.info[name][place] for name in ("status", "start_time", "end_time", "experiment_id")},
            "notebook": part.values[_NOTEBOOK][place],
            "archived": part.values[_ARCHIVED][place] is not None,
            "has_cells": any(part.values[column][place] is not None for column in _OF_CELLS),
            "children": children.get(run_id, 0),
            "metrics": _metrics(latest.get(run_id, ()), keys),
            "points": [float(f"{value:.4g}") for value in (curves[run_id].values if run_id in curves else ()) if math.isfinite(value)],
        }
        for place, run_id in enumerate(ids)
    ]  # fmt: skip
    running = sum(group.count for group in statuses if group.value == "RUNNING")
    return {"total": sum(group.count for group in statuses), "running": running, "main": keys[0] if curves else None, "runs": rows}


def _telling(latest: Mapping[str, Sequence[Metric]]) -> list[str]:
    """The metrics that most runs have as curves, those of validation and of a known direction before others.

    Examples
    --------
    >>> _telling({"r": [Metric("loss", 1, 0, 9), Metric("size", 1, 0, 0), Metric("val_loss", 1, 0, 9)]})
    ['val_loss', 'loss', 'size']
    """
    own = [metric for metrics in latest.values() for metric in metrics if not metric.key.startswith("system/")]
    known, curved = Counter(metric.key for metric in own), Counter(metric.key for metric in own if metric.step > 0)

    def rank(key: str) -> tuple[Any, ...]:
        is_validation = any(word in key.lower() for word in _VALIDATION)
        return -curved[key], not is_validation, direction_of(key) == "neither", -known[key], key

    return sorted(known, key=rank)[: 8 * _KEYS]


def _has_history(latest: Mapping[str, Sequence[Metric]], key: str) -> bool:
    return any(metric.key == key and metric.step > 0 for metrics in latest.values() for metric in metrics)


def _metrics(metrics: Sequence[Metric], keys: Sequence[str]) -> list[dict[str, Any]]:
    values = {metric.key: metric.value for metric in metrics}
    return [{"key": key, "value": as_json(values[key])} for key in keys if key in values][:_KEYS]


def _children(store: TrackingStore, query: RunQuery, ids: Sequence[str]) -> dict[str | None, int]:
    """How many runs below each of `ids` are shown with it."""
    equal = {column: value for column, value in query.equal.items() if column != _PARENT}
    listed = ", ".join(f"'{run_id}'" for run_id in ids)
    below = RunQuery(filters=[f"tags.`{PARENT_TAG}` IN ({listed})"], equal=equal, deleted=query.deleted)
    try:
        groups = store.run_groups(below, _PARENT, []).groups
    except MlflowException:  # MLflow's servers know no list of tags
        groups = store.run_groups(msgspec.structs.replace(query, filters=[], equal=equal), _PARENT, []).groups
    return {group.value: group.count for group in groups}
