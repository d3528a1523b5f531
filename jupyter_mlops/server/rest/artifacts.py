"""``artifacts/…`` of the protocol: what a run has; their bytes are the hosts' matter."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.server.rest.messages import files_message
from jupyter_mlops.server.rest.requests import Endpoint, Request
from jupyter_mlops.storage.artifact_stores.places import artifact_store

__all__ = ["ENDPOINTS"]


class List(msgspec.Struct, frozen=True):
    run_id: str = ""
    run_uuid: str = ""
    path: str = ""
    page_token: str | None = None


def list_artifacts(request: Request, body: List) -> dict[str, Any]:
    """Files and folders of a run below a path, one level."""
    run_id = body.run_id or body.run_uuid
    if not run_id:
        raise InvalidParameter("Missing value for required parameter 'run_id'.")
    root = request.store.get_run(run_id).info.artifact_uri
    found = artifact_store(root).list(check_relative_path(body.path))
    return {"root_uri": request.places.shown(root)} | files_message(found)


ENDPOINTS = (Endpoint("GET", "artifacts/list", List, list_artifacts),)
