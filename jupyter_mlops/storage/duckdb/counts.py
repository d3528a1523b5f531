"""How much a store holds."""

from __future__ import annotations

from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["count_rows"]

_COUNTED = {
    "experiments": "store.experiments WHERE lifecycle_stage = 'active'",
    "deleted experiments": "store.experiments WHERE lifecycle_stage <> 'active'",
    "runs": "store.runs WHERE lifecycle_stage = 'active'",
    "running": "store.runs WHERE lifecycle_stage = 'active' AND status IN ('RUNNING', 'SCHEDULED')",
    "deleted runs": "store.runs WHERE lifecycle_stage <> 'active'",
    "params": "store.params",
    "metrics": "store.latest_metrics",
    "metric points": "store.metrics",
    "tags": "store.tags",
    "datasets": "store.datasets",
    "registered models": "store.registered_models",
    "model versions": "store.model_versions WHERE NOT deleted",
    "conflicts": "store.conflicts",
    "rejected records": "store.rejected",
}


def count_rows(session: Session) -> dict[str, int]:
    """Rows by what they are, in the order in which people read them."""
    counted = ", ".join(f"(SELECT count(*) FROM {what})" for what in _COUNTED.values())
    row = session.row(f"SELECT {counted}")
    return dict(zip(_COUNTED, row or (), strict=True))
