"""Where a model version comes from, and where it went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlops.entities.records import Entity

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["USE_KINDS", "Lineage", "LineageEdge", "LineageNode"]

USE_KINDS = ("loaded", "evaluated", "served")


class LineageNode(Entity, frozen=True):
    """A data set, a run, a model version or a place of use.

    Attributes
    ----------
    id : str
        Such as ``run/4f2…`` or ``version/churn/3``.
    kind : str
        ``dataset``, ``run``, ``version`` or ``use``.
    name : str
    detail : str
        Digest of a data set, id of a run, stage and aliases of a version, what a use was.
    """

    id: str
    kind: str
    name: str
    detail: str = ""


class LineageEdge(Entity, frozen=True):
    """What led to what: ids of nodes, and how."""

    start: str
    end: str
    label: str = ""


class Lineage(Entity, frozen=True):
    """All that a version comes from and all that came of it.

    Attributes
    ----------
    root : str
        Id of the version's node.
    nodes : list of LineageNode
    edges : list of LineageEdge
        From cause to effect.
    is_whole : bool
        False when there is more than was gathered.
    """

    root: str
    nodes: list[LineageNode]
    edges: list[LineageEdge]
    is_whole: bool = True

    def upstream(self) -> list[LineageNode]:
        """What the version comes from, nearest first."""
        return self._reached(forward=False)

    def downstream(self) -> list[LineageNode]:
        """What came of the version, nearest first."""
        return self._reached(forward=True)

    def _reached(self, *, forward: bool) -> list[LineageNode]:
        seen = [self.root]
        for one in seen:
            for edge in self.edges:
                here, there = (edge.start, edge.end) if forward else (edge.end, edge.start)
                if here == one and there not in seen:
                    seen.append(there)
        by_id = {node.id: node for node in self.nodes}
        return [by_id[one] for one in seen[1:]]

    def to_frame(self) -> pd.DataFrame:
        """One row for each edge: ``from_kind, from_name, from_detail, label, to_kind, to_name, to_detail``."""
        import pandas as pd

        by_id = {node.id: node for node in self.nodes}
        rows = [
            (a.kind, a.name, a.detail, edge.label, b.kind, b.name, b.detail)
            for edge in self.edges
            for a, b in [(by_id[edge.start], by_id[edge.end])]
        ]
        names = ["from_kind", "from_name", "from_detail", "label", "to_kind", "to_name", "to_detail"]
        return pd.DataFrame(rows, columns=names)
