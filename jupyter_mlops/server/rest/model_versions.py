"""``model-versions/…`` of the protocol."""

from __future__ import annotations

import os
from typing import Any

import msgspec

from jupyter_mlops.entities.logged_models import LoggedModel
from jupyter_mlops.entities.names import version_texts
from jupyter_mlops.entities.uris import is_local, local_path
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.registry.moves import move_version
from jupyter_mlops.registry.registrations import create_version
from jupyter_mlops.registry.uris import place_of_version
from jupyter_mlops.server.auth.needs import EDIT, FILTERED, MANAGE, READ, of_logged_model, of_model, of_run
from jupyter_mlops.server.rest.bodies import Pair, Text
from jupyter_mlops.server.rest.messages import page_message, version_message
from jupyter_mlops.server.rest.requests import Endpoint, Request
from jupyter_mlops.storage.http.addresses import PROXIED

__all__ = ["ENDPOINTS"]


class ByNumber(msgspec.Struct, frozen=True):
    name: Text
    version: Text


class Create(msgspec.Struct, frozen=True):
    name: Text
    source: Text
    run_id: str | None = None
    tags: list[Pair] = []
    run_link: str | None = None
    description: str | None = None
    model_id: str | None = None


class Update(ByNumber, frozen=True):
    description: str | None = None


class Transition(ByNumber, frozen=True, kw_only=True):
    stage: Text
    archive_existing_versions: bool = False
    comment: str | None = None
    force: bool = False


class Search(msgspec.Struct, frozen=True):
    filter: str | None = None
    max_results: int = 200_000
    order_by: list[str] = []
    page_token: str | None = None


class SetTag(ByNumber, frozen=True, kw_only=True):
    key: Text
    value: str = ""


class DeleteTag(ByNumber, frozen=True, kw_only=True):
    key: Text


def create(request: Request, body: Create) -> dict[str, Any]:
    """Make the next version of a model; one of a logged model is of the run that this is of."""
    model = request.store.get_logged_model(body.model_id) if body.model_id else None
    run_id = body.run_id or (model.source_run_id if model else None)
    source = request.places.meant(body.source)
    version_texts(source, run_id, body.run_link)
    _require_source(request, source)
    if is_local(source):
        _check_local(request, local_path(source), run_id, model)
    tags = {tag.key: tag.value for tag in body.tags}
    made = create_version(
        request.store, request.store, body.name, source, run_id, tags, body.run_link or None, body.description or None,
        request.author(),
    )  # fmt: skip
    return {"model_version": version_message(made, request.places)}


def _require_source(request: Request, source: str) -> None:
    """Whoever asks may read what becomes readable as the version; a ``models:/`` source is looked up by what they see."""
    if source.startswith("runs:/"):
        request.require_artifacts(source.removeprefix("runs:/").partition("/")[0], READ)
    elif (shown := request.places.shown(source)).startswith(PROXIED):
        request.require_path(shown.partition(":/")[2], READ)
    elif not source.startswith("models:"):
        request.require_place(source)


def _check_local(request: Request, path: str, run_id: str | None, model: LoggedModel | None) -> None:
    """A folder of this machine must be of the run or logged model: whoever asks would else have any of its folders read."""
    run = request.store.get_run(run_id) if run_id else None
    places = (*(root for root, _ in request.places.served), run and run.info.artifact_uri, model and model.artifact_location)
    roots = [os.path.realpath(local_path(place)) for place in places if place and is_local(place)]
    if not any(os.path.commonpath([root, os.path.realpath(path)]) == root for root in roots):
        raise InvalidParameter(
            f"Invalid source {path!r:.500}: a folder of the server's machine must be among the artifacts of the run that run_id "
            "names. Log the model to that run, or name it as runs:/<run id>/<path>."
        )


def get(request: Request, body: ByNumber) -> dict[str, Any]:
    """A version."""
    return {"model_version": version_message(request.store.get_model_version(body.name, body.version), request.places)}


def update(request: Request, body: Update) -> dict[str, Any]:
    """Set a version's description."""
    changed = request.store.update_model_version(body.name, body.version, body.description, request.author())
    return {"model_version": version_message(changed, request.places)}


def delete(request: Request, body: ByNumber) -> dict[str, Any]:
    """Remove a version; its number stays used."""
    request.store.delete_model_version(body.name, body.version, request.author())
    return {}


def transition(request: Request, body: Transition) -> dict[str, Any]:
    """Move a version to a stage; ``comment`` and ``force`` are ours, and the model's history names who asked."""
    by = request.author(body.comment)
    moved = move_version(
        request.store, body.name, body.version, body.stage, None, body.archive_existing_versions, by, body.force
    )
    return {"model_version": version_message(moved, request.places)}


def search(request: Request, body: Search) -> dict[str, Any]:
    """One page of versions."""
    page = request.store.search_model_versions(
        body.filter or None, body.max_results, body.order_by or None, body.page_token or None
    )
    return page_message("model_versions", [version_message(version, request.places) for version in page], page)


def download_uri(request: Request, body: ByNumber) -> dict[str, Any]:
    """Where a version's folder is loaded from."""
    version = request.store.get_model_version(body.name, body.version)
    return {"artifact_uri": request.places.shown(place_of_version(version, request.store))}


def set_tag(request: Request, body: SetTag) -> dict[str, Any]:
    """Set a tag."""
    request.store.set_model_version_tag(body.name, body.version, body.key, body.value, request.author())
    return {}


def delete_tag(request: Request, body: DeleteTag) -> dict[str, Any]:
    """Remove a tag, if it is there."""
    request.store.delete_model_version_tag(body.name, body.version, body.key, request.author())
    return {}


_OF_SOURCE = of_model(EDIT) + of_run(READ, "run_id") + of_logged_model(READ)  # what it is made of becomes readable by it

ENDPOINTS = (
    Endpoint("POST", "model-versions/create", Create, create, writes=True, needs=_OF_SOURCE),
    Endpoint("GET", "model-versions/get", ByNumber, get, needs=of_model(READ)),
    Endpoint("PATCH", "model-versions/update", Update, update, writes=True, needs=of_model(EDIT)),
    Endpoint("DELETE", "model-versions/delete", ByNumber, delete, writes=True, needs=of_model(MANAGE)),
    Endpoint("POST", "model-versions/transition-stage", Transition, transition, writes=True, needs=of_model(EDIT)),
    Endpoint("GET", "model-versions/search", Search, search, needs=FILTERED),
    Endpoint("GET", "model-versions/get-download-uri", ByNumber, download_uri, needs=of_model(READ)),
    Endpoint("POST", "model-versions/set-tag", SetTag, set_tag, writes=True, needs=of_model(EDIT)),
    Endpoint("DELETE", "model-versions/delete-tag", DeleteTag, delete_tag, writes=True, needs=of_model(MANAGE)),
)
