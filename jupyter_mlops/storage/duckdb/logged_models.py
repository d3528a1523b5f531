"""Models as they were logged, by an id of their own or by the run that they are of."""

from __future__ import annotations

import json
from typing import Any

from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["place_of"]

_HISTORY = """
SELECT artifact_uri, value FROM store.tags JOIN store.runs USING (rid)
WHERE key = 'mlflow.log-model.history' AND contains(value, ?)
"""


def place_of(session: Session, name: str, run_id: str | None) -> str | None:
    """Where a logged model's folder lies: that of a name in a run, or without a run that of an id ``m-…``; None if nowhere."""
    if run_id is None:
        found = session.row("SELECT artifact_location FROM store.logged_models WHERE model_id = ?", [name])
        return session.absolute(found[0]) if found else _in_a_run(session, name.removeprefix("m-"))
    found = session.row(
        "SELECT m.artifact_location FROM store.logged_models m JOIN store.runs USING (rid) WHERE m.name = ? AND run_id = ? "
        "ORDER BY m.creation_time DESC LIMIT 1", [name, run_id],
    )  # fmt: skip
    return session.absolute(found[0]) if found else None


def _in_a_run(session: Session, model_uuid: str) -> str | None:
    """The folder among a run's artifacts of a model that was logged here, as its run's tag tells."""
    for uri, history in session.rows(_HISTORY, [model_uuid]):
        last = {entry.get("artifact_path"): entry.get("model_uuid") for entry in _entries(history)}
        for path, logged in last.items():
            if path and logged == model_uuid:  # of an earlier one at that path nothing is left
                return f"{session.absolute(uri)}/{path}"
    return None


def _entries(history: str) -> list[dict[str, Any]]:
    try:
        entries = json.loads(history)
    except ValueError:
        return []
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
