"""``logged-models/…`` of the protocol, for clients of MLflow 3."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.entities.logged_models import LoggedModel
from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.server.auth.needs import EDIT, FILTERED, MANAGE, READ, of_experiment, of_logged_model, of_run
from jupyter_mlops.server.rest.bodies import Pair, Text
from jupyter_mlops.server.rest.messages import files_message, page_message, pairs
from jupyter_mlops.server.rest.places import Places
from jupyter_mlops.server.rest.requests import Endpoint, Request
from jupyter_mlops.storage.artifact_stores.places import artifact_store

__all__ = ["ENDPOINTS"]


class Create(msgspec.Struct, frozen=True):
    experiment_id: Text
    name: str | None = None
    model_type: str | None = None
    source_run_id: str | None = None
    params: list[Pair] = []
    tags: list[Pair] = []


class ById(msgspec.Struct, frozen=True):
    model_id: Text


class Finish(ById, frozen=True, kw_only=True):
    status: Text


class Pairs(ById, frozen=True):
    tags: list[Pair] = []
    params: list[Pair] = []


class DeleteTag(ById, frozen=True, kw_only=True):
    tag_key: Text


class OrderBy(msgspec.Struct, frozen=True):
    field_name: Text
    ascending: bool = True
    dataset_name: str | None = None
    dataset_digest: str | None = None


class Search(msgspec.Struct, frozen=True):
    experiment_ids: list[str] = []
    filter: str | None = None
    datasets: list[dict[str, Any]] = []
    max_results: int = 50
    order_by: list[OrderBy] = []
    page_token: str | None = None


class Files(ById, frozen=True):
    artifact_directory_path: str = ""


class Outputs(msgspec.Struct, frozen=True):
    run_id: Text
    models: list[dict[str, Any]] = []


def create(request: Request, body: Create) -> dict[str, Any]:
    """Make a model that is still to be uploaded."""
    return _model(request, request.store.create_logged_model(
        body.experiment_id, body.name or None, body.model_type or None, body.source_run_id or None, _dict(body.tags), _dict(body.params),
    ))  # fmt: skip


def get(request: Request, body: ById) -> dict[str, Any]:
    """A logged model."""
    return _model(request, request.store.get_logged_model(body.model_id))


def finish(request: Request, body: Finish) -> dict[str, Any]:
    """Say that its files are there, or will not come."""
    return _model(request, request.store.update_logged_model(body.model_id, status=body.status))


def delete(request: Request, body: ById) -> dict[str, Any]:
    """Remove it from sight."""
    request.store.delete_logged_model(body.model_id)
    return {}


def search(request: Request, body: Search) -> dict[str, Any]:
    """One page of logged models."""
    if body.datasets:
        raise InvalidParameter("Metrics of logged models are not kept by data set: leave datasets out.")
    order = [f"{one.field_name} {'ASC' if one.ascending else 'DESC'}" for one in body.order_by]
    page = request.store.search_logged_models(
        body.experiment_ids, body.filter or None, body.max_results, order or None, body.page_token or None
    )
    return page_message("models", [model_message(model, request.places) for model in page], page)


def set_tags(request: Request, body: Pairs) -> dict[str, Any]:
    """Set tags."""
    return _model(request, request.store.update_logged_model(body.model_id, tags=_dict(body.tags)))


def delete_tag(request: Request, body: DeleteTag) -> dict[str, Any]:
    """Remove a tag."""
    request.store.delete_logged_model_tag(body.model_id, body.tag_key)
    return {}


def add_params(request: Request, body: Pairs) -> dict[str, Any]:
    """Add params."""
    request.store.update_logged_model(body.model_id, params=_dict(body.params))
    return {}


def list_files(request: Request, body: Files) -> dict[str, Any]:
    """Files and folders of a logged model below a path, one level."""
    place = request.store.get_logged_model(body.model_id).artifact_location
    found = artifact_store(place).list(check_relative_path(body.artifact_directory_path))
    return {"root_uri": request.places.shown(place)} | files_message(found)


def log_outputs(request: Request, body: Outputs) -> dict[str, Any]:
    """A run says which models it made; each of these knows its run already."""
    request.store.get_run(body.run_id)
    return {}


def model_message(model: LoggedModel, places: Places) -> dict[str, Any]:
    """A logged model as the protocol has it."""
    info = {
        "model_id": model.model_id, "experiment_id": model.experiment_id, "name": model.name,
        "creation_timestamp_ms": model.creation_timestamp, "last_updated_timestamp_ms": model.last_updated_timestamp,
        "artifact_uri": places.shown(model.artifact_location), "status": model.status, "model_type": model.model_type,
        "source_run_id": model.source_run_id,
    }  # fmt: skip
    metrics = [
        {"key": key, "value": as_json(value), "timestamp": model.last_updated_timestamp, "step": 0}
        for key, value in model.metrics.items()
    ]
    known = {name: value for name, value in info.items() if value is not None}
    return {"info": {**known, "tags": pairs(model.tags)}, "data": {"params": pairs(model.params), "metrics": metrics}}


def _model(request: Request, model: LoggedModel) -> dict[str, Any]:
    return {"model": model_message(model, request.places)}


def _dict(entries: list[Pair]) -> dict[str, str]:
    return {entry.key: entry.value for entry in entries}


ENDPOINTS = (
    Endpoint("POST", "logged-models", Create, create, writes=True, needs=of_experiment(EDIT) + of_run(READ, "source_run_id")),
    Endpoint("POST", "logged-models/search", Search, search, needs=FILTERED),
    Endpoint("GET", "logged-models/{model_id}", ById, get, needs=of_logged_model(READ)),
    Endpoint("PATCH", "logged-models/{model_id}", Finish, finish, writes=True, needs=of_logged_model(EDIT)),
    Endpoint("DELETE", "logged-models/{model_id}", ById, delete, writes=True, needs=of_logged_model(MANAGE)),
    Endpoint("PATCH", "logged-models/{model_id}/tags", Pairs, set_tags, writes=True, needs=of_logged_model(EDIT)),
    Endpoint("DELETE", "logged-models/{model_id}/tags/{tag_key}", DeleteTag, delete_tag, writes=True, needs=of_logged_model(EDIT)),
    Endpoint("POST", "logged-models/{model_id}/params", Pairs, add_params, writes=True, needs=of_logged_model(EDIT)),
    Endpoint("GET", "logged-models/{model_id}/artifacts/directories", Files, list_files, needs=of_logged_model(READ)),
    Endpoint("POST", "runs/outputs", Outputs, log_outputs, writes=True, needs=of_run(EDIT, "run_id")),
)
