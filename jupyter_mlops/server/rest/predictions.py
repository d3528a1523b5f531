"""Models tried by hand without a kernel: what a playground's page asks for, done by the processes in `server/workers`.

A page names one model or two, ``models:/<name>/<version>``, ``models:/<name>@<alias>``, ``models:/m-<id>`` or
``runs:/<run id>/<path>``, and itself, for what is kept for it. Whoever may read a model may ask it. Code that this server's user has not signed runs only after
somebody who may change the model said so, and where the host allows that.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from jupyter_mlops.errors import InvalidParameter, InvalidState, NotFound, NotPermitted
from jupyter_mlops.registry.uris import (
    MLMODEL_FILE,
    find_version,
    model_place,
    note_version,
    place_of_version,
    run_and_path,
    version_label,
)
from jupyter_mlops.server.auth.levels import Level
from jupyter_mlops.server.auth.needs import EDIT, READ, Need, Needs, experiment_of_run
from jupyter_mlops.server.auth.things import EXPERIMENT, MODEL
from jupyter_mlops.server.rest.requests import Endpoint, Request
from jupyter_mlops.server.workers.messages import Call, Loaded
from jupyter_mlops.server.workers.pools import Workers
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.http.addresses import PROXIED

__all__ = ["ENDPOINTS"]

_MODEL = re.compile(r"models:/([^/]+)/[0-9]+|models:/([^/]+)@([^/@]+)", re.DOTALL)
_LOGGED = re.compile(r"models:/(m-[0-9a-f]{32})")
_FORMS = "models:/<name>/<version>, models:/<name>@<alias>, models:/m-<id> or runs:/<run id>/<path>"


class _Asked(msgspec.Struct):
    """Which models, and for which page."""

    models: list[str]
    page: str


class _Found(NamedTuple):
    """A model, and where it lies."""

    uri: str
    label: str
    place: str
    version: Any


def ask(method: str, request: Request, body: None) -> dict[str, Any]:
    """What the models say."""
    asked = _asked(request.arguments)
    parameters = {name: value for name, value in request.arguments.items() if name not in ("models", "page", "trust")}
    return _called(method, request, asked, parameters)


def trust(request: Request, body: None) -> dict[str, Any]:
    """Load the models even if that runs code that nobody has signed."""
    asked = _asked(request.arguments)
    if not _workers(request).may_trust:
        raise NotPermitted(
            "This server runs no code of models that its own user has not signed. Whoever runs it can change that by "
            "--predict trust; then everybody who may register a model runs code on its machine."
        )
    return _called("load", request, asked, {}, trust=True)


def _asked(arguments: dict[str, Any]) -> _Asked:
    try:
        asked = msgspec.convert(arguments, _Asked)
    except msgspec.ValidationError as error:
        raise InvalidParameter(f"A prediction says models and page: {error}.") from None
    if not 1 <= len(asked.models) <= 2 or not 0 < len(asked.page) <= 100:
        raise InvalidParameter("A prediction asks one model or two, for a page whose id has 1 to 100 characters.")
    for uri in asked.models:
        if not uri.startswith("runs:/") and not _MODEL.fullmatch(uri) and not _LOGGED.fullmatch(uri):
            raise InvalidParameter(f"{uri!r:.500} is no model that a server runs: {_FORMS} is.")
    return asked


def _workers(request: Request) -> Workers:
    if request.workers is None:
        raise InvalidState(
            "This server runs no models. Whoever runs it can start it with --predict safe, for models that run no code of "
            "their own, or --predict trust; a playground in a notebook runs them in its kernel."
        )
    return request.workers


def _called(method: str, request: Request, asked: _Asked, parameters: dict[str, Any], *, trust: bool = False) -> dict[str, Any]:
    workers = _workers(request)
    found = [_find(request, uri) for uri in asked.models]
    key = (request.whole.key, *((one.uri, one.place, _stamp(one)) for one in found))
    call = Call(method, repr((request.user, asked.page)), parameters, trust)
    return workers.call(key, functools.partial(_prepared, found), call)


def _find(request: Request, uri: str) -> _Found:
    version, store = None, request.whole
    if uri.startswith("runs:/"):
        run_id, path = run_and_path(uri)
        request.require_artifacts(run_id, READ)
        uri, label = f"runs:/{run_id}/{path}", path.rpartition("/")[2]
        place = model_place(uri, store, store).uri
    elif logged := _LOGGED.fullmatch(uri):
        one = store.get_logged_model(logged[1])
        label, place = one.name, one.artifact_location
    else:
        version, _ = find_version(uri, store)
        uri, label = f"models:/{version.name}/{version.version}", version_label(version, uri)
        place = place_of_version(version, store)
    return _Found(uri, label, model_place(place, store, store).uri if place.startswith(PROXIED) else place, version)


def _stamp(found: _Found) -> Any:
    """What changes when another model is put where this one was."""
    store = artifact_store(found.place)
    if not isinstance(store, LocalArtifactStore):
        return found.version and found.version.creation_timestamp
    try:
        status = os.stat(os.path.join(store.root, MLMODEL_FILE))
    except OSError:
        raise NotFound(f"There is no model at {found.uri!r}: its folder has no file {MLMODEL_FILE}.") from None
    return status.st_ino, status.st_mtime_ns, status.st_size


def _prepared(found: list[_Found], folder: str) -> list[Loaded]:
    """The models on this machine; what lies elsewhere is fetched by the server, whose credentials stay its own."""
    return [
        Loaded(_folder(one, os.path.join(folder, role)), one.uri, one.label, role)
        for one, role in zip(found, ("champion", "challenger"), strict=False)
    ]


def _folder(found: _Found, target: str) -> str:
    store = artifact_store(found.place)
    if isinstance(store, LocalArtifactStore):
        return store.root
    return note_version(store.fetch("", target), found.version)


def _models(asked: Any) -> list[str]:
    found = asked.get("models")
    if not isinstance(found, list) or not all(isinstance(uri, str) for uri in found):
        raise NotPermitted("models is a list of texts, so that it can be told what they are about.")
    return found


def _names(store: Store, asked: Any) -> Iterator[str]:
    for uri in _models(asked):
        if known := _MODEL.fullmatch(uri):
            yield known[1] or known[2]


def _experiments(store: Store, asked: Any) -> Iterator[str]:
    for uri in _models(asked):
        if uri.startswith("runs:/"):
            yield experiment_of_run(store, run_and_path(uri)[0])
        elif logged := _LOGGED.fullmatch(uri):
            yield store.get_logged_model(logged[1]).experiment_id


def _of_models(level: Level) -> Needs:
    return Need(MODEL, level, _names), Need(EXPERIMENT, level, _experiments)


_METHODS = {
    "predict_open": "open", "predict_load": "load", "predict": "predict", "predict_file": "file", "predict_rows": "rows",
    "predict_table": "table", "predict_what_if": "what_if",
}  # fmt: skip
ENDPOINTS = (
    *(
        Endpoint("POST", f"views/{name}", None, functools.partial(ask, method), needs=_of_models(READ), is_slow=True)
        for name, method in _METHODS.items()
    ),
    Endpoint("POST", "actions/trust_model", None, trust, writes=True, needs=_of_models(EDIT), is_slow=True),
)
