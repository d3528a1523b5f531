"""Registering a model that was logged, and looking for what is registered."""

from __future__ import annotations

import logging
from typing import Any

from jupyter_mlops.entities.names import check_key
from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.registered_models import ModelVersion, RegisteredModel
from jupyter_mlops.errors import AlreadyExists
from jupyter_mlops.registry.uris import artifact_uri_of, source_of
from jupyter_mlops.storage.opened import get_registry_uri, open_store

__all__ = ["register_model", "search_model_versions", "search_registered_models", "set_model_version_tag"]

_log = logging.getLogger(__name__)


def register_model(
    model_uri: str, name: str, await_registration_for: int = 300, *, tags: dict[str, Any] | None = None
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
        There is no such run.
    InvalidParameter
        The name cannot be.

    Notes
    -----
    Two transactions of a few ms.
    """
    store = open_store(get_registry_uri())
    run_id = None
    source = source_of(model_uri, store)
    if model_uri.startswith("runs:"):
        run_id = model_uri.removeprefix("runs:").lstrip("/").partition("/")[0]
        source = artifact_uri_of(model_uri)
    try:
        store.create_registered_model(name, {}, None)
        _log.info("Registered model %r is created.", name)
    except AlreadyExists:
        _log.info("Registered model %r is there already and gets another version.", name)
    return store.create_model_version(name, source, run_id, tags or {}, None, None, None)


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
    open_store(get_registry_uri()).set_model_version_tag(name, str(version), check_key(key, "tag name"), value)
