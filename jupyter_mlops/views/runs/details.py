"""All that there is to know of one run."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.entities.alerts import alerts_in
from jupyter_mlops.entities.datasets import DatasetInput
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import CONTEXT_TAG
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.reproduction.recordings import has_cells
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.run_tables import Aspect, RunQuery
from jupyter_mlops.views.runs.trees import ancestors, children_filter, named_run

__all__ = ["run_details"]

_MOST = 100
_MOST_TEXT = 2000


def run_details(store: Store, run_id: str) -> dict[str, Any]:
    """A run, what went into it and what came of it.

    Parameters
    ----------
    store : Store
    run_id : str

    Returns
    -------
    dict
        ``run`` (its info, with ``experiment``), ``params`` and ``tags`` by key, ``metrics`` (``key``, newest ``value``, number of
        ``points``, and the least and greatest value as ``min`` and ``max``, None where they are not known), ``alerts``, ``inputs``
        (``name, digest, context, source_type, source, profile``), ``models`` (``name, version, stage, aliases``), ``parents`` (the
        topmost first) and ``children`` (``run_id, name, status``), of models and children at most 100; ``has_cells``, whether there is a notebook of it.

    Raises
    ------
    NotFound
        There is no such run.
    """
    run = store.get_run(run_id)
    children = store.search_runs(None, children_filter(run_id), ViewType.ACTIVE_ONLY, _MOST, ["start_time"], None)
    versions = store.search_model_versions(f"run_id = '{run_id}'", _MOST, None, None)
    above = ancestors(store, run)
    return {
        "run": {**msgspec.structs.asdict(run.info), "experiment": store.get_experiment(run.info.experiment_id).name},
        "params": dict(sorted(run.data.params.items())),
        "metrics": _metrics(store, run),
        "tags": dict(sorted(run.data.tags.items())),
        "inputs": [_input(one) for one in run.inputs.dataset_inputs],
        "models": [
            {"name": one.name, "version": one.version, "stage": one.current_stage, "aliases": one.aliases} for one in versions
        ],
        "alerts": [msgspec.structs.asdict(alert) for alert in alerts_in(run.data.tags)],
        "parents": [named_run(one) for one in above],
        "children": [named_run(child) for child in children],
        "has_cells": has_cells([run, *above]),
    }


def _metrics(store: Store, run: Run) -> list[dict[str, Any]]:
    lengths = store.metric_lengths([run.info.run_id])
    columns = [f"metrics.{key}" for key in run.data.metrics if lengths.get(key, 1) > 1]
    ends = {aspect: _aspect(store, run, columns, aspect) for aspect in ("min", "max")} if columns else {"min": {}, "max": {}}
    return [
        {
            "key": key, "value": as_json(value), "points": (points := lengths.get(key, 1)),
            **{aspect: as_json(value) if points < 2 else as_json(found.get(f"metrics.{key}")) for aspect, found in ends.items()},
        }
        for key, value in sorted(run.data.metrics.items())
    ]  # fmt: skip


def _aspect(store: Store, run: Run, columns: list[str], aspect: Aspect) -> dict[str, Any]:
    """One of the values that each metric had; nothing of a deleted run, and where the server does not keep them."""
    try:
        query = RunQuery(run_ids=[run.info.run_id], aspects=dict.fromkeys(columns, aspect))
        part = store.run_part(query, columns, 0, 1)
    except MlflowException:
        return {}
    return {column: values[0] for column, values in part.values.items() if values}


def _input(given: DatasetInput) -> dict[str, str | None]:
    context = next((tag.value for tag in given.tags if tag.key == CONTEXT_TAG), None)
    one = given.dataset
    about = {"source": one.source and one.source[:_MOST_TEXT], "profile": one.profile and one.profile[:_MOST_TEXT]}
    return {"name": one.name, "digest": one.digest, "context": context, "source_type": one.source_type, **about}
