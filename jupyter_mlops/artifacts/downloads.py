"""Artifacts that a URI or a run names, brought to this machine or listed."""

from __future__ import annotations

import os
import posixpath
import re
import tempfile
from typing import NamedTuple

from jupyter_mlops.entities.files import FileInfo
from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.entities.registered_models import ModelVersion
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.registry.uris import model_place, note_version
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.opened import open_store

__all__ = ["download_artifacts", "list_artifacts"]


class _Found(NamedTuple):
    """Where to look, for which file or folder there, and of which registered version that is."""

    root: str
    path: str
    version: ModelVersion | None = None


def _find(
    artifact_uri: str | None, run_id: str | None, path: str | None, tracking_uri: str | None, registry_uri: str | None = None
) -> _Found:
    if (artifact_uri is None) == (run_id is None):
        raise InvalidParameter("Give either artifact_uri= or run_id=.")
    if run_id is not None:
        return _Found(open_store(tracking_uri).get_run(run_id).info.artifact_uri, check_relative_path(path or ""))
    if path:
        raise InvalidParameter("artifact_path= goes with run_id=; put it into artifact_uri= instead.")
    assert artifact_uri is not None
    chosen = registry_uri or tracking_uri
    tracking, registry = open_store(tracking_uri), open_store(chosen) if chosen else None
    root = ""
    if named := re.match("runs:/+([^/]+)/*", artifact_uri):
        root = tracking.get_run(named[1]).info.artifact_uri
        if named.end() == len(artifact_uri):
            return _Found(root, "")
    place, version = model_place(artifact_uri, registry, tracking)
    if root and place.startswith(f"{root}/"):
        return _Found(root, place.removeprefix(f"{root}/"))
    parent, name = posixpath.split(place.rstrip("/"))
    is_bucket = "://" in place and "://" not in parent
    return _Found(place, "", version) if is_bucket else _Found(parent or "/", name, version)


def download_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    dst_path: str | None = None,
    tracking_uri: str | None = None,
    registry_uri: str | None = None,
) -> str:
    """Bring a file or folder of artifacts to this machine.

    Parameters
    ----------
    artifact_uri : str, optional
        ``runs:/<run id>/<path>``, ``models:/…``, a path or a URI.
    run_id : str, optional
        Instead of `artifact_uri`.
    artifact_path : str, optional
        File or folder of that run; all of it by default.
    dst_path : str, optional
        Folder to copy to, made when it is not there; a temporary one by default.
    tracking_uri, registry_uri : str, optional
        Store that has the run, and the one that has the model; the current ones by default.

    Returns
    -------
    str
        Local path of what was asked for.

    Raises
    ------
    InvalidParameter
        Neither or both of `artifact_uri` and `run_id`, or a path that leaves its root.
    NotFound
        There is nothing of that name.

    Examples
    --------
    >>> import jupyter_mlops
    >>> with jupyter_mlops.start_run() as run:
    ...     jupyter_mlops.log_text("hello", "notes/a.txt")
    >>> import pathlib
    >>> pathlib.Path(download_artifacts(f"runs:/{run.info.run_id}/notes/a.txt")).read_text()
    'hello'
    """
    found = _find(artifact_uri, run_id, artifact_path, tracking_uri, registry_uri)
    folder = dst_path or tempfile.mkdtemp(prefix="mlops-")
    os.makedirs(folder, exist_ok=True)
    return note_version(artifact_store(found.root).fetch(found.path, folder), found.version)


def list_artifacts(
    artifact_uri: str | None = None, run_id: str | None = None, artifact_path: str | None = None, tracking_uri: str | None = None
) -> list[FileInfo]:
    """What lies in a folder of artifacts, one level; arguments are those of `download_artifacts`.

    A file gives itself.
    """
    root, path, _ = _find(artifact_uri, run_id, artifact_path, tracking_uri)
    store = artifact_store(root)
    if found := store.list(path):
        return found
    beside = store.list(posixpath.dirname(path)) if path else []
    itself = [info for info in beside if info.path == path]
    if path and not itself:
        raise NotFound(f"There is no artifact {path!r} in {root}.")
    return [info for info in itself if not info.is_dir]
