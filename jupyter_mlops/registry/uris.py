"""Model URIs: which folder ``runs:/…``, ``models:/…`` or a path means.

==============================  ==============================================
``runs:/<run id>/<path>``       a folder among a run's artifacts
``models:/<name>/<number>``     a version
``models:/<name>/<stage>``      the highest version in that stage
``models:/<name>/latest``       the highest version
``models:/<name>@<alias>``      the version that an alias points at
``models:/m-<32 hex>``          a logged model, by its own id
a path or ``file:`` URI         a local folder
``s3://…`` or another URI       a folder there
==============================  ==============================================

A path below the model may follow after each of them.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from typing import Any, NamedTuple

from jupyter_mlops.entities.names import check_relative_path, stored_text
from jupyter_mlops.entities.registered_models import STAGES, ModelVersion, canonical_stage
from jupyter_mlops.entities.uris import has_credentials, is_local, join_uri, local_path, without_credentials
from jupyter_mlops.errors import InvalidParameter, MlflowException, NotFound
from jupyter_mlops.storage.artifact_stores.local import LocalArtifactStore
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.http.addresses import PROXIED, is_server, served_place
from jupyter_mlops.storage.opened import get_registry_uri, open_store
from jupyter_mlops.storage.registry_base import RegistryStore

__all__ = [
    "MLMODEL_FILE", "REGISTERED_MODEL_META", "ModelPlace", "artifact_uri_of", "find_version", "is_there", "location_of", "model_file",
    "model_place", "names_version", "note_version", "place_of_version", "recorded_source", "resolve_model_uri", "run_and_path", "uri_text",
    "version_label", "version_uri",
]  # fmt: skip

MLMODEL_FILE = "MLmodel"
REGISTERED_MODEL_META = "registered_model_meta"  # file in a copy of a registered model: which version it is
_FORMS = (
    "runs:/<run id>/<path>, models:/<name>/<version, stage or 'latest'>, models:/<name>@<alias>, models:/m-<id>, a path, "
    "or a URI such as s3://bucket/model"
)
_RUNS = re.compile(r"runs:/([^/]+)/(.*[^/])/*", re.DOTALL)
_MODELS = re.compile(r"models:/([^/]+)(?:/(.*))?", re.DOTALL)
_LOGGED = re.compile(r"m-[0-9a-f]{32}")
_NUMBER = re.compile(r"[0-9]+")
_WORDS = ("latest", *(stage.lower() for stage in STAGES))


class ModelPlace(NamedTuple):
    """Where a model's folder lies, and the version that it is when it is registered."""

    uri: str
    version: ModelVersion | None = None


def _malformed(uri: str) -> MlflowException:
    return InvalidParameter(f"Not a model URI: {uri!r:.500}. Use {_FORMS}.", "INTERNAL_ERROR")  # as MLflow's Python calls say it


def run_and_path(uri: str) -> tuple[str, str]:
    """Run and path of ``runs:/<run id>/<path>``.

    Raises
    ------
    MlflowException
        Not of that form.
    InvalidParameter
        The path leads out of the run.
    """
    found = _RUNS.fullmatch(uri)
    if not found:
        raise _malformed(uri)
    return found[1], check_relative_path(found[2])


def artifact_uri_of(uri: str, tracking: TrackingStore | None = None) -> str:
    """Place of the artifacts that ``runs:/<run id>/<path>`` names.

    That is among the run's artifacts, or, of a model that is kept apart from its run, where that lies.

    Raises
    ------
    MlflowException
        Not of that form.
    NotFound
        There is no such run.
    """
    run_id, path = run_and_path(uri)
    store = tracking or open_store()
    place = join_uri(store.get_run(run_id).info.artifact_uri, path)
    name, _, inside = path.partition("/")
    apart = store.logged_model_place(name, run_id)
    return join_uri(apart, inside) if apart and not is_there(place) else place


def is_there(place: str) -> bool:
    """Whether there is any file or folder at a place."""
    store = artifact_store(place)
    return os.path.exists(store.root) if isinstance(store, LocalArtifactStore) else store.sizes("") is not None


def names_version(uri: str) -> bool:
    """Whether a URI names a version of a registered model: by its number, a stage or an alias.

    Examples
    --------
    >>> [names_version(uri) for uri in ("models:/wine@champion", "models:/m-x/1", "runs:/abc/model", "models:/m-" + 32 * "0")]
    [True, True, False, False]
    """
    return uri.startswith("models:/") and _logged(uri) is None


