"""Registered models and their aliases and tags."""

from __future__ import annotations

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.names import check_alias, check_model_name, check_model_tag
from jupyter_mlops.entities.registered_models import RegisteredModel
from jupyter_mlops.errors import AlreadyExists, NotFound
from jupyter_mlops.storage.duckdb import model_versions
from jupyter_mlops.storage.duckdb.audits import note
from jupyter_mlops.storage.duckdb.sessions import Session

__all__ = [
    "create", "delete", "delete_alias", "delete_tag", "fetch", "get", "rename", "set_alias", "set_tag", "update",
]  # fmt: skip


def create(session: Session, name: str, tags: dict[str, str], description: str | None, who: str) -> RegisteredModel:
    """Make a model."""
    check_model_name(name)
    pairs = [check_model_tag(key, value) for key, value in tags.items()]
    with session.transaction() as change:
        if session.row("SELECT 1 FROM store.registered_models WHERE name = ?", [name]):
            raise AlreadyExists(f"There is a registered model named {name!r} already.")
        row = session.row("SELECT coalesce(max(mid), 0) + 1 FROM store.registered_models")
        mid = row[0] if row else 1
        now = now_ms()
        session.rows(
            "INSERT INTO store.registered_models (mid, name, description, creation_time, last_update_time, change) VALUES (?, ?, ?, ?, ?, ?)", [mid, name, description, now, now, change]
        )
        for key, value in pairs:
            session.rows("INSERT INTO store.registered_model_tags (mid, key, value) VALUES (?, ?, ?)", [mid, key, value])
        note(session, who, "create", "model", name)
    return get(session, name)


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


def update(session: Session, name: str, description: str | None, who: str) -> RegisteredModel:
    """Set a model's description."""
    mid = model_versions.mid_of(session, name)
    with session.transaction() as change:
        session.rows(
            "UPDATE store.registered_models SET description = ?, last_update_time = ?, change = ? WHERE mid = ?",
            [description, now_ms(), change, mid],
        )
        note(session, who, "describe", "model", name)
    return get(session, name)


def rename(session: Session, name: str, new_name: str, who: str) -> RegisteredModel:
    """Give a model another name."""
    check_model_name(new_name)
    mid = model_versions.mid_of(session, name)
    with session.transaction() as change:
        if session.row("SELECT 1 FROM store.registered_models WHERE name = ? AND mid <> ?", [new_name, mid]):
            raise AlreadyExists(f"There is a registered model named {new_name!r} already.")
        session.rows(
            "UPDATE store.registered_models SET name = ?, last_update_time = ?, change = ? WHERE mid = ?",
            [new_name, now_ms(), change, mid],
        )
        note(session, who, "rename", "model", name, detail=new_name)
    return get(session, new_name)


def delete(session: Session, name: str, who: str) -> None:
    """Remove a model with its versions, tags and aliases."""
    mid = model_versions.mid_of(session, name)
    with session.transaction() as change:
        for table in (
            "model_aliases",
            "model_version_tags",
            "model_versions",
            "registered_model_tags",
            "registered_models",
        ):
            session.rows(f"DELETE FROM store.{table} WHERE mid = ?", [mid])
        session.rows("INSERT INTO store.tombstones (kind, id, change) VALUES ('model', ?, ?)", [name, change])
        note(session, who, "delete", "model", name)


def set_tag(session: Session, name: str, key: str, value: str) -> None:
    """Set a tag of a model."""
    key, value = check_model_tag(key, value)
    mid = model_versions.mid_of(session, name)
    with session.transaction() as change:
        session.rows("DELETE FROM store.registered_model_tags WHERE mid = ? AND key = ?", [mid, key])
        session.rows("INSERT INTO store.registered_model_tags (mid, key, value) VALUES (?, ?, ?)", [mid, key, value])
        _touch(session, mid, change)


def delete_tag(session: Session, name: str, key: str) -> None:
    """Remove a tag of a model, if it is there."""
    mid = model_versions.mid_of(session, name)
    with session.transaction() as change:
        session.rows("DELETE FROM store.registered_model_tags WHERE mid = ? AND key = ?", [mid, key])
        _touch(session, mid, change)


def set_alias(session: Session, name: str, alias: str, version: str, who: str) -> None:
    """Point an alias at a version that is there."""
    check_alias(alias)
    mid, number = model_versions.locate(session, name, version)
    with session.transaction() as change:
        session.rows("DELETE FROM store.model_aliases WHERE mid = ? AND alias = ?", [mid, alias])
        session.rows("INSERT INTO store.model_aliases (mid, alias, version) VALUES (?, ?, ?)", [mid, alias, number])
        _touch(session, mid, change)
        note(session, who, "alias", "version", name, number, alias)


def delete_alias(session: Session, name: str, alias: str, who: str) -> None:
    """Remove an alias, if it is there."""
    mid = model_versions.mid_of(session, name)
    with session.transaction() as change:
        session.rows("DELETE FROM store.model_aliases WHERE mid = ? AND alias = ?", [mid, alias])
        _touch(session, mid, change)
        note(session, who, "remove alias", "model", name, detail=alias)


def version_of_alias(session: Session, name: str, alias: str) -> str:
    """Number of the version that an alias points at; ``latest`` is the highest."""
    mid = model_versions.mid_of(session, name)
    if alias.lower() == "latest":
        row = session.row("SELECT max(version) FROM store.model_versions WHERE mid = ? AND NOT deleted", [mid])
    else:
        row = session.row("SELECT version FROM store.model_aliases WHERE mid = ? AND alias = ?", [mid, alias])
    if row is None or row[0] is None:
        raise NotFound(f"Registered model {name!r} has no alias {alias!r}.", error_code="INVALID_PARAMETER_VALUE")
    return str(row[0])


def _touch(session: Session, mid: int, change: int) -> None:
    session.rows("UPDATE store.registered_models SET change = ? WHERE mid = ?", [change, mid])
