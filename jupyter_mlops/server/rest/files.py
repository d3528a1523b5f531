"""Bytes of artifacts through the server: ``mlflow-artifacts/artifacts/…`` below the store's own folder."""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import tempfile
from typing import Any

import msgspec

from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.server.rest.messages import files_message
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.places import artifact_store

__all__ = ["Sent", "fetch_file", "list_files", "remove", "store_file"]

_TREE = re.compile(r"(?P<owner>.+?/artifacts)(?:/(?P<inside>.*))?", re.DOTALL)  # 0/<run>/artifacts/…, 0/models/<id>/artifacts/…


class Sent(msgspec.Struct, frozen=True):
    """A file on its way out.

    Attributes
    ----------
    name : str
    path : str
        Where the copy lies.
    folder : str
        What whoever sends it removes afterwards.
    """

    name: str
    path: str
    folder: str


def _tree(root: str, path: str) -> tuple[ArtifactStore, str]:
    """The artifacts that a path is among, which have digests of their own, and the path inside."""
    clean = check_relative_path(path)
    found = _TREE.fullmatch(clean)
    if found is None:
        return artifact_store(root), clean
    return artifact_store(os.path.join(root, found["owner"])), found["inside"] or ""


def list_files(root: str, path: str) -> dict[str, Any]:
    """Files and folders of a folder, by their own names."""
    store, inside = _tree(root, path)
    return files_message(msgspec.structs.replace(one, path=posixpath.basename(one.path)) for one in store.list(inside))


def store_file(root: str, path: str, received: str) -> None:
    """Keep a local file as an artifact, with its digest."""
    store, inside = _tree(root, path)
    if not inside or store.uri.rstrip("/") == root.rstrip("/"):
        raise InvalidParameter(f"Artifacts lie below a run's or model's folder, not at {path!r}.")
    store.put_file(received, inside)


def fetch_file(root: str, path: str) -> Sent:
    """A file to send, as a copy of it; its digest is checked where one was recorded.

    Raises
    ------
    NotFound
        There is no file of that path.
    ArtifactCorrupt
        It is not what was logged.
    """
    store, inside = _tree(root, path)
    if not inside or "" not in (store.sizes(inside) or {}):
        raise NotFound(f"There is no artifact {path!r}.")
    folder = tempfile.mkdtemp(prefix="mlops-send-")
    try:
        return Sent(posixpath.basename(inside), store.fetch(inside, folder), folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def remove(root: str, path: str) -> dict[str, Any]:
    """Remove a file or folder of a run or a model; nothing when it is not there."""
    store, inside = _tree(root, path)
    if store.uri.rstrip("/") == root.rstrip("/"):
        raise InvalidParameter(f"Only what lies inside a run's or model's artifacts can be removed, not {path!r}.")
    store.delete(inside)
    return {}