def version_uri(uri: str) -> str:
    """The URI of the version that a stage or an alias means now; others as they are.

    Raises
    ------
    MlflowException
        As for `find_version`.

    Examples
    --------
    >>> version_uri("runs:/abc/model")
    'runs:/abc/model'
    """
    if not names_version(uri):
        return uri
    version, path = find_version(uri)
    return "/".join(filter(None, (f"models:/{version.name}/{version.version}", path)))


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
    found = _MODELS.fullmatch(uri)
    if not found:
        raise _malformed(uri)
    store = registry or open_store(get_registry_uri())
    head, rest = found[1], found[2]
    which, _, path = (rest or "").partition("/")
    if rest is not None and (_NUMBER.fullmatch(which) or "@" not in head):
        return _numbered_or_staged(store, head, which, uri), path
    name, at, alias = head.rpartition("@")
    if not at:
        raise NotFound(
            f"{uri!r:.500} names no registered version, nor is there a logged model with that id. Use "
            "models:/<name>/<version, stage or 'latest'> or models:/<name>@<alias>."
        )
    if not name or not alias:
        raise _malformed(uri)
    return store.get_model_version_by_alias(name, alias), rest or ""


def version_label(version: ModelVersion, uri: str) -> str:
    """What people read of the version that a URI names: with its alias where it is named by one.

    Examples
    --------
    >>> churn = ModelVersion("churn", "3", 0, aliases=["champion"])
    >>> version_label(churn, "models:/churn@champion"), version_label(churn, "models:/churn/3")
    ('churn 3 @champion', 'churn 3')
    >>> version_label(ModelVersion("a@b", "1", 0), "models:/a@b/1")
    'a@b 1'
    """
    alias = uri.removeprefix(f"models:/{version.name}@").partition("/")[0]
    return f"{version.name} {version.version}" + (f" @{alias}" if alias in version.aliases else "")


def _numbered_or_staged(store: RegistryStore, name: str, which: str, uri: str) -> ModelVersion:
    if not which:
        raise _malformed(uri)
    if _NUMBER.fullmatch(which):
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


def _logged(uri: str) -> tuple[str, str] | None:
    """Id and path inside of ``models:/m-<32 hex>``, also where a registered model could have that name."""
    found = _MODELS.fullmatch(uri)
    if not found or not _LOGGED.fullmatch(found[1]):
        return None
    path = found[2] or ""
    which = path.partition("/")[0]
    return None if _NUMBER.fullmatch(which) or which.lower() in _WORDS else (found[1], path)


def model_place(uri: str, registry: RegistryStore | None = None, tracking: TrackingStore | None = None) -> ModelPlace:
    """Where the folder that a model URI names lies; nothing is fetched."""
    uri = uri_text(uri)
    if uri.startswith("runs:"):
        return ModelPlace(artifact_uri_of(uri, tracking))
    if uri.startswith("models:"):
        return _registered_or_logged(uri, registry, tracking)
    if is_local(uri):
        return ModelPlace(local_path(uri))
    if uri.startswith(PROXIED):
        store = tracking or open_store()
        if not is_server(store.uri):
            raise InvalidParameter(f"{uri!r:.500} is a place at a tracking server, and runs are kept in {store.uri}.")
        return ModelPlace(served_place(store.uri, uri))
    if "://" in uri:
        return ModelPlace(uri.rstrip("/"))
    raise InvalidParameter(f"Not a model URI that can be loaded: {uri!r:.500}. Use {_FORMS}.")


def _registered_or_logged(uri: str, registry: RegistryStore | None, tracking: TrackingStore | None) -> ModelPlace:
    if logged := _logged(uri):
        model_id, path = logged
        place = (tracking or open_store()).logged_model_place(model_id)
        if place is None:
            raise NotFound(f"There is no logged model with the id {model_id!r}.")
        return ModelPlace(_below(place, path))
    version, path = find_version(uri, registry)
    return ModelPlace(_below(place_of_version(version, tracking), path), version)


