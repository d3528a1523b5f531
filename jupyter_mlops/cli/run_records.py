"""A run as commands print it in JSON."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.entities.runs import Run

__all__ = ["run_record"]


def run_record(run: Run) -> dict[str, Any]:
    """The parts that MLflow's ``runs describe`` has, by its names.

    Examples
    --------
    >>> from jupyter_mlops.entities.runs import RunInfo
    >>> run_record(Run(RunInfo("1", "0", "r", "ann", "FINISHED", 0)))["info"]["run_name"]
    'r'
    """
    inputs = [{"dataset": msgspec.to_builtins(one.dataset), "tags": {tag.key: tag.value for tag in one.tags}} for one in run.inputs.dataset_inputs]
    return {
        "info": dict(sorted(msgspec.to_builtins(run.info).items())),
        "data": {"metrics": run.data.metrics, "params": run.data.params, "tags": run.data.tags},
        "inputs": {"model_inputs": [], "dataset_inputs": inputs},
    }
