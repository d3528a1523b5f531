"""Moves of versions: to a stage, to an alias, and back."""

from __future__ import annotations

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.gates import FolderFacts, MovePreview, Verdict, check_target
from jupyter_mlops.entities.model_events import ModelEvent
from jupyter_mlops.entities.names import check_alias, stored_text
from jupyter_mlops.entities.registered_models import ModelVersion, canonical_stage
from jupyter_mlops.errors import GateRefused, InvalidParameter, InvalidState
from jupyter_mlops.storage.duckdb import gates, model_versions
from jupyter_mlops.storage.duckdb.audits import last_move, note
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["delete_alias", "preview", "set_alias", "transition", "undo"]


def transition(
    session: Session, name: str, version: str, stage: str, archive_existing: bool, by: Author, *, force: bool,
    known: FolderFacts | None,
) -> ModelVersion:  # fmt: skip
    """Move a version to a stage; with `archive_existing` whatever else is there goes to Archived."""
    stage = _stage(stage, archive_existing)
    mid, number = model_versions.locate(session, name, version)
    with session.transaction() as change:
        verdicts = gates.verdicts(session, mid, number, stage, None, _in_stage(session, mid, number, stage), known)
        forced = _let_through(name, number, stage, verdicts, by, force)
        now = now_ms()
        if archive_existing:
            for other in _others(session, mid, number, stage):
                _put(session, mid, other, "Archived", change, now)
                note(session, by, "stage", "version", mid, name, other, before=stage, after="Archived", detail=f"{stage} -> Archived")
        before = _stage_of(session, mid, number)
        _put(session, mid, number, stage, change, now)
        model_versions.touch_model(session, mid, change)
        detail = f"{before} -> {stage}"
        note(session, by, "stage", "version", mid, name, number, before=before, after=stage, detail=detail, forced=forced)
    return model_versions.get(session, name, version)


def set_alias(
    session: Session, name: str, alias: str, version: str, by: Author, *, force: bool, known: FolderFacts | None
) -> None:
    """Point an alias at a version that is there."""
    check_alias(alias)
    mid, number = model_versions.locate(session, name, version)
    with session.transaction() as change:
        before = _holder(session, mid, alias)
        holder = None if before == number else before
        verdicts = gates.verdicts(session, mid, number, None, alias, holder, known)
        forced = _let_through(name, number, f"@{alias}", verdicts, by, force)
        _point(session, mid, alias, number, change)
        note(session, by, "alias", "version", mid, name, number, key=alias, before=before, after=number, detail=alias, forced=forced)


def delete_alias(session: Session, name: str, alias: str, by: Author) -> None:
    """Remove an alias, if it is there."""
    stored_text(alias, "alias")
    mid = model_versions.mid_of(session, name)
    with session.transaction() as change:
        before = _holder(session, mid, alias)
        if before is not None:
            _point(session, mid, alias, None, change)
            note(session, by, "remove alias", "model", mid, name, key=alias, before=before, detail=alias)


def preview(
    session: Session, name: str, version: str, stage: str | None, alias: str | None, archive_existing: bool,
    known: FolderFacts | None,
) -> MovePreview:  # fmt: skip
    """What a move would do, and whether the gates let it through; nothing is changed."""
    check_target(stage, alias)
    mid, number = model_versions.locate(session, name, version)
    archives: list[int] = []
    if stage is not None:
        stage = _stage(stage, archive_existing)
        before: str | int | None = _stage_of(session, mid, number)
        holder = _in_stage(session, mid, number, stage)
        archives = _others(session, mid, number, stage) if archive_existing else []
    else:
        before = _holder(session, mid, check_alias(alias))
        holder = None if before == number else _holder(session, mid, str(alias))
    verdicts = gates.verdicts(session, mid, number, stage, alias, holder, known)
    texts = [None if one is None else str(one) for one in (before, holder)]
    return MovePreview(name, str(number), stage, alias, texts[0], texts[1], [str(one) for one in archives], verdicts)


