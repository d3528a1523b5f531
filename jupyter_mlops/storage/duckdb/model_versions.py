"""Versions of registered models and their stages."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.names import check_model_tag, description_text, stored_text, version_number, version_texts
from jupyter_mlops.entities.registered_models import STAGES, ModelVersion, canonical_stage
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.duckdb.audits import note
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = [
    "create",
    "delete",
    "delete_tag",
    "fetch",
    "get",
    "latest",
    "latest_of",
    "locate",
    "mid_of",
    "set_tag",
    "touch_model",
    "update",
]

_COLUMNS = (
    "v.mid, v.version, m.name, v.creation_time, v.last_update_time, v.description, v.user_id, v.stage, v.source, "
    "v.run_id, v.run_link, v.status, v.status_message, v.location"
)
_JOINED = "store.model_versions v JOIN store.registered_models m USING (mid)"
_LAST = 2**63 - 1  # that the column can hold
Key = tuple[int, int]


def mid_of(session: Session, name: str) -> int:
    """Number of a model."""
    row = session.row("SELECT mid FROM store.registered_models WHERE name = ?", [stored_text(name, "model's name")])
    if row is None:
        raise NotFound(f"There is no registered model named {name!r:.300}.")
    return int(row[0])


def locate(session: Session, name: str, version: str) -> Key:
    """Numbers of a model and of a version of it that is there."""
    number, mid = version_number(version), mid_of(session, name)
    if number > _LAST or not session.row(
        "SELECT 1 FROM store.model_versions WHERE mid = ? AND version = ? AND NOT deleted", [mid, number]
    ):
        raise NotFound(f"Registered model {name!r} has no version {number}.")
    return mid, number


def fetch(session: Session, keys: list[Key]) -> list[ModelVersion]:
    """Versions of those numbers, in the order given: three queries, however many."""
    if not keys:
        return []
    wanted = "(SELECT unnest(?::BIGINT[]) AS mid, unnest(?::BIGINT[]) AS version) w"
    bound = [[mid for mid, _ in keys], [version for _, version in keys]]
    tags: dict[Key, dict[str, str]] = {}
    for mid, version, key, value in session.rows(
        f"SELECT t.mid, t.version, t.key, t.value FROM store.model_version_tags t JOIN {wanted} USING (mid, version) ORDER BY key", bound
    ):
        tags.setdefault((mid, version), {})[key] = value
    aliases: dict[Key, list[str]] = {}
    for mid, version, alias in session.rows(
        f"SELECT a.mid, a.version, a.alias FROM store.model_aliases a JOIN {wanted} USING (mid, version) ORDER BY alias",
        bound,
    ):
        aliases.setdefault((mid, version), []).append(alias)
    found = {}
    for mid, version, *rest in session.rows(f"SELECT {_COLUMNS} FROM {_JOINED} JOIN {wanted} USING (mid, version)", bound):
        key = (mid, version)
        found[key] = _version(session, str(version), *rest, tags=tags.get(key, {}), aliases=aliases.get(key, []))
    return [found[key] for key in keys if key in found]


def _version(
    session: Session, version: str, name: str, created: int, updated: int, description: str | None, user: str | None,
    stage: str, source: str | None, run_id: str | None, run_link: str | None, status: str, status_message: str | None,
    location: str | None, *, tags: dict[str, str], aliases: list[str],
) -> ModelVersion:  # fmt: skip
    return ModelVersion(
        name=name, version=version, creation_timestamp=created, last_updated_timestamp=updated, description=description,
        user_id=user, current_stage=stage, source=None if source is None else session.absolute(source), run_id=run_id,
        run_link=run_link, status=status, status_message=status_message, tags=tags, aliases=aliases,
        location=None if location is None else session.absolute(location),
    )  # fmt: skip


def get(session: Session, name: str, version: str) -> ModelVersion:
    """A version."""
    return fetch(session, [locate(session, name, version)])[0]


def latest(session: Session, mids: list[int]) -> dict[int, list[ModelVersion]]:
    """The highest version of each stage, by model, in the order of versions."""
    keys = session.rows(
        "SELECT mid, max(version) AS version FROM store.model_versions WHERE NOT deleted "
        "AND mid IN (SELECT unnest(?::BIGINT[])) GROUP BY mid, stage ORDER BY mid, version", [mids],
    )  # fmt: skip
    gathered: dict[int, list[ModelVersion]] = {}
    for (mid, _), version in zip(keys, fetch(session, list(keys)), strict=True):
        gathered.setdefault(mid, []).append(version)
    return gathered


def latest_of(session: Session, name: str, stages: Sequence[str] | None) -> list[ModelVersion]:
    """The highest version of each of `stages`; None or nothing means all four."""
    wanted = {canonical_stage(stage) for stage in stages or STAGES}
    return [
        v for v in latest(session, [mid_of(session, name)]).get(mid_of(session, name), []) if v.current_stage in wanted
    ]


def create(
    session: Session, name: str, source: str, run_id: str | None, tags: dict[str, str], run_link: str | None,
    description: str | None, by: Author, location: str | None,
) -> ModelVersion:  # fmt: skip
    """Make the next version: one more than the highest there ever was."""
    version_texts(source, run_id, run_link)
    description = description_text(description)
    tags = dict(check_model_tag(key, value) for key, value in tags.items())
    mid = mid_of(session, name)
    with session.transaction() as change:
        row = session.row("SELECT coalesce(max(version), 0) + 1 FROM store.model_versions WHERE mid = ?", [mid])
        number = row[0] if row else 1
        now = now_ms()
        session.rows(
            "INSERT INTO store.model_versions (mid, version, description, user_id, stage, source, run_id, run_link, status, status_message, deleted, creation_time, last_update_time, change, location) VALUES (?, ?, ?, ?, 'None', ?, ?, ?, 'READY', NULL, false, ?, ?, ?, ?)",
            [mid, number, description, by.user, session.relative(source), run_id, run_link, now, now, change, location and session.relative(location)],
        )
        if tags:
            session.rows(
                "INSERT INTO store.model_version_tags (mid, version, key, value) "
                "SELECT ?, ?, unnest(?::VARCHAR[]), unnest(?::VARCHAR[])", [mid, number, list(tags), list(tags.values())],
            )  # fmt: skip
        touch_model(session, mid, change)
        note(session, by, "create", "version", mid, name, number, after=source)
    return get(session, name, str(number))


def update(session: Session, name: str, version: str, description: str | None, by: Author) -> ModelVersion:
    """Set a version's description."""
    if description_text(description) is None:
        raise InvalidParameter("Say which description the version gets; an empty one is ''.", "INTERNAL_ERROR")
    mid, number = locate(session, name, version)
    with session.transaction() as change:
        before = session.row("SELECT description FROM store.model_versions WHERE mid = ? AND version = ?", [mid, number])
        session.rows(
            "UPDATE store.model_versions SET description = ?, last_update_time = ?, change = ? WHERE mid = ? AND version = ?",
            [description, now_ms(), change, mid, number],
        )
        note(session, by, "describe", "version", mid, name, number, before=before and before[0], after=description)
    return get(session, name, version)


