"""What somebody must be allowed to do for an artifact to be sent, received, listed or removed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.requests import Request as WebRequest

from jupyter_mlops.server.auth.needs import EDIT, MANAGE, READ
from jupyter_mlops.server.rest.requests import Request

__all__ = ["TRANSFERS", "require_transfer"]

_BY_METHOD = {"GET": READ, "HEAD": READ, "PUT": EDIT, "DELETE": MANAGE}


def _of_run(asked: Request, request: WebRequest) -> None:
    query = request.query_params
    asked.require_artifacts(query.get("run_id") or query.get("run_uuid") or "", READ)


TRANSFERS: dict[str, Callable[[Request, WebRequest], None]] = {
    "mlflow-artifacts/artifacts": lambda asked, request: asked.require_path(request.query_params.get("path", ""), READ),
    "mlflow-artifacts/artifacts/{path:path}": lambda asked, request: asked.require_path(
        request.path_params["path"] or request.query_params.get("path", ""), _BY_METHOD[request.method]
    ),
    "mlflow-artifacts/presigned/{path:path}": lambda asked, request: asked.require_path(request.path_params["path"], READ),
    "mlflow-artifacts/mpu/{step}/{path:path}": lambda asked, request: asked.require_path(request.path_params["path"], EDIT),
    "mlflow/upload-artifact": lambda asked, request: asked.require_artifacts(request.query_params.get("run_uuid", ""), EDIT),
    "get-artifact": _of_run,
    "model-versions/get-artifact": lambda asked, request: asked.require_model(request.query_params.get("name", ""), READ),
}


async def require_transfer(asked: Request, request: WebRequest) -> None:
    """Go on only if whoever asks may; a route that is not in the table is for admins.

    Raises
    ------
    NotPermitted
    NotFound
        There is no such run.
    """
    if asked.caller.is_admin:
        return
    route = str(request.scope["route"].path).removeprefix("/")
    for api in ("api/2.0/", "ajax-api/2.0/"):
        route = route.removeprefix(api)
    if (needs := TRANSFERS.get(route)) is None:
        return asked.caller.require_admin()
    await asyncio.to_thread(needs, asked, request)
