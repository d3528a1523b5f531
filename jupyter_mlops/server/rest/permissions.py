"""``experiments/permissions/…``, ``registered-models/permissions/…`` and, of MLflow 3, ``users/permissions/…``.

Who may MANAGE a thing says who else may do what with it.
"""

from __future__ import annotations

import functools
from typing import Any, Literal

import msgspec

from jupyter_mlops.server.auth.levels import Level, read_level
from jupyter_mlops.server.auth.needs import ANY_USER, MANAGE, of_experiment, of_model
from jupyter_mlops.server.auth.things import EXPERIMENT, MODEL
from jupyter_mlops.server.rest.bodies import Text
from jupyter_mlops.server.rest.requests import Endpoint, Request
from jupyter_mlops.server.rest.users import accounts_of, grant_message

__all__ = ["ENDPOINTS", "OF_USERS"]


class OfExperiment(msgspec.Struct, frozen=True):
    experiment_id: Text
    username: Text


class OnExperiment(OfExperiment, frozen=True):
    permission: Text


class OfModel(msgspec.Struct, frozen=True):
    name: Text
    username: Text


class OnModel(OfModel, frozen=True):
    permission: Text


class OfThing(msgspec.Struct, frozen=True):
    username: Text
    resource_type: Literal["experiment", "registered_model"]
    resource_id: Text


class OnThing(OfThing, frozen=True):
    permission: Text


def _thing(request: Request, body: Any) -> tuple[str, str, str]:
    """User, kind and name, of a thing that is there."""
    if isinstance(body, OfExperiment):
        return body.username, EXPERIMENT, request.whole.get_experiment(body.experiment_id).experiment_id
    return body.username, MODEL, request.whole.get_registered_model(body.name).name


def create(key: str, request: Request, body: Any) -> dict[str, Any]:
    """Grant a permission."""
    grant = accounts_of(request).permissions.create(*_thing(request, body), read_level(body.permission))
    return {key: grant_message(grant)}


def get(key: str, request: Request, body: Any) -> dict[str, Any]:
    """A permission."""
    return {key: grant_message(accounts_of(request).permissions.get(*_thing(request, body)))}


def update(key: str, request: Request, body: Any) -> dict[str, Any]:
    """Change a permission."""
    accounts_of(request).permissions.update(*_thing(request, body), read_level(body.permission))
    return {}


def delete(key: str, request: Request, body: Any) -> dict[str, Any]:
    """Take a permission away."""
    accounts_of(request).permissions.revoke(*_thing(request, body))
    return {}


def grant(request: Request, body: OnThing) -> dict[str, Any]:
    """Grant a permission in place of the one that the user had."""
    accounts_of(request).permissions.grant(*_managed(request, body), read_level(body.permission))
    return {}


def revoke(request: Request, body: OfThing) -> dict[str, Any]:
    """Take a permission away."""
    accounts_of(request).permissions.revoke(*_managed(request, body))
    return {}


def effective(request: Request, body: OfThing) -> dict[str, Any]:
    """What a user may do with a thing, by a permission or by default."""
    user, kind, name = _managed(request, body)
    accounts = accounts_of(request)
    found = accounts.permissions.all(user, kind, name)
    level = MANAGE if accounts.users.get(user).is_admin else found[0].level if found else request.caller.default
    return {"allowed": level >= Level.EDIT, "permission": level.name}


def _managed(request: Request, body: OfThing) -> tuple[str, str, str]:
    """User, kind and name, of a thing that the caller may MANAGE."""
    request.caller.require(body.resource_type, body.resource_id, MANAGE)
    if body.resource_type == EXPERIMENT:
        return _thing(request, OfExperiment(body.resource_id, body.username))
    return _thing(request, OfModel(body.resource_id, body.username))


def _endpoints(things: str, key: str, of: type[msgspec.Struct], on: type[msgspec.Struct], needs: Any) -> tuple[Endpoint, ...]:
    path = f"{things}/permissions"
    return (
        Endpoint("POST", f"{path}/create", on, functools.partial(create, key), writes=True, needs=needs),
        Endpoint("GET", f"{path}/get", of, functools.partial(get, key), needs=needs),
        Endpoint("PATCH", f"{path}/update", on, functools.partial(update, key), writes=True, needs=needs),
        Endpoint("DELETE", f"{path}/delete", of, functools.partial(delete, key), writes=True, needs=needs),
    )


ENDPOINTS = (
    *_endpoints("experiments", "experiment_permission", OfExperiment, OnExperiment, of_experiment(MANAGE)),
    *_endpoints("registered-models", "registered_model_permission", OfModel, OnModel, of_model(MANAGE)),
)
OF_USERS = (  # each asks itself for MANAGE on what it is about
    Endpoint("POST", "users/permissions/grant", OnThing, grant, writes=True, needs=ANY_USER),
    Endpoint("POST", "users/permissions/revoke", OfThing, revoke, writes=True, needs=ANY_USER),
    Endpoint("GET", "users/permissions/get", OfThing, effective, needs=ANY_USER),
)
