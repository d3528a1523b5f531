"""The audit trail: every registry transaction says who did what to which model; lines are added, never changed."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.model_events import ModelEvent
from jupyter_mlops.entities.names import stored_text
from jupyter_mlops.errors import NotFound
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["history", "last_move", "note"]

_MOST_TEXT = 1000  # of a value that was and became: a description may be long
_INSERT = (
    "INSERT INTO store.audit (change, time, who, action, kind, name, version, detail, mid, host, notebook, cell, key, before, "
    "after, comment, forced, undoes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_EVENT = (
    "change, time, who, action, kind, name, version, detail, key, before, after, comment, forced, host, notebook, cell, undoes"
)
_MOVES = (  # older versions of the package did not write down what was before: those moves stay
    "mid = (SELECT mid FROM store.registered_models WHERE name = $name) AND action IN ('stage', 'alias', 'remove alias') "
    "AND undoes IS NULL AND before IS DISTINCT FROM after"
)
_SIMPLE = {"create", "describe", "delete", "tag"}  # said of models and of versions


def note(
    session: Session, by: Author, action: str, kind: str, mid: int, name: str, version: int | None = None, *,
    key: str | None = None, before: Any = None, after: Any = None, detail: str | None = None, forced: bool = False,
    undoes: int | None = None,
) -> None:  # fmt: skip
    """Write one line of the trail, in the transaction under way."""
    session.rows(
        _INSERT,
        [
            session.change, now_ms(), by.user, action, kind, name, version, detail, mid, by.host, by.notebook, by.cell, key,
            _short(before), _short(after), by.comment, forced, undoes,
        ],
    )  # fmt: skip


def _short(value: Any) -> str | None:
    if value is None:
        return None
    text = str(value)
    return text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + "…"


def history(session: Session, name: str, most: int | None) -> list[ModelEvent]:
    """All that happened to a model, newest first; of a name that is not there any more, to the last model that had it."""
    mid, since = _model_of(session, name)
    rows = session.rows(
        f"SELECT {_EVENT} FROM store.audit WHERE mid = $mid OR (mid IS NULL AND time >= $since AND name IN "
        "(SELECT $name UNION ALL SELECT name FROM store.audit WHERE mid = $mid)) ORDER BY change DESC, rowid DESC LIMIT $most",
        {"mid": mid, "since": since, "name": name, "most": most},
    )
    return [_event(*row) for row in rows]


def last_move(session: Session, name: str) -> list[ModelEvent]:
    """What the last move of a stage or an alias did that is not undone yet, in that order; nothing when there is none."""
    stored_text(name, "model's name")
    rows = session.rows(
        f"SELECT {_EVENT} FROM store.audit WHERE {_MOVES} AND change = (SELECT max(change) FROM store.audit WHERE {_MOVES} "
        "AND change NOT IN (SELECT undoes FROM store.audit WHERE undoes IS NOT NULL)) ORDER BY rowid", {"name": name},
    )  # fmt: skip
    return [_event(*row) for row in rows]


def _model_of(session: Session, name: str) -> tuple[int, int]:
    """Number of a model and when it was made, also of one that was deleted or renamed."""
    stored_text(name, "model's name")
    row = session.row("SELECT mid, coalesce(creation_time, 0) FROM store.registered_models WHERE name = ?", [name])
    row = row or session.row(
        "SELECT mid, 9223372036854775807 FROM store.audit WHERE mid IS NOT NULL AND (name = $name OR before = $name AND action = 'rename') "
        "ORDER BY change DESC LIMIT 1", {"name": name},
    )  # fmt: skip
    if row is None:
        raise NotFound(f"There is no registered model named {name!r:.300}, and there never was one.")
    return int(row[0]), int(row[1])


def _event(
    change: int, time: int, who: str, action: str, kind: str, name: str, version: int | None, detail: str | None,
    key: str | None, before: str | None, after: str | None, comment: str | None, forced: bool | None, host: str | None,
    notebook: str | None, cell: str | None, undoes: int | None,
) -> ModelEvent:  # fmt: skip
    if undoes is not None:
        action = "undo"
    elif action in _SIMPLE:
        action = f"{action} {kind}"
    elif action == "use":
        action = "use version"
    elif action == "remove alias":  # one word for setting, moving and removing, as before and after say which
        action, key = "alias", key or detail
    elif action == "alias" and key is None:  # written by an older version
        key, after = detail, str(version)
    elif action == "stage" and before is None and detail:
        before, _, after = detail.partition(" -> ")
    elif action == "rename" and after is None:
        before, after = name, detail
    elif action.startswith("import"):
        after = after or detail
    return ModelEvent(
        change, time, who or "", action, name, None if version is None else str(version), key, before, after, comment,
        bool(forced), host, notebook, cell,
    )  # fmt: skip
