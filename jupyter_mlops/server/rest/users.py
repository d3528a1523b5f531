"""``users/…`` of the protocol, as MLflow's ``AuthServiceClient`` asks; in force with ``--auth users``."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.errors import InvalidState, NotPermitted
from jupyter_mlops.server.auth.accounts import Accounts
from jupyter_mlops.server.auth.needs import ADMIN, ANY_USER
from jupyter_mlops.server.auth.permissions import Grant
from jupyter_mlops.server.auth.things import EXPERIMENT, MODEL
from jupyter_mlops.server.auth.users import User
from jupyter_mlops.server.rest.bodies import Empty, Text
from jupyter_mlops.server.rest.requests import Endpoint, Request

__all__ = ["ENDPOINTS", "accounts_of", "grant_message"]


class ByName(msgspec.Struct, frozen=True):
    username: Text


class Create(ByName, frozen=True):
    password: Text


class Password(Create, frozen=True):
    current_password: str | None = None


class Admin(ByName, frozen=True):
    is_admin: bool


def accounts_of(request: Request) -> Accounts:
    """Where the users of the server are kept.

    Raises
    ------
    InvalidState
        It has none.
    """
    if request.caller.accounts is None:
        raise InvalidState("This server knows no users: start it with --auth users.")
    return request.caller.accounts


def create(request: Request, body: Create) -> dict[str, Any]:
    """Make a user."""
    return {"user": _message(request, accounts_of(request).users.create(body.username, body.password))}


def get(request: Request, body: ByName) -> dict[str, Any]:
    """A user with their permissions: oneself, or for an admin anybody."""
    _require_self(request, body.username)
    return {"user": _message(request, accounts_of(request).users.get(body.username))}


def current(request: Request, body: Empty) -> dict[str, Any]:
    """Whoever asks."""
    return {"user": _message(request, accounts_of(request).users.get(request.caller.user)), "is_basic_auth": True}


def list_users(request: Request, body: Empty) -> dict[str, Any]:
    """All users."""
    return {"users": [{**_head(user), "roles": []} for user in accounts_of(request).users.all()]}


def update_password(request: Request, body: Password) -> dict[str, Any]:
    """Give a user another password: an admin anybody, others themselves, when they say the old one."""
    _require_self(request, body.username)
    accounts = accounts_of(request)
    if body.username == request.caller.user and not request.caller.by_password:
        raise NotPermitted("Your own password is changed by who knows the old one: ask with your name and password, not with a token or a page's session.")
    if body.username == request.caller.user and body.current_password is not None:
        accounts.users.check_password(body.username, body.current_password)
    accounts.users.set_password(body.username, body.password)
    return {}


def update_admin(request: Request, body: Admin) -> dict[str, Any]:
    """Make a user an admin, or none any more."""
    accounts_of(request).users.set_admin(body.username, body.is_admin)
    return {}


def delete(request: Request, body: ByName) -> dict[str, Any]:
    """Remove a user with their tokens and permissions."""
    accounts_of(request).users.delete(body.username)
    return {}


def grant_message(grant: Grant) -> dict[str, Any]:
    """A permission as the protocol has it."""
    thing = "experiment_id" if grant.kind == EXPERIMENT else "name"
    return {thing: grant.name, "user_id": grant.user_id, "permission": grant.level.name}


def _message(request: Request, user: User) -> dict[str, Any]:
    grants = accounts_of(request).permissions.all(user.name)
    of = {kind: [grant_message(grant) for grant in grants if grant.kind == kind] for kind in (EXPERIMENT, MODEL)}
    return {**_head(user), "experiment_permissions": of[EXPERIMENT], "registered_model_permissions": of[MODEL]}


def _head(user: User) -> dict[str, Any]:
    return {"id": user.user_id, "username": user.name, "is_admin": user.is_admin}


def _require_self(request: Request, name: str) -> None:
    if name != request.caller.user:
        request.caller.require_admin()


ENDPOINTS = (
    Endpoint("POST", "users/create", Create, create, writes=True, needs=ADMIN),
    Endpoint("GET", "users/get", ByName, get, needs=ANY_USER),
    Endpoint("GET", "users/current", Empty, current, needs=ANY_USER),
    Endpoint("GET", "users/list", Empty, list_users, needs=ADMIN),
    Endpoint("PATCH", "users/update-password", Password, update_password, writes=True, needs=ANY_USER),
    Endpoint("PATCH", "users/update-admin", Admin, update_admin, writes=True, needs=ADMIN),
    Endpoint("DELETE", "users/delete", ByName, delete, writes=True, needs=ADMIN),
)
