"""Model URIs: which folder ``runs:/…``, ``models:/…`` or a path means.

==============================  ==============================================
``runs:/<run id>/<path>``       a folder among a run's artifacts
``models:/<name>/<number>``     a version
``models:/<name>/<stage>``      the highest version in that stage
``models:/<name>/latest``       the highest version
``models:/<name>@<alias>``      the version that an alias points at
a path or ``file:`` URI         a local folder
``s3://…`` or another URI       a folder there
==============================  ==============================================
"""

from __future__ import annotations

import os
import tempfile
from typing import NamedTuple

from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.entities.registered_models import ModelVersion, canonical_stage
from jupyter_mlops.entities.uris import is_local, join_uri, local_path
from jupyter_mlops.errors import InvalidParameter, MlflowException, NotFound
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.base import RegistryStore
from jupyter_mlops.storage.opened import get_registry_uri, open_store

__all__ = ["ModelPlace", "artifact_uri_of", "find_version", "model_place", "resolve_model_uri", "source_of"]

_FORMS = "runs:/<run id>/<path>, models:/<name>/<version, stage or 'latest'>, models:/<name>@<alias>, a path, or a URI such as s3://bucket/model"


class ModelPlace(NamedTuple):
    """Where a model's folder lies, and the version that it is when it is registered."""

    uri: str
    version: ModelVersion | None = None


def _malformed(uri: str) -> MlflowException:
    return MlflowException(f"Not a model URI: {uri!r}. Use {_FORMS}.")


def artifact_uri_of(uri: str) -> str:
    """Place of the artifacts that ``runs:/<run id>/<path>`` names.

    Raises
    ------
    MlflowException
        Not of that form.
    NotFound
        There is no such run.
    """
    run_id, _, path = uri.removeprefix("runs:").lstrip("/").partition("/")
    if not run_id or not path:
        raise _malformed(uri)
    return join_uri(open_store().get_run(run_id).info.artifact_uri, check_relative_path(path))


def find_version(uri: str, registry: RegistryStore | None = None) -> tuple[ModelVersion, str]:
    """The version that a ``models:/`` URI names, in the current registry by default, and the path inside, mostly ``""``.

    Raises
    ------
    MlflowException
        Not of one of the forms, or no version is in that stage.
    InvalidParameter
        The word after the name is no stage, or there is no such alias.
    NotFound
        There is no such model or version.
    """
    text = uri.removeprefix("models:").removeprefix("/")
    if text.startswith("/"):
        raise _malformed(uri)
    store = registry or open_store(get_registry_uri())
    head, _, rest = text.partition("/")
    if not head:
        raise _malformed(uri)
    if rest:
        which, _, path = rest.partition("/")
        if which.isdigit() or "@" not in head:
            return _numbered_or_staged(store, head, which, uri), path
    name, at, alias = head.rpartition("@")
    if not at or not name or not alias:
        raise _malformed(uri)
    return store.get_model_version_by_alias(name, alias), rest


def _numbered_or_staged(store: RegistryStore, name: str, which: str, uri: str) -> ModelVersion:
    if not which:
        raise _malformed(uri)
    if which.isdigit():
        return store.get_model_version(name, which)
    if which.lower() == "latest":
        return store.get_model_version_by_alias(name, "latest")
    found = store.get_latest_versions(name, [canonical_stage(which)])
    if not found:
        raise MlflowException(
            f"Registered model {name!r} has no version in stage {canonical_stage(which)!r}. "
            "Move one there with transition_model_version_stage()."
        )
    return found[0]


def model_place(uri: str, registry: RegistryStore | None = None) -> ModelPlace:
    """Where the folder that a model URI names lies; nothing is fetched."""
    if uri.startswith("runs:"):
        return ModelPlace(artifact_uri_of(uri))
    if uri.startswith("models:"):
        version, path = find_version(uri, registry)
        if not version.source:
            raise NotFound(f"Version {version.version} of {version.name!r} has no source.")
        inner = artifact_uri_of(version.source) if version.source.startswith("runs:") else version.source
        return ModelPlace(join_uri(inner, check_relative_path(path)) if path else inner, version)
    if is_local(uri):
        return ModelPlace(local_path(uri))
    if "://" in uri:
        return ModelPlace(uri.rstrip("/"))
    raise InvalidParameter(f"Not a model URI that can be loaded: {uri!r}. Use {_FORMS}.")


def source_of(uri: str, registry: RegistryStore | None = None) -> str:
    """What a new version records as its source: `uri`, but in place of a ``models:/`` URI the folder that it means now.

    ``models:/m/latest`` would mean the new version itself as soon as it is there.
    """
    return model_place(uri, registry).uri if uri.startswith("models:") else uri


def resolve_model_uri(uri: str | os.PathLike[str], dst_path: str | None = None) -> str:
    """Local folder of the model that a URI names.

    Parameters
    ----------
    uri : str or path
    dst_path : str, optional
        Folder to copy the model to. Without one, a model that lies on this machine is used where it lies.

    Returns
    -------
    str
        Absolute path.

    Raises
    ------
    NotFound
        There is no such run, model, version or folder.
    InvalidParameter
        No such stage or alias, or a place that cannot be read.
    """
    place = model_place(os.fspath(uri)).uri
    store = artifact_store(place)
    if isinstance(store, LocalArtifactStore) and dst_path is None:
        if not os.path.exists(store.root):
            raise NotFound(f"There is no model at {os.fspath(uri)!r}: {store.root} is not there.")
        return store.root
    return store.fetch("", dst_path or tempfile.mkdtemp(prefix="mlops-model-"))
