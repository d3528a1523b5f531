"""Models of another tracker's registry, one transaction each; and models with an id of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.storage.duckdb.audits import note
from jupyter_mlops.storage.duckdb.imported_records import LoggedModelRecord, ModelRecord, VersionRecord, digest_of
from jupyter_mlops.storage.duckdb.imports import Mark, mark, marks
from jupyter_mlops.storage.duckdb.pairs import write_pairs
from jupyter_mlops.storage.duckdb.registered_models import new_mid
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = ["logged_places", "take_logged_models", "take_model"]


def take_model(
    session: Session, source: str, model: ModelRecord, by: Author
) -> tuple[str, list[int], list[int], list[str]]:
    """Write a registered model with versions, tags and aliases; nothing moves to where a gate stands.

    Returns
    -------
    (str, list of int, list of int, list of str)
        ``"new"``, ``"updated"`` or ``"refused"``: there is one of that name from elsewhere, and nothing was written;
        versions that were written; versions that are here from elsewhere, and were left alone; moves that were not made.
    """
    known = marks(session, source, "model", [model.name]).get(model.name)
    row = session.row("SELECT mid FROM store.registered_models WHERE mid = ?", [known.target if known else None])
    if row is None and session.row("SELECT 1 FROM store.registered_models WHERE name = ?", [model.name]):
        return "refused", [], [], []
    refused: list[int] = []
    with session.transaction() as change:
        if row is None:
            mid, fresh = _insert(session, model, change), model.versions
        else:
            mid = row[0]
            fresh, refused = _update(session, source, mid, model, change)
        placed, held = _before_gates(session, mid, fresh)
        _write_versions(session, mid, placed, change)
        write_pairs(session, "registered_model_tags", {"mid": mid}, model.tags)
        held += _write_aliases(session, source, mid, model, {v.version for v in model.versions} - set(refused))
        mark(session, source, "model", {model.name: Mark(mid, digest_of(model))})
        mark(session, source, "version", {f"{mid}/{v.version}": Mark(mid, digest_of(v)) for v in fresh})
        action = "import" if row is None else "import again"
        note(session, by, action, "model", mid, model.name, detail=source)
    return "updated" if row else "new", [v.version for v in fresh], refused, held


def _insert(session: Session, model: ModelRecord, change: int) -> int:
    mid = new_mid(session)
    session.rows(
        "INSERT INTO store.registered_models (mid, name, description, creation_time, last_update_time, change) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [mid, model.name, model.description, model.creation_time, model.last_update_time, change],
    )
    return mid


def _update(
    session: Session, source: str, mid: int, model: ModelRecord, change: int
) -> tuple[list[VersionRecord], list[int]]:
    """Follow the source; returns the versions to write, and those whose number is taken by one that was made here."""
    session.rows(
        "UPDATE store.registered_models SET description = ?, last_update_time = greatest(last_update_time, ?), change = ? "
        "WHERE mid = ?",
        [model.description, model.last_update_time, change, mid],
    )
    marked = marks(session, source, "version", [f"{mid}/{v.version}" for v in model.versions])
    here = {version for (version,) in session.rows("SELECT version FROM store.model_versions WHERE mid = ?", [mid])}
    refused = [v.version for v in model.versions if v.version in here and f"{mid}/{v.version}" not in marked]
    fresh = []
    for v in model.versions:
        known = marked.get(f"{mid}/{v.version}")
        if v.version not in refused and (known is None or known.digest != digest_of(v)):
            fresh.append(v)
    return fresh, refused


def _gated(session: Session, mid: int, kind: str) -> set[str]:
    """Stages or aliases that have a gate."""
    return {place for (place,) in session.rows(f"SELECT DISTINCT {kind} FROM store.gates WHERE mid = ?", [mid]) if place}


def _before_gates(session: Session, mid: int, versions: list[VersionRecord]) -> tuple[list[VersionRecord], list[str]]:
    """The versions, those that would pass a gate in the stage where they are; and what did not move."""
    gated = _gated(session, mid, "stage") - {"None"}
    here = dict(session.rows("SELECT version, stage FROM store.model_versions WHERE mid = ?", [mid])) if gated else {}
    held = {v.version: v.stage for v in versions if v.stage in gated and here.get(v.version) != v.stage and not v.deleted}
    placed = [
        msgspec.structs.replace(v, stage=here.get(v.version, "None")) if v.version in held else v for v in versions
    ]
    return placed, [f"version {version} to {stage}" for version, stage in held.items()]


def _write_versions(session: Session, mid: int, versions: list[VersionRecord], change: int) -> None:
    if not versions:
        return
    numbers = [v.version for v in versions]
    session.rows(
        "DELETE FROM store.model_versions WHERE mid = ? AND version IN (SELECT unnest(?::BIGINT[]))", [mid, numbers]
    )
    sources = [None if v.source is None else session.relative(v.source) for v in versions]
    session.rows(
        "INSERT INTO store.model_versions (mid, version, description, user_id, stage, source, run_id, run_link, status, "
        "status_message, deleted, creation_time, last_update_time, change) "
            "SELECT ?, unnest(?::BIGINT[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
        "unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
        "unnest(?::VARCHAR[]), unnest(?::BOOLEAN[]), unnest(?::BIGINT[]), unnest(?::BIGINT[]), ?",
        [
            mid, numbers, [v.description for v in versions], [v.user_id for v in versions],
            [v.stage for v in versions], sources, [v.run_id for v in versions], [v.run_link for v in versions],
            [v.status for v in versions], [v.status_message for v in versions], [v.deleted for v in versions],
            [v.creation_time for v in versions], [v.last_update_time for v in versions], change,
        ],
    )  # fmt: skip
    for v in versions:
        if v.deleted:
            session.rows("DELETE FROM store.model_aliases WHERE mid = ? AND version = ?", [mid, v.version])
        write_pairs(session, "model_version_tags", {"mid": mid, "version": v.version}, v.tags)


def _write_aliases(session: Session, source: str, mid: int, model: ModelRecord, versions: set[int]) -> list[str]:
    """Set aliases that are new in the source or moved there; one that was moved here alone stays. Returns what did not move."""
    marked = marks(session, source, "alias", [f"{mid}/{alias}" for alias in model.aliases])
    moved = {
        alias: version
        for alias, version in model.aliases.items()
        if version in versions and marked.get(f"{mid}/{alias}", Mark(None, "")).digest != str(version)
    }
    held = {alias: moved.pop(alias) for alias in _gated(session, mid, "alias") & set(moved)}
    if moved:
        session.rows(
            "DELETE FROM store.model_aliases WHERE mid = ? AND alias IN (SELECT unnest(?::VARCHAR[]))",
            [mid, list(moved)],
        )
        session.rows(
            "INSERT INTO store.model_aliases (mid, alias, version) SELECT ?, unnest(?::VARCHAR[]), unnest(?::BIGINT[])",
            [mid, list(moved), list(moved.values())],
        )
        mark(session, source, "alias", {f"{mid}/{alias}": Mark(mid, str(v)) for alias, v in moved.items()})
    return [f"@{alias} to version {version}" for alias, version in held.items()]


def take_logged_models(
    session: Session, source: str, placed: Iterable[tuple[LoggedModelRecord, int, str, str]]
) -> list[str]:
    """Write models with an id of their own: record, number of the experiment, place and digest of each.

    Returns
    -------
    list of str
        Ids that are here from elsewhere, and were left alone.
    """
    placed = list(placed)
    ids = [record.model_id for record, _, _, _ in placed]
    marked = marks(session, source, "logged model", ids)
    there = session.rows(
        "SELECT model_id FROM store.logged_models WHERE model_id IN (SELECT unnest(?::VARCHAR[]))", [ids]
    )
    refused = [model_id for (model_id,) in there if model_id not in marked]
    taken = [p for p in placed if p[0].model_id not in refused]
    if not taken:
        return refused
    runs = dict(
        session.rows(
            "SELECT run_id, rid FROM store.runs WHERE run_id IN (SELECT unnest(?::VARCHAR[]))",
            [[record.run_id for record, _, _, _ in taken if record.run_id]],
        )
    )
    with session.transaction() as change:
        rows: list[tuple[Any, ...]] = [
            (r.model_id, number, runs.get(r.run_id), r.name, session.relative(place), r.status, r.creation_time, r.last_update_time)
            for r, number, place, _ in taken
        ]  # fmt: skip
        session.rows(
            "INSERT OR REPLACE INTO store.logged_models SELECT unnest(?::VARCHAR[]), unnest(?::BIGINT[]), unnest(?::BIGINT[]), "
            "unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::BIGINT[]), unnest(?::BIGINT[]), ?",
            [*(list(column) for column in zip(*rows, strict=True)), change],
        )
        mark(session, source, "logged model", {r.model_id: Mark(None, digest) for r, _, _, digest in taken})
    return refused


def logged_places(session: Session, model_ids: Iterable[str]) -> dict[str, str]:
    """Where models with an id of their own lie, absolute, by id."""
    rows = session.rows(
        "SELECT model_id, artifact_location FROM store.logged_models WHERE model_id IN (SELECT unnest(?::VARCHAR[]))",
        [list(model_ids)],
    )
    return {model_id: session.absolute(location) for model_id, location in rows}
