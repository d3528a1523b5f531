"""Artifacts below the root that a server serves, by their paths from there: ``0/<run>/artifacts/plots/roc.png``."""

from __future__ import annotations

import contextlib
import os
import posixpath
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from jupyter_mlops.entities.names import check_relative_path, stored_text
from jupyter_mlops.entities.uris import is_local, join_uri
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.server.rest.messages import files_message
from jupyter_mlops.storage.artifact_stores.base import UNFINISHED, ArtifactStore
from jupyter_mlops.storage.artifact_stores.digests import is_record
from jupyter_mlops.storage.artifact_stores.places import artifact_store

__all__ = ["check_artifact_path", "find_tree", "list_files", "names_told", "remove"]

_TREE = re.compile(r"(?P<owner>.+?/artifacts)(?:/(?P<inside>.*))?", re.DOTALL)  # 0/<run>/artifacts/…, 0/models/<id>/artifacts/…
_DRIVE = re.compile(r"[A-Za-z]:")
_LONGEST_NAME, _LONGEST_PATH = 255, 2000  # bytes; what file systems take, with room for where the root lies


@contextlib.contextmanager
def names_told(path: str) -> Iterator[None]:
    """What a file system says against a name, as an `InvalidParameter`."""
    try:
        yield
    except (FileExistsError, IsADirectoryError, NotADirectoryError) as error:
        raise InvalidParameter(f"There cannot be an artifact {path!r}: {error.strerror}.") from None


def check_artifact_path(path: str) -> str:
    """A path inside of artifacts as it is kept; `InvalidParameter` for one that no artifact has."""
    clean = check_relative_path(stored_text(path, "artifact path"))
    if ".." in path.split("/") or "//" in path:  # who may do what is decided by the path as it was sent
        raise InvalidParameter(f"Invalid artifact path {path!r:.300}: '..' and '//' have no place in it.")
    parts = clean.encode().split(b"/")
    if len(clean.encode()) > _LONGEST_PATH or any(len(part) > _LONGEST_NAME for part in parts):
        raise InvalidParameter(f"The artifact path {path[:40]!r}… is too long: {_LONGEST_PATH} bytes, and {_LONGEST_NAME} each name, are the most.")
    if is_record(clean) or any(part.startswith(UNFINISHED.encode()) for part in parts):
        raise InvalidParameter(f"Artifacts have no such names: {path!r:.300} is where digests and files that are not whole yet lie.")
    if _DRIVE.match(clean):
        raise InvalidParameter(f"Invalid artifact path {path!r:.300}: it begins with a drive.")
    return clean


def _split(root: str, path: str) -> tuple[ArtifactStore | None, str]:
    """The artifacts that a path is among, None where it is among none, and the path inside of them."""
    clean = check_artifact_path(path)
    found = _TREE.fullmatch(clean)
    if found is None:
        return None, clean
    place = os.path.join(root, found["owner"]) if is_local(root) else join_uri(root, found["owner"])
    if is_local(root) and not os.path.realpath(place).startswith(os.path.realpath(root).rstrip(os.sep) + os.sep):
        raise InvalidParameter(f"Artifact path {path!r:.300} leads out of what is served.")
    return artifact_store(place), check_artifact_path(found["inside"] or "")


def find_tree(root: str, path: str) -> tuple[ArtifactStore, str]:
    """The artifacts of a run or model that a path is among, which have digests of their own, and the path inside.

    Raises
    ------
    InvalidParameter
        The path is not inside of a run's or model's artifacts, or would leave them.
    """
    store, inside = _split(root, path)
    if store is None:
        raise InvalidParameter(f"Artifacts lie below a run's or model's folder, such as 0/<run id>/artifacts, not at {path!r:.300}.")
    return store, inside


def list_files(root: str, path: str) -> dict[str, Any]:
    """Files and folders of a folder, by their own names; above the artifacts of runs and models folders alone."""
    store, inside = _split(root, path)
    found = (store or artifact_store(root)).list(inside)
    named = [msgspec.structs.replace(one, path=posixpath.basename(one.path)) for one in found]
    return files_message(one for one in named if store or (one.is_dir and not one.path.endswith(".sha256")))


def remove(root: str, path: str) -> dict[str, Any]:
    """Remove a file or folder of a run or a model, or all that it has; nothing when it is not there."""
    store, inside = find_tree(root, path)
    with names_told(path):
        store.delete(inside)
    return {}
