"""``experiments/…`` of the protocol."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.server.auth.needs import ANY_USER, EDIT, FILTERED, MANAGE, READ, of_experiment, of_experiment_named
from jupyter_mlops.server.rest.bodies import Pair, Text, read_view
from jupyter_mlops.server.rest.messages import experiment_message, page_message
from jupyter_mlops.server.rest.requests import Endpoint, Request
from jupyter_mlops.storage.artifact_stores.places import check_place
from jupyter_mlops.tracking.run_states import look_again

__all__ = ["ENDPOINTS"]

_MOST_WITH_DATASETS = 20


class ById(msgspec.Struct, frozen=True):
    experiment_id: Text


class ByName(msgspec.Struct, frozen=True):
    experiment_name: Text


class Create(msgspec.Struct, frozen=True):
    name: Text
    artifact_location: str | None = None
    tags: list[Pair] = []


class Search(msgspec.Struct, frozen=True):
    max_results: int = 0
    filter: str | None = None
    order_by: list[str] = []
    view_type: str | int | None = None
    page_token: str | None = None


class Update(msgspec.Struct, frozen=True):
    experiment_id: Text
    new_name: str | None = None


class SetTag(msgspec.Struct, frozen=True):
    experiment_id: Text
    key: Text
    value: str = ""


class DeleteTag(msgspec.Struct, frozen=True):
    experiment_id: Text
    key: Text


class Datasets(msgspec.Struct, frozen=True):
    experiment_ids: list[str] = []


def create(request: Request, body: Create) -> dict[str, Any]:
    """Make an experiment."""
    location = request.places.meant(body.artifact_location) if body.artifact_location else None
    check_place(location)
    if location is None:
        location = request.places.fresh()
    else:
        request.require_place(location)
    made = request.store.create_experiment(body.name, location, {tag.key: tag.value for tag in body.tags})
    request.own_experiment(made)
    return {"experiment_id": made}


def get(request: Request, body: ById) -> dict[str, Any]:
    """An experiment, deleted ones too."""
    return {"experiment": experiment_message(request.store.get_experiment(body.experiment_id), request.places)}


def get_by_name(request: Request, body: ByName) -> dict[str, Any]:
    """An experiment by its name, deleted ones too."""
    found = request.store.get_experiment_by_name(body.experiment_name)
    if found is None:
        raise NotFound(f"There is no experiment named {body.experiment_name!r}.")
    return {"experiment": experiment_message(found, request.places)}


def search(request: Request, body: Search) -> dict[str, Any]:
    """One page of experiments."""
    page = request.store.search_experiments(
        body.filter or None, read_view(body.view_type), body.max_results, body.order_by or None, body.page_token or None
    )
    return page_message("experiments", [experiment_message(one, request.places) for one in page], page)


def delete(request: Request, body: ById) -> dict[str, Any]:
    """Set an experiment and its runs to deleted."""
    request.store.delete_experiment(body.experiment_id)
    look_again(request.whole)
    return {}


def restore(request: Request, body: ById) -> dict[str, Any]:
    """Set a deleted experiment and its runs to active."""
    request.store.restore_experiment(body.experiment_id)
    look_again(request.whole)
    return {}


def update(request: Request, body: Update) -> dict[str, Any]:
    """Rename an experiment."""
    if body.new_name:
        request.store.rename_experiment(body.experiment_id, body.new_name)
    return {}


def set_tag(request: Request, body: SetTag) -> dict[str, Any]:
    """Set a tag."""
    request.store.set_experiment_tag(body.experiment_id, body.key, body.value)
    return {}


def delete_tag(request: Request, body: DeleteTag) -> dict[str, Any]:
    """Remove a tag."""
    request.store.delete_experiment_tag(body.experiment_id, body.key)
    return {}


def search_datasets(request: Request, body: Datasets) -> dict[str, Any]:
    """Data sets of experiments, the newest first."""
    if not 1 <= len(body.experiment_ids) <= _MOST_WITH_DATASETS:
        raise InvalidParameter(f"Say 1 to {_MOST_WITH_DATASETS} experiment_ids, not {len(body.experiment_ids)}.")
    found = request.store.search_datasets(body.experiment_ids)
    return {"dataset_summaries": [one.to_dictionary() for one in found]} if found else {}


ENDPOINTS = (
    Endpoint("POST", "experiments/create", Create, create, writes=True, needs=ANY_USER),
    Endpoint("GET", "experiments/get", ById, get, needs=of_experiment(READ)),
    Endpoint("GET", "experiments/get-by-name", ByName, get_by_name, needs=of_experiment_named(READ)),
    Endpoint("POST", "experiments/search", Search, search, needs=FILTERED),
    Endpoint("GET", "experiments/search", Search, search, needs=FILTERED),
    Endpoint("POST", "experiments/delete", ById, delete, writes=True, needs=of_experiment(MANAGE)),
    Endpoint("POST", "experiments/restore", ById, restore, writes=True, needs=of_experiment(MANAGE)),
    Endpoint("POST", "experiments/update", Update, update, writes=True, needs=of_experiment(EDIT)),
    Endpoint("POST", "experiments/set-experiment-tag", SetTag, set_tag, writes=True, needs=of_experiment(EDIT)),
    Endpoint("POST", "experiments/delete-experiment-tag", DeleteTag, delete_tag, writes=True, needs=of_experiment(EDIT)),
    Endpoint("POST", "experiments/search-datasets", Datasets, search_datasets, needs=FILTERED),
)
