"""The protocol's JSON as entities; integers may be texts, and what is empty may be left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from jupyter_mlops.entities.datasets import Dataset, DatasetInput, RunInputs
from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.logged_models import LoggedModel
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.pairs import InputTag
from jupyter_mlops.entities.registered_models import ModelVersion, RegisteredModel
from jupyter_mlops.entities.runs import Run, RunData, RunInfo
from jupyter_mlops.entities.statuses import RunStatus
from jupyter_mlops.storage.http.addresses import served_place

__all__ = ["as_pairs", "experiment_of", "logged_model_of", "metric_of", "model_of", "page_of", "run_of", "version_of", "view_name"]

T = TypeVar("T")


def as_pairs(entries: dict[str, Any]) -> list[dict[str, str]]:
    """A dict as the protocol's list of key and value."""
    return [{"key": key, "value": str(value)} for key, value in entries.items()]


def view_name(view_type: int) -> str:
    """The protocol's name of a view type.

    Examples
    --------
    >>> view_name(1)
    'ACTIVE_ONLY'
    """
    return {1: "ACTIVE_ONLY", 2: "DELETED_ONLY", 3: "ALL"}.get(view_type, str(view_type))


def page_of(told: dict[str, Any], name: str, read: Callable[[dict[str, Any], str], T], address: str) -> PagedList[T]:
    """One page of a search: what stands under its name, read one by one, with the token of the next."""
    return PagedList([read(one, address) for one in told.get(name, ())], told.get("next_page_token") or None)


def _dict(pairs: Iterable[dict[str, Any]] | None) -> dict[str, str]:
    return {pair["key"]: pair.get("value") or "" for pair in pairs or ()}


def _int(value: Any) -> int | None:
    return None if value is None else int(value)


def experiment_of(told: dict[str, Any], address: str) -> Experiment:
    """An experiment."""
    return Experiment(
        str(told["experiment_id"]), told.get("name", ""), served_place(address, told.get("artifact_location", "")),
        told.get("lifecycle_stage", "active"), _dict(told.get("tags")), _int(told.get("creation_time")),
        _int(told.get("last_update_time")),
    )  # fmt: skip


def run_of(told: dict[str, Any], address: str) -> Run:
    """A run; of a metric that is told several times the one of the last step and time counts."""
    data = told.get("data", {})
    metrics = {metric["key"]: float(metric.get("value", 0)) for metric in data.get("metrics", ())}
    inputs = [_input_of(one) for one in told.get("inputs", {}).get("dataset_inputs", ())]
    return Run(_info_of(told["info"], address), RunData(metrics, _dict(data.get("params")), _dict(data.get("tags"))), RunInputs(inputs))


def _info_of(told: dict[str, Any], address: str) -> RunInfo:
    status = told.get("status", "RUNNING")
    return RunInfo(
        told.get("run_id") or told["run_uuid"], str(told.get("experiment_id", "0")), told.get("run_name", ""), told.get("user_id", ""),
        RunStatus.to_string(status) if isinstance(status, int) else status, _int(told.get("start_time")) or 0,
        _int(told.get("end_time")), told.get("lifecycle_stage", "active"), served_place(address, told.get("artifact_uri", "")),
    )  # fmt: skip


def _input_of(told: dict[str, Any]) -> DatasetInput:
    dataset = told["dataset"]
    known = {name: dataset.get(name) for name in Dataset.__struct_fields__}
    return DatasetInput(Dataset(**known), [InputTag(tag["key"], tag.get("value", "")) for tag in told.get("tags", ())])


def metric_of(told: dict[str, Any]) -> Metric:
    """One point."""
    return Metric(told["key"], float(told.get("value", 0)), int(told.get("timestamp", 0)), int(told.get("step", 0)))


def version_of(told: dict[str, Any], address: str) -> ModelVersion:
    """A model version."""
    return ModelVersion(
        told["name"], str(told["version"]), _int(told.get("creation_timestamp")) or 0, _int(told.get("last_updated_timestamp")),
        told.get("description") or None, told.get("user_id") or None, told.get("current_stage") or "None",
        served_place(address, told.get("source") or "") or None, told.get("run_id") or None, told.get("run_link") or None,
        told.get("status", "READY"), told.get("status_message") or None, _dict(told.get("tags")), list(told.get("aliases", ())),
    )  # fmt: skip


def model_of(told: dict[str, Any], address: str) -> RegisteredModel:
    """A registered model."""
    return RegisteredModel(
        told["name"], _int(told.get("creation_timestamp")) or 0, _int(told.get("last_updated_timestamp")),
        told.get("description") or None, [version_of(one, address) for one in told.get("latest_versions", ())],
        _dict(told.get("tags")), {one["alias"]: str(one["version"]) for one in told.get("aliases", ())},
    )  # fmt: skip


def logged_model_of(told: dict[str, Any], address: str) -> LoggedModel:
    """A logged model of MLflow 3."""
    info, data = told["info"], told.get("data", {})
    status = info.get("status", "LOGGED_MODEL_PENDING")
    return LoggedModel(
        info["model_id"], str(info["experiment_id"]), info.get("name", ""), served_place(address, info.get("artifact_uri", "")), status,
        _int(info.get("creation_timestamp_ms")) or 0, _int(info.get("last_updated_timestamp_ms")) or 0, info.get("model_type") or None,
        info.get("source_run_id") or None, _dict(info.get("tags")), _dict(data.get("params")),
        {metric["key"]: float(metric.get("value", 0)) for metric in data.get("metrics", ())},
    )  # fmt: skip
