"""The audit trail: every registry transaction says who did what to which model."""

from __future__ import annotations

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["note"]


def note(
    session: Session, who: str, action: str, kind: str, name: str, version: int | None = None, detail: str | None = None
) -> None:
    """Write one line of the trail, in the transaction under way."""
    session.rows(
        "INSERT INTO store.audit (change, time, who, action, kind, name, version, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [session.change, now_ms(), who, action, kind, name, version, detail],
    )
