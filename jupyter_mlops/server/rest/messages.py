"""Entities as the protocol's JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.files import FileInfo
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.registered_models import ModelVersion, RegisteredModel
from jupyter_mlops.entities.runs import Run, RunInfo
from jupyter_mlops.server.rest.places import Places

__all__ = [
    "experiment_message", "files_message", "metric_message", "model_message", "page_message", "pairs", "run_info_message", "run_message",
    "version_message",
]  # fmt: skip


def pairs(entries: dict[str, Any]) -> list[dict[str, Any]]:
    """A dict as a list of key and value."""
    return [{"key": key, "value": value} for key, value in entries.items()]


def page_message(name: str, items: list[dict[str, Any]], page: PagedList[Any]) -> dict[str, Any]:
    """One page under its name, with the token of the next if there is one."""
    return {name: items} | ({"next_page_token": page.token} if page.token else {})


def files_message(files: Iterable[FileInfo]) -> dict[str, Any]:
    """Files and folders; nothing at all where there are none."""
    found = [{name: value for name, value in msgspec.structs.asdict(one).items() if value is not None} for one in files]
    return {"files": found} if found else {}


def experiment_message(experiment: Experiment, places: Places) -> dict[str, Any]:
    """An experiment."""
    location = places.shown(experiment.artifact_location)
    return {**msgspec.structs.asdict(experiment), "artifact_location": location, "tags": pairs(experiment.tags)}


def run_message(run: Run, places: Places, points: Iterable[Metric] = ()) -> dict[str, Any]:
    """A run with params, tags and the latest points of its metrics."""
    metrics = [metric_message(point) for point in points]
    data = {"metrics": metrics, "params": pairs(run.data.params), "tags": pairs(run.data.tags)}
    inputs = [one.to_dictionary() for one in run.inputs.dataset_inputs]
    return {
        "info": run_info_message(run.info, places),
        "data": {name: entries for name, entries in data.items() if entries},
        "inputs": {"dataset_inputs": inputs} if inputs else {},
    }


def metric_message(point: Metric) -> dict[str, Any]:
    """One point."""
    return {"key": point.key, "value": as_json(point.value), "timestamp": point.timestamp, "step": point.step}


def run_info_message(info: RunInfo, places: Places) -> dict[str, Any]:
    """What a run is, without what was logged; its id by both names."""
    known = {key: value for key, value in msgspec.structs.asdict(info).items() if value is not None}
    return {**known, "run_uuid": info.run_id, "artifact_uri": places.shown(info.artifact_uri)}


def version_message(version: ModelVersion, places: Places) -> dict[str, Any]:
    """A model version."""
    source = places.shown(version.source or "")
    return {**_known(version), "source": source, "tags": pairs(version.tags)}


def model_message(model: RegisteredModel, places: Places) -> dict[str, Any]:
    """A registered model."""
    return {
        **_known(model),
        "latest_versions": [version_message(version, places) for version in model.latest_versions],
        "tags": pairs(model.tags),
        "aliases": [{"alias": alias, "version": version} for alias, version in model.aliases.items()],
    }


def _known(entity: ModelVersion | RegisteredModel) -> dict[str, Any]:
    """All but where the folder lies here, which is nobody else's business, and what is not there."""
    return {key: value for key, value in msgspec.structs.asdict(entity).items() if value is not None and key != "location"}
