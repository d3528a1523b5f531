"""All that there is to know of one run."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.entities.datasets import DatasetInput
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import CONTEXT_TAG, PARENT_TAG
from jupyter_mlops.storage.base import Store

__all__ = ["run_details"]

_MOST = 100


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
        ``points``), ``inputs`` (``name, digest, context, source_type``), ``models`` (``name, version, stage, aliases``), ``parent``
        and ``children`` (``run_id, name, status``), of models and children at most 100.

    Raises
    ------
    NotFound
        There is no such run.
    """
    run = store.get_run(run_id)
    lengths = store.metric_lengths([run_id])
    metrics = [
        {"key": key, "value": as_json(value), "points": lengths.get(key, 1)} for key, value in sorted(run.data.metrics.items())
    ]
    parent = run.data.tags.get(PARENT_TAG)
    children = store.search_runs(None, f"tags.`{PARENT_TAG}` = '{run_id}'", ViewType.ACTIVE_ONLY, _MOST, ["start_time"], None)
    versions = store.search_model_versions(f"run_id = '{run_id}'", _MOST, None, None)
    return {
        "run": {**msgspec.structs.asdict(run.info), "experiment": store.get_experiment(run.info.experiment_id).name},
        "params": dict(sorted(run.data.params.items())),
        "metrics": metrics,
        "tags": dict(sorted(run.data.tags.items())),
        "inputs": [_input(one) for one in run.inputs.dataset_inputs],
        "models": [
            {"name": one.name, "version": one.version, "stage": one.current_stage, "aliases": one.aliases} for one in versions
        ],
        "parent": next(map(_named, store.get_runs([parent])), None) if parent else None,
        "children": [_named(child) for child in children],
    }


def _input(given: DatasetInput) -> dict[str, str | None]:
    context = next((tag.value for tag in given.tags if tag.key == CONTEXT_TAG), None)
    dataset = given.dataset
    return {"name": dataset.name, "digest": dataset.digest, "context": context, "source_type": dataset.source_type}


def _named(run: Run) -> dict[str, str]:
    return {"run_id": run.info.run_id, "name": run.info.run_name, "status": run.info.status}
