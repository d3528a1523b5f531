"""Versions of registered models and their stages."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.names import check_model_tag
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
    "locate",
    "mid_of",
    "set_tag",
    "transition",
    "update",
]

_COLUMNS = (
    "v.mid, v.version, m.name, v.creation_time, v.last_update_time, v.description, v.user_id, v.stage, v.source, "
    "v.run_id, v.run_link, v.status, v.status_message"
)
_JOINED = "store.model_versions v JOIN store.registered_models m USING (mid)"
Key = tuple[int, int]


def mid_of(session: Session, name: str) -> int:
    """Number of a model."""
    row = session.row("SELECT mid FROM store.registered_models WHERE name = ?", [name])
    if row is None:
        raise NotFound(f"There is no registered model named {name!r}.")
    return int(row[0])


def locate(session: Session, name: str, version: str) -> Key:
    """Numbers of a model and of a version of it that is there."""
    try:
        number = int(version)
    except (TypeError, ValueError):
        raise InvalidParameter(f"A model version is a whole number, not {version!r}.") from None
    mid = mid_of(session, name)
    if not session.row(
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
    for row in session.rows(f"SELECT {_COLUMNS} FROM {_JOINED} JOIN {wanted} USING (mid, version)", bound):
        key = (row[0], row[1])
        source = None if row[8] is None else session.absolute(row[8])
        found[key] = ModelVersion(
            name=row[2],
            version=str(row[1]),
            creation_timestamp=row[3],
            last_updated_timestamp=row[4],
            description=row[5],
            user_id=row[6],
            current_stage=row[7],
            source=source,
            run_id=row[9],
            run_link=row[10],
            status=row[11],
            status_message=row[12],
            tags=tags.get(key, {}),
            aliases=aliases.get(key, []),
        )
    return [found[key] for key in keys if key in found]


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
    description: str | None, user_id: str | None,
) -> ModelVersion:  # fmt: skip
    """Make the next version: one more than the highest there ever was."""
    pairs = [check_model_tag(key, value) for key, value in tags.items()]
    mid = mid_of(session, name)
    with session.transaction() as change:
        row = session.row("SELECT coalesce(max(version), 0) + 1 FROM store.model_versions WHERE mid = ?", [mid])
        number = row[0] if row else 1
        now = now_ms()
        session.rows(
            "INSERT INTO store.model_versions (mid, version, description, user_id, stage, source, run_id, run_link, status, status_message, deleted, creation_time, last_update_time, change) VALUES (?, ?, ?, ?, 'None', ?, ?, ?, 'READY', NULL, false, ?, ?, ?)",
            [mid, number, description, user_id, session.relative(source), run_id, run_link, now, now, change],
        )
        for key, value in pairs:
            session.rows("INSERT INTO store.model_version_tags (mid, version, key, value) VALUES (?, ?, ?, ?)", [mid, number, key, value])
        _touch_model(session, mid, change)
        note(session, user_id or "", "create", "version", name, number)
    return get(session, name, str(number))


def update(session: Session, name: str, version: str, description: str | None, who: str) -> ModelVersion:
    """Set a version's description."""
    mid, number = locate(session, name, version)
    with session.transaction() as change:
        session.rows(
            "UPDATE store.model_versions SET description = ?, last_update_time = ?, change = ? WHERE mid = ? AND version = ?",
            [description, now_ms(), change, mid, number],
        )
        note(session, who, "describe", "version", name, number)
    return get(session, name, version)


def delete(session: Session, name: str, version: str, who: str) -> None:
    """Remove a version from sight, with its aliases and tags; the row stays, so that its number stays used."""
    mid, number = locate(session, name, version)
    with session.transaction() as change:
        for table in ("model_aliases", "model_version_tags"):
            session.rows(f"DELETE FROM store.{table} WHERE mid = ? AND version = ?", [mid, number])
        session.rows(
            "UPDATE store.model_versions SET deleted = true, description = NULL, user_id = NULL, source = NULL, "
            "run_id = NULL, run_link = NULL, change = ? WHERE mid = ? AND version = ?", [change, mid, number],
        )  # fmt: skip
        session.rows("INSERT INTO store.tombstones (kind, id, change) VALUES ('version', ?, ?)", [f"{name}/{number}", change])
        _touch_model(session, mid, change)
        note(session, who, "delete", "version", name, number)


def transition(session: Session, name: str, version: str, stage: str, archive_existing: bool, who: str) -> ModelVersion:
    """Move a version to a stage; with `archive_existing` whatever else is there goes to Archived."""
    stage = canonical_stage(stage)
    if archive_existing and stage not in ("Staging", "Production"):
        raise InvalidParameter(
            f"archive_existing_versions is for Staging and Production; versions in {stage!r} stay where they are."
        )
    mid, number = locate(session, name, version)
    with session.transaction() as change:
        if archive_existing:
            archived = session.rows(
                "UPDATE store.model_versions SET stage = 'Archived', last_update_time = ?, change = ? "
                "WHERE mid = ? AND stage = ? AND version <> ? AND NOT deleted RETURNING version",
                [now_ms(), change, mid, stage, number],
            )
            for (other,) in archived:
                note(session, who, "stage", "version", name, other, f"{stage} -> Archived")
        row = session.row("SELECT stage FROM store.model_versions WHERE mid = ? AND version = ?", [mid, number])
        session.rows(
            "UPDATE store.model_versions SET stage = ?, last_update_time = ?, change = ? WHERE mid = ? AND version = ?",
            [stage, now_ms(), change, mid, number],
        )
        _touch_model(session, mid, change)
        note(session, who, "stage", "version", name, number, f"{row[0] if row else None} -> {stage}")
    return get(session, name, version)


def set_tag(session: Session, name: str, version: str, key: str, value: str) -> None:
    """Set a tag of a version."""
    key, value = check_model_tag(key, value)
    mid, number = locate(session, name, version)
    with session.transaction() as change:
        session.rows(
            "DELETE FROM store.model_version_tags WHERE mid = ? AND version = ? AND key = ?", [mid, number, key]
        )
        session.rows("INSERT INTO store.model_version_tags (mid, version, key, value) VALUES (?, ?, ?, ?)", [mid, number, key, value])
        _touch(session, mid, number, change)


def delete_tag(session: Session, name: str, version: str, key: str) -> None:
    """Remove a tag of a version, if it is there."""
    mid, number = locate(session, name, version)
    with session.transaction() as change:
        session.rows(
            "DELETE FROM store.model_version_tags WHERE mid = ? AND version = ? AND key = ?", [mid, number, key]
        )
        _touch(session, mid, number, change)


def _touch(session: Session, mid: int, version: int, change: int) -> None:
    session.rows("UPDATE store.model_versions SET change = ? WHERE mid = ? AND version = ?", [change, mid, version])


def _touch_model(session: Session, mid: int, change: int) -> None:
    session.rows(
        "UPDATE store.registered_models SET last_update_time = ?, change = ? WHERE mid = ?", [now_ms(), change, mid]
    )
