"""The models of a registry, page by page."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.entities.registry_pages import ModelSummary
from jupyter_mlops.storage.registry_base import RegistryStore

__all__ = ["model_head", "models"]

_SHOWN = ("Production", "Staging", "Archived")


def models(
    store: RegistryStore, search: str = "", order_by: str = "name", limit: int = 100, page: str | None = None
) -> dict[str, Any]:
    """One page of models.

    Parameters
    ----------
    store : RegistryStore
    search : str
        Text in name, description, tags or aliases, in any case.
    order_by : {"name", "updated"}
    limit : int, 1 to 500
    page : str, optional
        What ``next`` was.

    Returns
    -------
    dict
        ``models``, ``next`` and ``total``.

    Notes
    -----
    One session; about 20 ms for 100 of 1,000 models with 100 versions each.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> model = mlflow.MlflowClient().create_registered_model("churn")
    >>> from jupyter_mlops.tracking.settings import current_store
    >>> [model["name"] for model in models(current_store(), "CHU")["models"]]
    ['churn']
    """
    found = store.models_page(search, order_by, limit, page)
    return {"models": [_row(model) for model in found.models], "next": found.token, "total": found.total}


def model_head(model: ModelSummary) -> dict[str, Any]:
    """What is shown of a model itself."""
    return {
        "name": model.name,
        "description": model.description,
        "created": model.creation_timestamp,
        "updated": model.last_updated_timestamp,
        "tags": model.tags,
        "aliases": [{"alias": alias, "version": version} for alias, version in model.aliases.items()],
    }


def _row(model: ModelSummary) -> dict[str, Any]:
    stages = [{"stage": stage, "version": model.stages[stage]} for stage in _SHOWN if stage in model.stages]
    return {**model_head(model), "stages": stages, "latest": model.latest, "versions": model.versions}