def place_of_version(version: ModelVersion, tracking: TrackingStore | None = None) -> str:
    """Where a version's folder lies.

    Raises
    ------
    NotFound
        It has no source, or one that names nothing.
    """
    source = version.location or version.source or ""
    if source.startswith("runs:") or _logged(source):
        return model_place(source, tracking=tracking).uri
    if not source or source.startswith("models:"):  # of another tracker: which folder it meant is not known here
        raise NotFound(f"Version {version.version} of {version.name!r} has no source that is known: {source!r}.")
    return source


def _below(place: str, path: str) -> str:
    return join_uri(place, check_relative_path(path)) if path else place


def location_of(uri: str, registry: RegistryStore | None = None, tracking: TrackingStore | None = None) -> str | None:
    """What a new version records beside a ``models:/`` source: the folder that it means now; None for other sources.

    ``models:/m/latest`` would mean the new version itself as soon as it is there, and a model may be renamed or deleted.
    """
    return model_place(uri, registry, tracking).uri if uri.startswith("models:") else None


def recorded_source(uri: str) -> str:
    """What a new version records as its source: `uri` as it is, but a relative path from where it was meant.

    Raises
    ------
    InvalidParameter
        A user or password stands in it: it would be stored and shown, and nothing is loaded from there.

    Examples
    --------
    >>> recorded_source("s3://bucket/model"), recorded_source("/models/../a"), recorded_source("a") == os.path.abspath("a")
    ('s3://bucket/model', '/models/../a', True)
    """
    if has_credentials(uri):
        raise InvalidParameter(
            f"The place of a model, {without_credentials(uri)!r:.500}, was given with a user or password. They would be stored and "
            "shown: leave them out, and give credentials where the storage's own tools take them, such as AWS_ACCESS_KEY_ID."
        )
    is_relative = is_local(uri) and not uri.startswith("file:") and not os.path.isabs(uri)
    return local_path(uri) if is_relative else uri


def uri_text(uri: Any) -> str:
    """The text of a URI or path.

    Raises
    ------
    InvalidParameter
        It is no text, or a blank one.
    """
    text = stored_text(os.fspath(uri) if isinstance(uri, os.PathLike) else uri, "place of a model")
    if not text.strip():
        raise InvalidParameter(f"Say where the model is: {text!r} is blank. Use {_FORMS}.")
    return text


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
    place, version = model_place(os.fspath(uri))
    store = artifact_store(place)
    if isinstance(store, LocalArtifactStore) and dst_path is None:
        return _root(store, uri)
    return note_version(store.fetch("", dst_path or tempfile.mkdtemp(prefix="mlops-model-")), version)


def _root(store: LocalArtifactStore, uri: str | os.PathLike[str]) -> str:
    """Where a model lies on this machine."""
    if not os.path.exists(store.root):
        raise NotFound(f"There is no model at {os.fspath(uri)!r}: {store.root} is not there.")
    return store.root


@contextlib.contextmanager
def model_file(uri: str | os.PathLike[str], name: str) -> Iterator[tuple[str, str]]:
    """A local folder with a file of the model that a URI names, and the file's name in it.

    Of a model elsewhere that is a copy of this file alone, which is there until the block ends; of one on this machine its own folder,
    or whatever lies there. The URI may name the file itself.

    Raises
    ------
    NotFound
        There is no such run, model, version or folder.
    InvalidParameter
        As for `resolve_model_uri`.
    """
    place = model_place(os.fspath(uri)).uri
    store = artifact_store(place)
    if isinstance(store, LocalArtifactStore):
        yield _root(store, uri), name
        return
    place = place.removesuffix(f"/{name}")
    with tempfile.TemporaryDirectory(prefix="mlops-model-") as copy:
        try:
            artifact_store(place).fetch(name, copy)
        except NotFound:  # of a model without the file the caller tells what it lacks
            if not is_there(place):
                raise NotFound(f"There is no model at {os.fspath(uri)!r}.") from None
        yield copy, name


def note_version(copy: str, version: ModelVersion | None) -> str:
    """Write to a copy of a registered model which version it is; returns the copy's path."""
    if version is not None and os.path.isfile(os.path.join(copy, MLMODEL_FILE)):
        import yaml  # only for copies

        with open(os.path.join(copy, REGISTERED_MODEL_META), "w", encoding="utf-8") as file:
            yaml.safe_dump({"model_name": version.name, "model_version": version.version}, file, allow_unicode=True)
    return copy
