"""Experiments: made, found, deleted and tagged in synchronous transactions."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.names import check_experiment_name, check_experiment_tag
from jupyter_mlops.entities.uris import check_location
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, InvalidState, NotFound
from jupyter_mlops.storage.duckdb.sessions import Session
from jupyter_mlops.storage.journal.heads import ARTIFACT_ROOT, HeadExperiment

__all__ = ["create", "delete", "delete_tag", "fetch", "find", "get", "recent", "rename", "restore", "set_tag"]

_COLUMNS = "experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time"


def create(session: Session, name: str, location: str | None, tags: dict[str, str]) -> str:
    """Make an experiment, return its id, which stands for ``{experiment_id}`` in its location."""
    check_experiment_name(name)
    pairs = [check_experiment_tag(key, value) for key, value in tags.items()]
    if location is not None:
        location = check_location(location)
    with session.transaction() as change:
        if taken := session.row("SELECT lifecycle_stage FROM store.experiments WHERE name = ?", [name]):
            hint = " It is deleted: restore it, or choose another name." if taken[0] == "deleted" else ""
            raise AlreadyExists(f"There is an experiment named {name!r} already.{hint}")
        row = session.row(  # never the number of one that was removed: other processes may still log to it
            "SELECT max(n) + 1 FROM (SELECT experiment_id AS n FROM store.experiments "
            "UNION ALL SELECT id::BIGINT FROM store.tombstones WHERE kind = 'experiment')"
        )
        number = row[0] if row else 0
        place = (location or f"{ARTIFACT_ROOT}/{{experiment_id}}").replace("{experiment_id}", str(number))
        session.rows(
            "INSERT INTO store.experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time, change) VALUES (?, ?, ?, 'active', ?, ?, ?)",
            [number, name, session.relative(place), now_ms(), now_ms(), change],
        )
        if pairs:
            session.rows(
                "INSERT INTO store.experiment_tags (experiment_id, key, value) SELECT ?, unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
                [number, *map(list, zip(*pairs, strict=True))],
            )
    return str(number)


def fetch(session: Session, ids: list[int]) -> list[Experiment]:
    """Experiments of those ids, in the order given."""
    rows = session.rows(
        f"SELECT {_COLUMNS} FROM store.experiments WHERE experiment_id IN (SELECT unnest(?::BIGINT[]))", [ids]
    )
    tags: dict[int, dict[str, str]] = {}
    for number, key, value in session.rows(
        "SELECT experiment_id, key, value FROM store.experiment_tags WHERE experiment_id IN (SELECT unnest(?::BIGINT[])) ORDER BY key", [ids]
    ):
        tags.setdefault(number, {})[key] = value
    found = {
        row[0]: Experiment(str(row[0]), row[1], session.absolute(row[2]), row[3], tags.get(row[0], {}), row[4], row[5])
        for row in rows
    }
    return [found[number] for number in ids if number in found]


def number_of(experiment_id: str) -> int:
    """An experiment's id as the store counts it."""
    try:
        number = int(experiment_id)
    except (TypeError, ValueError):
        raise InvalidParameter(f"An experiment's id is a number, not {experiment_id!r}.") from None
    return number if abs(number) < 2**63 else -1  # no column holds it, so no experiment has it


def get(session: Session, experiment_id: str) -> Experiment:
    """An experiment, deleted ones too."""
    found = fetch(session, [number_of(experiment_id)])
    if not found:
        raise NotFound(f"There is no experiment with id {experiment_id!r}.")
    return found[0]


def find(session: Session, name: str) -> Experiment | None:
    """An experiment by its name, None when there is none."""
    row = session.row("SELECT experiment_id FROM store.experiments WHERE name = ?", [name])
    return fetch(session, [row[0]])[0] if row else None


def delete(session: Session, experiment_id: str) -> None:
    """Set an active experiment and its active runs to deleted."""
    _change_stage(session, experiment_id, "active", "deleted")


def restore(session: Session, experiment_id: str) -> None:
    """Set a deleted experiment and all its runs to active."""
    _change_stage(session, experiment_id, "deleted", "active")


def place_default(session: Session, location: str) -> None:
    """Let the Default experiment have its artifacts elsewhere, as long as it has neither runs nor models."""
    untouched = (
        "experiment_id = 0 AND artifact_location = ? AND NOT EXISTS (FROM store.runs WHERE experiment_id = 0) "
        "AND NOT EXISTS (FROM store.logged_models WHERE experiment_id = 0)"
    )
    before = f"{ARTIFACT_ROOT}/0"
    if session.row(f"SELECT 1 FROM store.experiments WHERE {untouched}", [before]):
        with session.transaction() as change:
            session.rows(
                f"UPDATE store.experiments SET artifact_location = ?, last_update_time = ?, change = ? WHERE {untouched}",
                [session.relative(location), now_ms(), change, before],
            )


