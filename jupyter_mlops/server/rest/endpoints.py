"""The table of endpoints, and how one is called."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import msgspec

from jupyter_mlops.errors import InvalidParameter, InvalidState, MlflowException, NotFound
from jupyter_mlops.server.auth.needs import require
from jupyter_mlops.server.rest import (
    artifacts,
    experiments,
    logged_models,
    metrics,
    model_versions,
    peers,
    permissions,
    predictions,
    registered_models,
    runs,
    users,
    views,
)
from jupyter_mlops.server.rest.bodies import read_body
from jupyter_mlops.server.rest.requests import Endpoint, Request
from jupyter_mlops.storage.http.addresses import API, PEERS
from jupyter_mlops.views.calls import error_message

__all__ = ["ENDPOINTS", "call", "call_at_once", "error_answer", "find", "has_plain_path", "known", "other_methods"]

_log = logging.getLogger(__name__)
_LONGEST = 5000  # characters of a message, which may hold what was sent
_PROTOCOL = (experiments, runs, metrics, artifacts, registered_models, model_versions, logged_models, users, permissions)

ENDPOINTS: tuple[Endpoint, ...] = (
    *views.ENDPOINTS,
    *predictions.ENDPOINTS,
    *(one._replace(path=API.lstrip("/") + one.path) for resource in _PROTOCOL for one in resource.ENDPOINTS),
    *(one._replace(path=PEERS.lstrip("/") + one.path) for one in peers.ENDPOINTS),
    *(one._replace(path=f"api/3.0/mlflow/{one.path}") for one in permissions.OF_USERS),
)
_BY_PATH = {(one.method, one.path): one for one in ENDPOINTS if "{" not in one.path}
_PATTERNS = [
    (one, re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(one.path)))) for one in ENDPOINTS if "{" in one.path
]


def has_plain_path(method: str, path: str) -> bool:
    """Whether there is such an endpoint, in whose path no arguments stand."""
    return (method, path) in _BY_PATH


def find(method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    """The endpoint of a path, and the arguments that stand in the path.

    Raises
    ------
    NotFound
        There is none.
    """
    if endpoint := _BY_PATH.get((method, path)):
        return endpoint, {}
    for endpoint, pattern in _PATTERNS:
        if endpoint.method == method and (found := pattern.fullmatch(path)):
            return endpoint, found.groupdict()
    raise NotFound(f"There is no endpoint {method} {path}.", error_code="ENDPOINT_NOT_FOUND")


def known(method: str, path: str) -> Endpoint | None:
    """The endpoint of a path; None where there is none, which is what `call` answers."""
    try:
        return find(method, path)[0]
    except NotFound:
        return None


def other_methods(method: str, path: str) -> list[str]:
    """By which methods a path is asked that is not asked by this one.

    Examples
    --------
    >>> other_methods("POST", "changes"), other_methods("GET", "changes"), other_methods("GET", "nowhere")
    (['GET'], [], [])
    """
    found = {one.method for one in ENDPOINTS if one.path == path} | {one.method for one, pattern in _PATTERNS if pattern.fullmatch(path)}
    return [] if method in found else sorted(found)


def error_answer(error: MlflowException) -> tuple[int, Any]:
    """An error as HTTP status and JSON: where what was sent is at fault, never a status that says that the server is.

    Examples
    --------
    >>> error_answer(InvalidParameter("Say which name.", "INTERNAL_ERROR"))  # as MLflow's Python calls raise it
    (400, {'error_code': 'INVALID_PARAMETER_VALUE', 'message': 'Say which name.'})
    """
    status, message = error.get_http_status_code(), error_message(error)
    message["message"] = message["message"][:_LONGEST]
    if isinstance(error, (InvalidParameter, InvalidState)) and status >= 500:
        return 400, message | {"error_code": type(error).code}
    return status, message


def call(method: str, path: str, request: Callable[[], Request]) -> tuple[int, Any]:
    """Answer one call: HTTP status and JSON.

    Parameters
    ----------
    method, path : str
        Such as ``"POST"`` and ``"views/compare"``.
    request : callable
        Makes the request; its errors are answered as those of the endpoint are.
    """

    def answer() -> Any:
        endpoint, given = find(method, path)
        asked = request()
        body = _body(endpoint, asked, given)
        require(endpoint.needs, asked.caller, asked.whole, asked.arguments if body is None else body)
        return endpoint.answer(asked, body)

    return _with_errors(method, path, answer)


def call_at_once(method: str, path: str, request: Callable[[], Request]) -> tuple[int, Any] | None:
    """Answer one call as `call` does, if that waits for nothing, so that a host may do it in its event loop.

    None, and nothing is done, where it might wait. It is for whoever may do all: what others may do is looked up, which might.
    """
    endpoint = _BY_PATH.get((method, path))
    if endpoint is None or (at_once := endpoint.at_once) is None:
        return None

    def answer() -> Any:
        asked = request()
        return at_once(asked, _body(endpoint, asked, {})) if asked.caller.is_admin else None

    answered = _with_errors(method, path, answer)
    return None if answered[1] is None else answered


def _body(endpoint: Endpoint, asked: Request, given: dict[str, str]) -> msgspec.Struct | None:
    return None if endpoint.body is None else read_body(endpoint.body, {**asked.arguments, **given})


def _with_errors(method: str, path: str, answer: Callable[[], Any]) -> tuple[int, Any]:
    try:
        return 200, answer()
    except MlflowException as error:
        return error_answer(error)
    except RecursionError:
        return error_answer(InvalidParameter("The request is nested too deep to be read."))
    except Exception:  # a defect of ours: the log has all of it, the answer nothing that could be a secret
        _log.exception("%s %s failed", method, path)
        return 500, {"error_code": "INTERNAL_ERROR", "message": "The server failed; its log says why."}
