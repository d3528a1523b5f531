"""Registering a model that was logged or registered elsewhere, and looking for what is registered."""

from __future__ import annotations

import logging
import os
from typing import Any

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.names import check_key, check_model_tag
from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.registered_models import ModelVersion, RegisteredModel
from jupyter_mlops.entities.uris import is_local
from jupyter_mlops.errors import AlreadyExists, MlflowException, NotFound
from jupyter_mlops.registry.authors import author
from jupyter_mlops.registry.uris import (
    artifact_uri_of,
    find_version,
    is_there,
    location_of,
    place_of_version,
    recorded_source,
    run_and_path,
    uri_text,
)
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.opened import get_registry_uri, open_store
from jupyter_mlops.storage.registry_base import RegistryStore

__all__ = [
    "copy_model_version", "create_version", "register_model", "search_model_versions", "search_registered_models",
    "set_model_version_tag",
]  # fmt: skip

_log = logging.getLogger(__name__)


def register_model(
    model_uri: str | os.PathLike[str], name: str, await_registration_for: int = 300, *, tags: dict[str, Any] | None = None
) -> ModelVersion:
    """Make a logged model the next version of a registered model, which is created when it is not there.

    Parameters
    ----------
    model_uri : str
        ``runs:/<run id>/<path>``, ``models:/…`` or the place of a model's folder.
    name : str
        Registered model, at most 256 characters without ``/`` and ``:``.
    await_registration_for : int, seconds
        Accepted for MLflow's sake: the version is ready when the call returns.
    tags : dict of str to str, optional
        Tags of the version.

    Returns
    -------
    ModelVersion

    Raises
    ------
    NotFound
        There is no such run or registered version, or nothing at that path of the run or of this machine. What lies
        elsewhere, as on ``s3://…``, is not looked for.
    InvalidParameter
        The name cannot be.

    Notes
    -----
    Two transactions, together some tens of ms. Nothing is written when an error is raised.
    """
    uri = uri_text(model_uri)
    store = open_store(get_registry_uri())
    tags = dict(check_model_tag(key, value) for key, value in (tags or {}).items())
    run_id, source = None, recorded_source(uri)
    if uri.startswith("runs:"):
        run_id, _ = run_and_path(uri)
        source = artifact_uri_of(uri)
    location = location_of(uri, store)
    if (run_id or is_local(source)) and not is_there(source):
        raise NotFound(f"There is nothing to register at {uri!r:.500}: {source} is not there. Log the model first.")
    _make_sure(store, name)
    return store.create_model_version(name, source, run_id, tags, None, None, location=location)


def create_version(
    registry: RegistryStore, tracking: TrackingStore, name: str, source: str, run_id: str | None, tags: dict[str, Any],
    run_link: str | None, description: str | None, by: Author | None = None,
) -> ModelVersion:  # fmt: skip
    """Make the next version of a model that is there, see `MlflowClient.create_model_version`; `by` whom, else by this process."""
    uri = uri_text(source)
    location = location_of(uri, registry, tracking)
    source = recorded_source(uri)
    return registry.create_model_version(name, source, run_id, tags, run_link, description, by or author(), location=location)


def _make_sure(store: RegistryStore, name: str) -> None:
    try:
        store.create_registered_model(name, {}, None, author())
        _log.info("Registered model %r is created.", name)
    except AlreadyExists:
        _log.info("Registered model %r is there already and gets another version.", name)


def copy_model_version(
    registry: RegistryStore, tracking: TrackingStore, src_model_uri: str, dst_name: str
) -> ModelVersion:
    """Make a registered version the next one of another model too, see `MlflowClient.copy_model_version`."""
    if not uri_text(src_model_uri).startswith("models:/"):
        raise MlflowException(f"A registered version is copied by its models:/ URI, not {src_model_uri!r:.500}.")
    version, path = find_version(src_model_uri, registry)
    if path:
        raise MlflowException(f"A registered version is copied as a whole: {src_model_uri!r:.500} names what is in one.")
    source, location = f"models:/{version.name}/{version.version}", place_of_version(version, tracking)
    _make_sure(registry, dst_name)
    copy = registry.create_model_version(
        dst_name, source, version.run_id, version.tags, version.run_link, version.description, author(), location=location
    )
    _log.info("Version %s of %r is copied from %s.", copy.version, dst_name, source)
    return copy


def search_registered_models(
    max_results: int | None = None, filter_string: str | None = None, order_by: list[str] | None = None
) -> list[RegisteredModel]:
    """Registered models that match a filter, all by default, by name."""
    store = open_store(get_registry_uri())
    return every_page(
        lambda size, token: store.search_registered_models(filter_string, size, order_by, token), max_results, 1000
    )


def search_model_versions(
    max_results: int | None = None, filter_string: str | None = None, order_by: list[str] | None = None
) -> list[ModelVersion]:
    """Model versions that match a filter, all by default, latest first."""
    store = open_store(get_registry_uri())
    return every_page(
        lambda size, token: store.search_model_versions(filter_string, size, order_by, token), max_results, 10000
    )


def set_model_version_tag(name: str, version: str | None = None, key: str | None = None, value: Any = None) -> None:
    """Set a tag of a model version."""
    open_store(get_registry_uri()).set_model_version_tag(name, str(version), check_key(key, "tag name"), value, author())
