"""How things stand here and now, beside how they stood when a run was made."""

from __future__ import annotations

import importlib.metadata
import json
import os
from collections.abc import Iterable
from typing import Any

from jupyter_mlops.context.sources import context_tags
from jupyter_mlops.entities.datasets import Dataset
from jupyter_mlops.entities.runs import Run, RunData, RunInfo
from jupyter_mlops.entities.tags import BRANCH_TAG, COMMIT_TAG, PACKAGES_TAG, PYTHON_TAG
from jupyter_mlops.entities.uris import is_local, local_path
from jupyter_mlops.reproduction.recordings import recorded_packages

__all__ = ["installed", "present_state", "source_states"]

_CODE = (COMMIT_TAG, BRANCH_TAG, PYTHON_TAG)


def present_state(run: Run) -> Run:
    """A run as it would be if it was made now: the same, on the commit, the Python and the packages of this process."""
    now = context_tags()
    packages = "\n".join(f"{name}=={version}" for name in recorded_packages(run) if (version := installed(name)))
    kept = {key: value for key, value in run.data.tags.items() if key not in (*_CODE, PACKAGES_TAG)}
    tags = {**kept, **{key: now[key] for key in _CODE if key in now}, PACKAGES_TAG: packages}
    info = RunInfo(run.info.run_id, run.info.experiment_id, "now", run.info.user_id, run.info.status, run.info.start_time)
    return Run(info, RunData(run.data.metrics, run.data.params, tags), run.inputs)


def installed(name: str) -> str | None:
    """Version of a package in this environment; None when it is not installed."""
    try:
        return importlib.metadata.version(name)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return None


def source_states(run: Run) -> list[tuple[str, str]]:
    """Data sets of a run that came from files of this machine, and how the files stand now."""
    return [(one.dataset.name, state) for one in run.inputs.dataset_inputs if (state := _state(one.dataset, run.info.start_time))]


def _state(dataset: Dataset, start_ms: int) -> str | None:
    paths = [path for path in _paths(dataset) if is_local(path)]
    if not paths:
        return None
    try:
        changed = max(os.stat(local_path(path)).st_mtime for path in paths) * 1000
    except OSError:
        return "is no longer there"
    return "has not changed since" if changed <= start_ms else "has changed since"


def _paths(dataset: Dataset) -> Iterable[str]:
    try:
        source: Any = json.loads(dataset.source)
    except ValueError:
        return []
    found = [source.get(key) for key in ("uri", "path", "database")] if isinstance(source, dict) else []
    return [path for path in found if isinstance(path, str) and path]
