"""Registered models and their versions by the protocol."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.registry.moves import move_version
from jupyter_mlops.server.rest.messages import model_message, page_message, version_message
from jupyter_mlops.server.rest.requests import Request

__all__ = ["get_model", "get_version", "search_models", "search_versions", "transition_stage"]


def search_models(request: Request) -> dict[str, Any]:
    """``registered-models/search``."""
    page = request.store.search_registered_models(
        request.optional_text("filter"), request.number("max_results", 100), request.texts("order_by") or None,
        request.optional_text("page_token"),
    )  # fmt: skip
    return page_message("registered_models", [model_message(model) for model in page], page)


def search_versions(request: Request) -> dict[str, Any]:
    """``model-versions/search``."""
    page = request.store.search_model_versions(
        request.optional_text("filter"), request.number("max_results", 10000), request.texts("order_by") or None,
        request.optional_text("page_token"),
    )  # fmt: skip
    return page_message("model_versions", [version_message(version) for version in page], page)


def get_model(request: Request) -> dict[str, Any]:
    """``registered-models/get``."""
    return {"registered_model": model_message(request.store.get_registered_model(request.text("name")))}


def get_version(request: Request) -> dict[str, Any]:
    """``model-versions/get``."""
    version = request.store.get_model_version(request.text("name"), request.text("version"))
    return {"model_version": version_message(version)}


def transition_stage(request: Request) -> dict[str, Any]:
    """``model-versions/transition-stage``, with a ``comment`` and ``force`` of our own; the history names who asked."""
    version = move_version(
        request.store, request.text("name"), request.text("version"), request.text("stage"), None,
        request.flag("archive_existing_versions"), request.author(), request.flag("force"),
    )  # fmt: skip
    return {"model_version": version_message(version)}