def _change_stage(session: Session, experiment_id: str, old: str, new: str) -> None:
    if get(session, experiment_id).lifecycle_stage != old:
        raise NotFound(f"There is no {old} experiment with id {experiment_id!r}.")
    with session.transaction() as change:
        session.rows(
            "UPDATE store.experiments SET lifecycle_stage = ?, last_update_time = ?, change = ? WHERE experiment_id = ?",
            [new, now_ms(), change, int(experiment_id)],
        )
        session.rows(
            "UPDATE store.runs SET lifecycle_stage = ?, deleted_time = ?, change = ? WHERE experiment_id = ? AND lifecycle_stage = ?",
            [new, now_ms() if new == "deleted" else None, change, int(experiment_id), old],
        )


def _active(session: Session, experiment_id: str) -> int:
    if get(session, experiment_id).lifecycle_stage != "active":
        raise InvalidState(f"Experiment {experiment_id} is deleted: restore it first.")
    return int(experiment_id)


def rename(session: Session, experiment_id: str, name: str) -> None:
    """Give an active experiment another name."""
    check_experiment_name(name)
    number = _active(session, experiment_id)
    with session.transaction() as change:
        if session.row("SELECT 1 FROM store.experiments WHERE name = ? AND experiment_id <> ?", [name, number]):
            raise AlreadyExists(f"There is an experiment named {name!r} already.")
        session.rows(
            "UPDATE store.experiments SET name = ?, last_update_time = ?, change = ? WHERE experiment_id = ?",
            [name, now_ms(), change, number],
        )


def set_tag(session: Session, experiment_id: str, key: str, value: str) -> None:
    """Set a tag of an active experiment."""
    key, value = check_experiment_tag(key, value)
    if get(session, experiment_id).lifecycle_stage != "active":
        raise InvalidParameter(f"Experiment {experiment_id} is deleted: restore it before setting tags.")
    with session.transaction() as change:
        session.rows("DELETE FROM store.experiment_tags WHERE experiment_id = ? AND key = ?", [int(experiment_id), key])
        session.rows("INSERT INTO store.experiment_tags (experiment_id, key, value) VALUES (?, ?, ?)", [int(experiment_id), key, value])
        session.rows("UPDATE store.experiments SET change = ? WHERE experiment_id = ?", [change, int(experiment_id)])


def delete_tag(session: Session, experiment_id: str, key: str) -> None:
    """Remove a tag of an active experiment; `NotFound` when it has none of that name."""
    experiment = get(session, experiment_id)
    if experiment.lifecycle_stage != "active":
        raise InvalidParameter(f"Experiment {experiment_id} is deleted: restore it before removing tags.")
    if key not in experiment.tags:
        raise NotFound(f"Experiment {experiment_id} has no tag {key!r}.")
    with session.transaction() as change:
        session.rows("DELETE FROM store.experiment_tags WHERE experiment_id = ? AND key = ?", [int(experiment_id), key])
        session.rows("UPDATE store.experiments SET change = ? WHERE experiment_id = ?", [change, int(experiment_id)])


def recent(session: Session) -> list[HeadExperiment]:
    """What writers should know of experiments: the default one, then the latest."""
    rows = session.rows(
        "SELECT experiment_id, name, artifact_location, lifecycle_stage FROM store.experiments "
        "ORDER BY experiment_id = 0 DESC, last_update_time DESC, experiment_id DESC LIMIT 50"
    )
    return [HeadExperiment(str(row[0]), *row[1:]) for row in rows]


def everything(session: Session) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """All experiments as they are stored, and all their tags."""
    return session.rows(f"SELECT {_COLUMNS} FROM store.experiments"), session.rows("FROM store.experiment_tags")


def keep(session: Session, rows: list[tuple[Any, ...]], tags: list[tuple[Any, ...]]) -> None:
    """Insert those experiments that are not there, with their tags; one whose name is taken has its id behind it."""
    there = {number for (number,) in session.rows("SELECT experiment_id FROM store.experiments")}
    names = {name for (name,) in session.rows("SELECT name FROM store.experiments")}
    fresh = [row for row in rows if row[0] not in there]
    for number, name, *others in fresh:
        free = f"{name} ({number})" if name in names else name
        session.rows(
            f"INSERT INTO store.experiments ({_COLUMNS}, change) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [number, free, *others, session.current_change()],
        )
    for tag in tags:
        if tag[0] in {row[0] for row in fresh}:
            session.rows("INSERT INTO store.experiment_tags (experiment_id, key, value) VALUES (?, ?, ?)", list(tag))
