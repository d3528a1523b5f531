"""Where a version comes from and where it went: a figure, and its edges as rows."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.charts.lineages import lineage_figure
from jupyter_mlops.storage.registry_base import RegistryStore

__all__ = ["lineage"]


def lineage(store: RegistryStore, name: str, version: str) -> dict[str, Any]:
    """The lineage of a version.

    Returns
    -------
    dict
        ``figure`` (Plotly's JSON), ``nodes`` (``id, kind, name, detail``), ``rows`` (``from`` and ``to``, ids of nodes, and
        ``label``) and ``is_whole``.

    Raises
    ------
    NotFound
        There is no such version.
    """
    found = store.get_lineage(name, version)
    return {
        "figure": lineage_figure(found),
        "nodes": [msgspec.structs.asdict(node) for node in found.nodes],
        "rows": [{"from": edge.start, "to": edge.end, "label": edge.label} for edge in found.edges],
        "is_whole": found.is_whole,
    }
