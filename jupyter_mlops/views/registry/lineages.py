"""Where a version comes from and where it went: a figure, and its edges as rows."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.storage.registry_base import RegistryStore
from jupyter_mlops.views.runs.lineages import shown_lineage

__all__ = ["lineage"]


def lineage(store: RegistryStore, name: str, version: str) -> dict[str, Any]:
    """The lineage of a version.

    Returns
    -------
    dict
        See `views.runs.lineages.shown_lineage`.

    Raises
    ------
    NotFound
        There is no such version.
    """
    return shown_lineage(store.get_lineage(name, version))
