"""``mlflow-artifacts/mpu/…`` and ``presigned/…``: large files past the server, where the place that is served can do so."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from jupyter_mlops.errors import NotFound
from jupyter_mlops.server.rest.bodies import Text
from jupyter_mlops.server.rest.files import find_tree
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.presigned import abort_parts, begin_parts, complete_parts, signed_url

__all__ = ["presigned", "step"]

_MOST_PARTS = 10_000  # as S3 has it
Number = Annotated[int, msgspec.Meta(ge=1, le=_MOST_PARTS)]
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class Create(msgspec.Struct, frozen=True):
    path: Text
    num_parts: Number = 1


class Part(msgspec.Struct, frozen=True):
    part_number: Number
    etag: Text
    url: str = ""


class Complete(msgspec.Struct, frozen=True):
    path: Text
    upload_id: Text
    parts: Annotated[list[Part], msgspec.Meta(min_length=1, max_length=_MOST_PARTS)]
    sha256: Digest | None = None  # ours: MLflow's clients do not say it


class Abort(msgspec.Struct, frozen=True):
    path: Text
    upload_id: Text


def create(root: str, folder: str, body: Create) -> dict[str, Any]:
    """Begin to send a file."""
    upload, urls = begin_parts(*_placed(root, folder, body.path), body.num_parts)
    credentials = [{"url": url, "part_number": number, "headers": {}} for number, url in enumerate(urls, 1)]
    return {"upload_id": upload, "credentials": credentials}


def complete(root: str, folder: str, body: Complete) -> dict[str, Any]:
    """Make one file of the parts that were sent."""
    parts = [(part.part_number, part.etag) for part in body.parts]
    complete_parts(*_placed(root, folder, body.path), body.upload_id, parts, body.sha256)
    return {}


def abort(root: str, folder: str, body: Abort) -> dict[str, Any]:
    """Give up what was begun."""
    abort_parts(*_placed(root, folder, body.path), body.upload_id)
    return {}


_STEPS: dict[str, tuple[type[msgspec.Struct], Callable[[str, str, Any], dict[str, Any]]]] = {
    "create": (Create, create), "complete": (Complete, complete), "abort": (Abort, abort),
}  # fmt: skip


def step(name: str) -> tuple[type[msgspec.Struct], Callable[[str, str, Any], dict[str, Any]]]:
    """What a step takes, and what does it."""
    if name not in _STEPS:
        raise NotFound(f"There is no step {name!r:.100}; there are {', '.join(_STEPS)}.", error_code="ENDPOINT_NOT_FOUND")
    return _STEPS[name]


def presigned(root: str, path: str) -> dict[str, Any]:
    """Where a file can be fetched without the server."""
    store, inside = find_tree(root, path)
    url = signed_url(store, inside)
    size = (store.sizes(inside) or {}).get("")
    if not inside or size is None:
        raise NotFound(f"There is no artifact {path!r:.300}.")
    return {"url": url, "headers": {}, "file_size": size}


def _placed(root: str, folder: str, local: str) -> tuple[ArtifactStore, str]:
    """The folder is of the URL; of the local path that the client names only the file's name counts."""
    return find_tree(root, f"{folder}/{posixpath.basename(local.replace(chr(92), '/')) or 'artifact'}")