def delete(session: Session, name: str, version: str, by: Author) -> None:
    """Remove a version from sight, with its aliases and tags; the row stays, so that its number stays used."""
    mid, number = locate(session, name, version)
    with session.transaction() as change:
        for table in ("model_aliases", "model_version_tags", "model_uses"):
            session.rows(f"DELETE FROM store.{table} WHERE mid = ? AND version = ?", [mid, number])
        session.rows(
            "UPDATE store.model_versions SET deleted = true, description = NULL, user_id = NULL, source = NULL, "
            "location = NULL, run_id = NULL, run_link = NULL, change = ? WHERE mid = ? AND version = ?", [change, mid, number],
        )  # fmt: skip
        session.rows("INSERT INTO store.tombstones (kind, id, change) VALUES ('version', ?, ?)", [f"{name}/{number}", change])
        touch_model(session, mid, change)
        note(session, by, "delete", "version", mid, name, number)


def set_tag(session: Session, name: str, version: str, key: str, value: str, by: Author) -> None:
    """Set a tag of a version."""
    key, value = check_model_tag(key, value)
    mid, number = locate(session, name, version)
    with session.transaction() as change:
        before = _take_tag(session, mid, number, key)
        session.rows("INSERT INTO store.model_version_tags (mid, version, key, value) VALUES (?, ?, ?, ?)", [mid, number, key, value])
        _touch(session, mid, number, change)
        note(session, by, "tag", "version", mid, name, number, key=key, before=before, after=value)


def delete_tag(session: Session, name: str, version: str, key: str, by: Author) -> None:
    """Remove a tag of a version, if it is there."""
    mid, number = locate(session, name, version)
    with session.transaction() as change:
        before = _take_tag(session, mid, number, key)
        if before is not None:
            _touch(session, mid, number, change)
            note(session, by, "tag", "version", mid, name, number, key=key, before=before)


def _take_tag(session: Session, mid: int, version: int, key: str) -> str | None:
    row = session.row(
        "DELETE FROM store.model_version_tags WHERE mid = ? AND version = ? AND key = ? RETURNING value", [mid, version, key]
    )
    return row[0] if row else None


def _touch(session: Session, mid: int, version: int, change: int) -> None:
    session.rows("UPDATE store.model_versions SET change = ? WHERE mid = ? AND version = ?", [change, mid, version])


def touch_model(session: Session, mid: int, change: int) -> None:
    """Note that a version of the model was made, moved or deleted."""
    session.rows(
        "UPDATE store.registered_models SET last_update_time = ?, change = ? WHERE mid = ?", [now_ms(), change, mid]
    )
