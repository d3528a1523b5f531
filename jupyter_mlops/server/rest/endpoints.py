"""The table of endpoints, and how one is called."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from jupyter_mlops.errors import MlflowException, NotFound
from jupyter_mlops.server.rest import registry, tracking, views
from jupyter_mlops.server.rest.requests import Request
from jupyter_mlops.views.actions import ACTIONS
from jupyter_mlops.views.calls import error_message
from jupyter_mlops.views.requests import VIEWS

__all__ = ["ENDPOINTS", "WRITES", "call"]

_log = logging.getLogger(__name__)
_API = "api/2.0/mlflow"

ENDPOINTS: dict[tuple[str, str], Callable[[Request], Any]] = {
    ("GET", "changes"): views.changes,
    **{("POST", f"views/{name}"): views.view(name) for name in VIEWS},
    **{("POST", f"actions/{name}"): views.action(name) for name in ACTIONS},
    ("POST", f"{_API}/experiments/search"): tracking.search_experiments,
    ("GET", f"{_API}/runs/get"): tracking.get_run,
    ("POST", f"{_API}/runs/search"): tracking.search_runs,
    ("GET", f"{_API}/registered-models/get"): registry.get_model,
    ("GET", f"{_API}/registered-models/search"): registry.search_models,
    ("GET", f"{_API}/model-versions/get"): registry.get_version,
    ("GET", f"{_API}/model-versions/search"): registry.search_versions,
    ("POST", f"{_API}/model-versions/transition-stage"): registry.transition_stage,
}

WRITES = frozenset(  # the others only read, whatever their method
    {("POST", f"{_API}/model-versions/transition-stage"), *(("POST", f"actions/{name}") for name in ACTIONS)}
)


def call(method: str, path: str, request: Callable[[], Request]) -> tuple[int, Any]:
    """Answer one call: HTTP status and JSON.

    Parameters
    ----------
    method, path : str
        Such as ``"POST"`` and ``"views/compare"``.
    request : callable
        Makes the request; its errors are answered as those of the endpoint are.
    """
    try:
        endpoint = ENDPOINTS.get((method, path))
        if endpoint is None:
            raise NotFound(f"There is no endpoint {method} {path}.", error_code="ENDPOINT_NOT_FOUND")
        return 200, endpoint(request())
    except MlflowException as error:
        return error.get_http_status_code(), error_message(error)
    except Exception:  # a defect of ours: the log has all of it, the answer nothing that could be a secret
        _log.exception("%s %s failed", method, path)
        return 500, {"error_code": "INTERNAL_ERROR", "message": "The server failed; its log says why."}
