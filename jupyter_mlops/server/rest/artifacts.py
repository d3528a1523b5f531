"""``artifacts/…`` of the protocol: what a run has; their bytes are the hosts' matter."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.server.auth.needs import READ, of_run
from jupyter_mlops.server.rest.bodies import OfRun
from jupyter_mlops.server.rest.messages import files_message
from jupyter_mlops.server.rest.requests import Endpoint, Request
from jupyter_mlops.storage.artifact_stores.places import artifact_store

__all__ = ["ENDPOINTS"]


class List(OfRun, frozen=True):
    path: str = ""
    page_token: str | None = None


def list_artifacts(request: Request, body: List) -> dict[str, Any]:
    """Files and folders of a run below a path, one level."""
    request.require_artifacts(body.run, READ)
    root = request.store.get_run(body.run).info.artifact_uri
    found = artifact_store(root).list(check_relative_path(body.path))
    return {"root_uri": request.places.shown(root)} | files_message(found)


ENDPOINTS = (Endpoint("GET", "artifacts/list", List, list_artifacts, needs=of_run(READ)),)
