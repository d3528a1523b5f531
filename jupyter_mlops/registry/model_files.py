"""What lies in the folder of a registered version; nothing of it is run."""

from __future__ import annotations

import tempfile
from typing import Any

from jupyter_mlops.entities.registered_models import ModelVersion
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.registry.uris import MLMODEL_FILE, place_of_version
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.registry_base import RegistryStore
from jupyter_mlops.types.yaml_texts import MAX_BYTES, read_yaml

__all__ = ["read_bytes", "read_mlmodel", "version_files"]


def version_files(store: RegistryStore, version: ModelVersion) -> ArtifactStore:
    """The files of a version; a ``runs:/`` source is looked up in `store` when that has runs."""
    return artifact_store(place_of_version(version, store if isinstance(store, TrackingStore) else None))


def read_bytes(files: ArtifactStore, name: str) -> bytes:
    """A small file of a model.

    Raises
    ------
    NotFound
        It is not there.
    InvalidParameter
        It is larger than a file of its kind can be.
    """
    size = (files.sizes(name) or {}).get("")
    if size is None:
        raise NotFound(f"There is no file {name} in {files.uri}.")
    if size > MAX_BYTES:
        raise InvalidParameter(f"{name} in {files.uri} has {size:,} bytes, more than {MAX_BYTES:,}.")
    with tempfile.TemporaryDirectory() as folder, open(files.fetch(name, folder), "rb") as file:
        return file.read(MAX_BYTES + 1)


def read_mlmodel(files: ArtifactStore) -> dict[str, Any]:
    """What ``MLmodel`` says."""
    return read_yaml(read_bytes(files, MLMODEL_FILE), MLMODEL_FILE)
