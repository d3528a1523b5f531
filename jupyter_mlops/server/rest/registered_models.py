"""``registered-models/…`` of the protocol."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.registry.moves import move_version
from jupyter_mlops.server.auth.needs import ANY_USER, EDIT, FILTERED, MANAGE, READ, of_model
from jupyter_mlops.server.auth.things import MODEL
from jupyter_mlops.server.rest.bodies import Pair, Text
from jupyter_mlops.server.rest.messages import model_message, page_message, version_message
from jupyter_mlops.server.rest.requests import Endpoint, Request

__all__ = ["ENDPOINTS"]


class ByName(msgspec.Struct, frozen=True):
    name: Text


class Create(ByName, frozen=True):
    tags: list[Pair] = []
    description: str | None = None


class Update(ByName, frozen=True):
    description: str | None = None


class Rename(ByName, frozen=True):
    new_name: str = ""


class Search(msgspec.Struct, frozen=True):
    filter: str | None = None
    max_results: int = 100
    order_by: list[str] = []
    page_token: str | None = None


class Latest(ByName, frozen=True):
    stages: list[str] = []


class SetTag(ByName, frozen=True, kw_only=True):
    key: Text
    value: str = ""


class DeleteTag(ByName, frozen=True, kw_only=True):
    key: Text


class Alias(ByName, frozen=True, kw_only=True):
    alias: Text


class SetAlias(Alias, frozen=True, kw_only=True):
    version: Text
    comment: str | None = None
    force: bool = False


def create(request: Request, body: Create) -> dict[str, Any]:
    """Make a model."""
    tags = {tag.key: tag.value for tag in body.tags}
    with request.caller.making(MODEL, body.name):
        made = request.store.create_registered_model(body.name, tags, body.description or None, request.author())
    return {"registered_model": model_message(made, request.places)}


def get(request: Request, body: ByName) -> dict[str, Any]:
    """A model."""
    return {"registered_model": model_message(request.store.get_registered_model(body.name), request.places)}


def update(request: Request, body: Update) -> dict[str, Any]:
    """Set a model's description."""
    changed = request.store.update_registered_model(body.name, body.description, request.author())
    return {"registered_model": model_message(changed, request.places)}


def rename(request: Request, body: Rename) -> dict[str, Any]:
    """Give a model another name."""
    with request.caller.renaming(body.name, body.new_name):
        renamed = request.store.rename_registered_model(body.name, body.new_name, request.author())
    return {"registered_model": model_message(renamed, request.places)}


def delete(request: Request, body: ByName) -> dict[str, Any]:
    """Remove a model with its versions."""
    with request.caller.deleting(body.name):
        request.store.delete_registered_model(body.name, request.author())
    return {}


def search(request: Request, body: Search) -> dict[str, Any]:
    """One page of models."""
    page = request.store.search_registered_models(
        body.filter or None, body.max_results, body.order_by or None, body.page_token or None
    )
    return page_message("registered_models", [model_message(model, request.places) for model in page], page)


def latest(request: Request, body: Latest) -> dict[str, Any]:
    """The highest version of each stage."""
    found = request.store.get_latest_versions(body.name, body.stages or None)
    return {"model_versions": [version_message(version, request.places) for version in found]} if found else {}


def set_tag(request: Request, body: SetTag) -> dict[str, Any]:
    """Set a tag."""
    request.store.set_registered_model_tag(body.name, body.key, body.value, request.author())
    return {}


def delete_tag(request: Request, body: DeleteTag) -> dict[str, Any]:
    """Remove a tag, if it is there."""
    request.store.delete_registered_model_tag(body.name, body.key, request.author())
    return {}


def set_alias(request: Request, body: SetAlias) -> dict[str, Any]:
    """Point an alias at a version; ``comment`` and ``force`` are ours."""
    by = request.author(body.comment)
    move_version(request.store, body.name, body.version, None, body.alias, False, by, body.force)
    return {}


def delete_alias(request: Request, body: Alias) -> dict[str, Any]:
    """Remove an alias, if it is there."""
    request.store.delete_registered_model_alias(body.name, body.alias, request.author())
    return {}


def get_alias(request: Request, body: Alias) -> dict[str, Any]:
    """The version that an alias points at."""
    return {"model_version": version_message(request.store.get_model_version_by_alias(body.name, body.alias), request.places)}


ENDPOINTS = (
    Endpoint("POST", "registered-models/create", Create, create, writes=True, needs=ANY_USER),
    Endpoint("GET", "registered-models/get", ByName, get, needs=of_model(READ)),
    Endpoint("PATCH", "registered-models/update", Update, update, writes=True, needs=of_model(EDIT)),
    Endpoint("POST", "registered-models/rename", Rename, rename, writes=True, needs=of_model(EDIT)),
    Endpoint("DELETE", "registered-models/delete", ByName, delete, writes=True, needs=of_model(MANAGE)),
    Endpoint("GET", "registered-models/search", Search, search, needs=FILTERED),
    Endpoint("POST", "registered-models/get-latest-versions", Latest, latest, needs=of_model(READ)),
    Endpoint("GET", "registered-models/get-latest-versions", Latest, latest, needs=of_model(READ)),
    Endpoint("POST", "registered-models/set-tag", SetTag, set_tag, writes=True, needs=of_model(EDIT)),
    Endpoint("DELETE", "registered-models/delete-tag", DeleteTag, delete_tag, writes=True, needs=of_model(EDIT)),
    Endpoint("POST", "registered-models/alias", SetAlias, set_alias, writes=True, needs=of_model(EDIT)),
    Endpoint("DELETE", "registered-models/alias", Alias, delete_alias, writes=True, needs=of_model(MANAGE)),
    Endpoint("GET", "registered-models/alias", Alias, get_alias, needs=of_model(READ)),
)
