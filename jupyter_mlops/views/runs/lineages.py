"""Where a run stands between its data and what came of its models."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.charts.lineages import lineage_figure
from jupyter_mlops.entities.lineages import Lineage, LineageEdge, LineageNode
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.tags import REPRODUCES_TAG
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.storage.base import Store

__all__ = ["run_lineage", "shown_lineage"]

_MOST_VERSIONS, _MOST_NODES = 10, 200


def run_lineage(store: Store, run_id: str) -> dict[str, Any]:
    """The data sets of a run, the run, the versions of its models and their uses.

    Returns
    -------
    dict
        See `shown_lineage`.

    Raises
    ------
    NotFound
        There is no such run.
    """
    return shown_lineage(_gathered(store, store.get_run(run_id)))


def shown_lineage(found: Lineage) -> dict[str, Any]:
    """A lineage as pages show it.

    Returns
    -------
    dict
        ``figure`` (Plotly's JSON), ``nodes`` (``id, kind, name, detail``), ``rows`` (``from`` and ``to``, ids of nodes, and
        ``label``) and ``is_whole``.
    """
    return {
        "figure": lineage_figure(found),
        "nodes": [msgspec.structs.asdict(node) for node in found.nodes],
        "rows": [{"from": edge.start, "to": edge.end, "label": edge.label} for edge in found.edges],
        "is_whole": found.is_whole,
    }


def _gathered(store: Store, run: Run) -> Lineage:
    root = _node(run)
    nodes, edges = {root.id: root}, {}
    for one in run.inputs.dataset_inputs:
        data = LineageNode(f"dataset/{one.dataset.name}/{one.dataset.digest}", "dataset", one.dataset.name, one.dataset.digest)
        nodes[data.id], edges[data.id, root.id] = data, LineageEdge(data.id, root.id, "used by")
    again = run.data.tags.get(REPRODUCES_TAG)
    for former in store.get_runs([again]) if again else []:
        node = _node(former)
        nodes[node.id], edges[node.id, root.id] = node, LineageEdge(node.id, root.id, "made again by")
    versions = store.search_model_versions(f"run_id = '{run.info.run_id}'", _MOST_VERSIONS, None, None)
    is_whole = versions.token is None
    for version in versions:
        part = _of_version(store, version.name, version.version)
        is_whole = is_whole and part.is_whole and len(nodes) + len(part.nodes) <= _MOST_NODES
        if len(nodes) + len(part.nodes) <= _MOST_NODES:
            known = {(node.kind, node.name, node.detail): node.id for node in nodes.values() if node.kind == "dataset"}
            same = {node.id: known.get((node.kind, node.name, node.detail), node.id) for node in part.nodes}
            nodes |= {node.id: node for node in part.nodes if same[node.id] == node.id and node.id not in nodes}
            for edge in part.edges:
                start, end = same.get(edge.start, edge.start), same.get(edge.end, edge.end)
                edges.setdefault((start, end), LineageEdge(start, end, edge.label))
    return Lineage(root.id, list(nodes.values()), list(edges.values()), is_whole)


def _of_version(store: Store, name: str, version: str) -> Lineage:
    try:
        return store.get_lineage(name, version)
    except MlflowException:  # it was removed in between
        return Lineage("", [], [])


def _node(run: Run) -> LineageNode:
    return LineageNode(f"run/{run.info.run_id}", "run", run.info.run_name or run.info.run_id[:8], run.info.run_id)