def undo(session: Session, name: str, by: Author, meant: int | None = None) -> list[ModelVersion]:
    """Take back the last move that was not taken back yet; returns the versions that it was about.

    Raises
    ------
    InvalidState
        There is none, or what it moved has changed since, or it is not the one of the transaction that was `meant`.
    """
    mid = model_versions.mid_of(session, name)
    events = last_move(session, name)
    if not events:
        raise InvalidState(f"No move of {name!r} can be undone: none was made, or all were undone.")
    if meant not in (None, events[0].change):
        said = "; ".join(event.text for event in events)
        raise InvalidState(f"Nothing is undone: the last move of {name!r} is another one by now. {said}, by {events[0].user}.")
    with session.transaction() as change:
        for event in events:
            (_unmove_stage if event.action == "stage" else _unmove_alias)(session, mid, name, event, change)
            note(
                session, by, event.action, "version", mid, name, None if event.version is None else int(event.version),
                key=event.key, before=event.after, after=event.before, undoes=event.change,
            )  # fmt: skip
        model_versions.touch_model(session, mid, change)
    touched = dict.fromkeys(int(event.version) for event in events if event.version is not None)
    return model_versions.fetch(session, [(mid, version) for version in touched])


def _unmove_stage(session: Session, mid: int, name: str, event: ModelEvent, change: int) -> None:
    version = int(event.version or 0)
    now = _stage_of(session, mid, version)
    if now is None:
        raise InvalidState(f"Version {version} of {name!r} is deleted: the last move cannot be undone. Move others by hand.")
    if now != event.after:
        raise InvalidState(f"Version {version} of {name!r} is no longer in {event.after}: its move cannot be undone. Move it by hand.")
    _put(session, mid, version, str(event.before), change, now_ms())


def _unmove_alias(session: Session, mid: int, name: str, event: ModelEvent, change: int) -> None:
    alias, now = str(event.key), _holder(session, mid, str(event.key))
    if (None if now is None else str(now)) != event.after:
        raise InvalidState(f"Alias @{alias} of {name!r} has moved since: its move cannot be undone. Move it by hand.")
    if event.before is not None and _stage_of(session, mid, int(event.before)) is None:
        raise InvalidState(f"Version {event.before} of {name!r} is deleted: alias @{alias} cannot go back to it.")
    _point(session, mid, alias, None if event.before is None else int(event.before), change)


def _stage(stage: str, archive_existing: bool) -> str:
    if isinstance(stage, str) and not stage.strip():
        raise InvalidParameter("The stage is blank; stages are None, Staging, Production, Archived.", "INTERNAL_ERROR")
    stage = canonical_stage(stage)
    if archive_existing and stage not in ("Staging", "Production"):
        raise InvalidParameter(
            f"archive_existing_versions is for Staging and Production; versions in {stage!r} stay where they are.", "INTERNAL_ERROR"
        )
    return stage


def _let_through(name: str, number: int, target: str, verdicts: list[Verdict], by: Author, force: bool) -> bool:
    """Whether it was forced; raises when it may not move."""
    if force and not (by.comment or "").strip():
        raise InvalidParameter("force=True needs a comment that says why: it goes into the model's history.")
    if all(verdict.passed for verdict in verdicts):
        return False
    if not force:
        raise GateRefused(name, str(number), target, verdicts)
    return True


def _others(session: Session, mid: int, number: int, stage: str) -> list[int]:
    rows = session.rows(
        "SELECT version FROM store.model_versions WHERE mid = ? AND stage = ? AND version <> ? AND NOT deleted ORDER BY version",
        [mid, stage, number],
    )
    return [version for (version,) in rows]


def _in_stage(session: Session, mid: int, number: int, stage: str) -> int | None:
    return max(_others(session, mid, number, stage), default=None)


def _stage_of(session: Session, mid: int, number: int) -> str | None:
    row = session.row("SELECT stage FROM store.model_versions WHERE mid = ? AND version = ? AND NOT deleted", [mid, number])
    return row[0] if row else None


def _put(session: Session, mid: int, number: int, stage: str, change: int, now: int) -> None:
    session.rows(
        "UPDATE store.model_versions SET stage = ?, last_update_time = ?, change = ? WHERE mid = ? AND version = ?",
        [stage, now, change, mid, number],
    )


def _holder(session: Session, mid: int, alias: str) -> int | None:
    row = session.row("SELECT version FROM store.model_aliases WHERE mid = ? AND alias = ?", [mid, alias])
    return row[0] if row else None


def _point(session: Session, mid: int, alias: str, number: int | None, change: int) -> None:
    session.rows("DELETE FROM store.model_aliases WHERE mid = ? AND alias = ?", [mid, alias])
    if number is not None:
        session.rows("INSERT INTO store.model_aliases (mid, alias, version) VALUES (?, ?, ?)", [mid, alias, number])
    session.rows("UPDATE store.registered_models SET change = ? WHERE mid = ?", [change, mid])
