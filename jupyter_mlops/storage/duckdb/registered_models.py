"""Registered models and their aliases and tags."""

from __future__ import annotations

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.names import check_model_name, check_model_tag, description_text, stored_text
from jupyter_mlops.entities.registered_models import RegisteredModel
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, NotFound
from jupyter_mlops.storage.duckdb import model_versions
from jupyter_mlops.storage.duckdb.audits import note
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = [
    "create", "delete", "delete_tag", "fetch", "get", "new_mid", "rename", "set_tag", "update", "version_of_alias",
]  # fmt: skip


def create(session: Session, name: str, tags: dict[str, str], description: str | None, by: Author) -> RegisteredModel:
    """Make a model."""
    check_model_name(name)
    description = description_text(description)
    tags = dict(check_model_tag(key, value) for key, value in tags.items())
    with session.transaction() as change:
        if session.row("SELECT 1 FROM store.registered_models WHERE name = ?", [name]):
            raise AlreadyExists(f"There is a registered model named {name!r} already.")
        mid = new_mid(session)
        now = now_ms()
        session.rows(
            "INSERT INTO store.registered_models (mid, name, description, creation_time, last_update_time, change) VALUES (?, ?, ?, ?, ?, ?)", [mid, name, description, now, now, change]
        )
        if tags:
            session.rows(
                "INSERT INTO store.registered_model_tags (mid, key, value) SELECT ?, unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
                [mid, list(tags), list(tags.values())],
            )
        note(session, by, "create", "model", mid, name)
    return get(session, name)


def new_mid(session: Session) -> int:
    """A number that no model ever had: the trail of one that was deleted is kept by its number."""
    row = session.row(
        "SELECT greatest((SELECT coalesce(max(mid), 0) FROM store.registered_models), "
        "(SELECT coalesce(max(mid), 0) FROM store.audit)) + 1"
    )
    return int(row[0]) if row else 1


def fetch(session: Session, mids: list[int]) -> list[RegisteredModel]:
    """Models of those numbers, in the order given."""
    tags: dict[int, dict[str, str]] = {}
    for mid, key, value in session.rows(
        "SELECT mid, key, value FROM store.registered_model_tags WHERE mid IN (SELECT unnest(?::BIGINT[])) ORDER BY key", [mids]
    ):
        tags.setdefault(mid, {})[key] = value
    aliases: dict[int, dict[str, str]] = {}
    for mid, alias, version in session.rows(
        "SELECT mid, alias, version FROM store.model_aliases WHERE mid IN (SELECT unnest(?::BIGINT[])) ORDER BY alias", [mids]
    ):
        aliases.setdefault(mid, {})[alias] = str(version)
    latest = model_versions.latest(session, mids)
    found = {
        mid: RegisteredModel(name, created, updated, description, latest.get(mid, []), tags.get(mid, {}), aliases.get(mid, {}))
        for mid, name, description, created, updated in session.rows(
            "SELECT mid, name, description, creation_time, last_update_time FROM store.registered_models "
            "WHERE mid IN (SELECT unnest(?::BIGINT[]))", [mids],
        )
    }  # fmt: skip
    return [found[mid] for mid in mids if mid in found]


def get(session: Session, name: str) -> RegisteredModel:
    """A model."""
    return fetch(session, [model_versions.mid_of(session, name)])[0]


def update(session: Session, name: str, description: str | None, by: Author) -> RegisteredModel:
    """Set a model's description."""
    description = description_text(description)
    mid = model_versions.mid_of(session, name)
    with session.transaction() as change:
        before = session.row("SELECT description FROM store.registered_models WHERE mid = ?", [mid])
        session.rows(
            "UPDATE store.registered_models SET description = ?, last_update_time = ?, change = ? WHERE mid = ?",
            [description, now_ms(), change, mid],
        )
        note(session, by, "describe", "model", mid, name, before=before and before[0], after=description)
    return get(session, name)


def rename(session: Session, name: str, new_name: str, by: Author) -> RegisteredModel:
    """Give a model another name."""
    if isinstance(new_name, str) and not new_name.strip():
        raise InvalidParameter("Say which name the model gets: the one given is blank.", "INTERNAL_ERROR")
    check_model_name(new_name)
    mid = model_versions.mid_of(session, name)
    with session.transaction() as change:
        if session.row("SELECT 1 FROM store.registered_models WHERE name = ? AND mid <> ?", [new_name, mid]):
            raise AlreadyExists(f"There is a registered model named {new_name!r} already.")
        session.rows(
            "UPDATE store.registered_models SET name = ?, last_update_time = ?, change = ? WHERE mid = ?",
            [new_name, now_ms(), change, mid],
        )
        note(session, by, "rename", "model", mid, name, before=name, after=new_name, detail=new_name)
    return get(session, new_name)


def delete(session: Session, name: str, by: Author) -> None:
    """Remove a model with its versions, tags and aliases."""
    mid = model_versions.mid_of(session, name)
    with session.transaction() as change:
        for table in (
            "model_aliases", "model_version_tags", "model_versions", "registered_model_tags", "gates", "model_uses",
            "registered_models",
        ):  # fmt: skip
            session.rows(f"DELETE FROM store.{table} WHERE mid = ?", [mid])
        session.rows("INSERT INTO store.tombstones (kind, id, change) VALUES ('model', ?, ?)", [name, change])
        note(session, by, "delete", "model", mid, name)


def set_tag(session: Session, name: str, key: str, value: str, by: Author) -> None:
    """Set a tag of a model."""
    key, value = check_model_tag(key, value)
    mid = model_versions.mid_of(session, name)
    with session.transaction() as change:
        before = _take_tag(session, mid, key)
        session.rows("INSERT INTO store.registered_model_tags (mid, key, value) VALUES (?, ?, ?)", [mid, key, value])
        _touch(session, mid, change)
        note(session, by, "tag", "model", mid, name, key=key, before=before, after=value)


def delete_tag(session: Session, name: str, key: str, by: Author) -> None:
    """Remove a tag of a model, if it is there."""
    stored_text(key, "tag name")
    mid = model_versions.mid_of(session, name)
    with session.transaction() as change:
        before = _take_tag(session, mid, key)
        if before is not None:
            _touch(session, mid, change)
            note(session, by, "tag", "model", mid, name, key=key, before=before)


def _take_tag(session: Session, mid: int, key: str) -> str | None:
    row = session.row("DELETE FROM store.registered_model_tags WHERE mid = ? AND key = ? RETURNING value", [mid, key])
    return row[0] if row else None


def version_of_alias(session: Session, name: str, alias: str) -> str:
    """Number of the version that an alias points at; ``latest`` is the highest."""
    stored_text(alias, "alias")
    mid = model_versions.mid_of(session, name)
    if alias.lower() == "latest":
        row = session.row("SELECT max(version) FROM store.model_versions WHERE mid = ? AND NOT deleted", [mid])
    else:
        row = session.row("SELECT version FROM store.model_aliases WHERE mid = ? AND alias = ?", [mid, alias])
    if row is None or row[0] is None:
        raise NotFound(f"Registered model {name!r} has no alias {alias!r:.300}.", error_code="INVALID_PARAMETER_VALUE")
    return str(row[0])


def _touch(session: Session, mid: int, change: int) -> None:
    session.rows("UPDATE store.registered_models SET change = ? WHERE mid = ?", [change, mid])
