"""Models as they were logged, by an id of their own or by the run that they are of."""

from __future__ import annotations

import json
from typing import Any

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.entities.logged_models import LOGGED_STATUSES, LoggedModel
from jupyter_mlops.entities.names import check_key, param_text, tag_text
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.duckdb import experiments
from jupyter_mlops.storage.duckdb.pairs import write_pairs
from jupyter_mlops.storage.duckdb.runs import rid_of
from jupyter_mlops.storage.duckdb.sessions import Session
from jupyter_mlops.storage.search.tables import LOGGED_MODEL_METRICS

__all__ = ["add_params", "create", "delete", "delete_tag", "fetch", "get", "place_of", "set_status", "set_tags"]

_COLUMNS = (
    "l.model_id, l.experiment_id, l.name, l.artifact_location, l.status, l.creation_time, l.last_update_time, i.model_type, r.run_id"
)
_JOINED = "store.logged_models l LEFT JOIN store.logged_model_infos i USING (model_id) LEFT JOIN store.runs r ON r.rid = l.rid"

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


def create(
    session: Session, experiment_id: str, name: str | None, model_type: str | None, run_id: str | None, tags: dict[str, str],
    params: dict[str, str],
) -> LoggedModel:  # fmt: skip
    """Make a model that is still to be uploaded."""
    experiment = experiments.get(session, experiment_id)
    if experiment.lifecycle_stage != "active":
        raise InvalidParameter(f"Experiment {experiment_id} is deleted: restore it, or choose another.")
    rid = rid_of(session, run_id) if run_id else None
    pairs = {check_key(key, "tag name"): tag_text(key, value) for key, value in tags.items()}
    texts = {check_key(key, "param name"): param_text(key, value) for key, value in params.items()}
    model_id, now = f"m-{new_id()}", now_ms()
    place = f"{session.relative(experiment.artifact_location)}/models/{model_id}/artifacts"
    with session.transaction() as change:
        session.rows(
            "INSERT INTO store.logged_models (model_id, experiment_id, rid, name, artifact_location, status, creation_time, "
            "last_update_time, change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [model_id, int(experiment.experiment_id), rid, check_key(name or "model", "model name"), place, LOGGED_STATUSES[0], now, now, change],
        )
        session.rows(
            "INSERT INTO store.logged_model_infos (model_id, model_type, deleted) VALUES (?, ?, false)", [model_id, model_type]
        )
        write_pairs(session, "logged_model_tags", {"model_id": model_id}, pairs)
        write_pairs(session, "logged_model_params", {"model_id": model_id}, texts)
    return get(session, model_id)


def fetch(session: Session, model_ids: list[str]) -> list[LoggedModel]:
    """Models of those ids that are there, in the order given: four queries, however many."""
    wanted = [model_ids]
    rows = session.rows(
        f"SELECT {_COLUMNS} FROM {_JOINED} WHERE model_id IN (SELECT unnest(?::VARCHAR[])) AND NOT coalesce(i.deleted, false)", wanted
    )
    tags, params = _pairs(session, "store.logged_model_tags", wanted), _pairs(session, "store.logged_model_params", wanted)
    metrics = _pairs(session, LOGGED_MODEL_METRICS, wanted)
    found = {
        row[0]: LoggedModel(
            row[0], str(row[1]), row[2], session.absolute(row[3]), row[4], row[5], row[6], row[7], row[8],
            tags.get(row[0], {}), params.get(row[0], {}), metrics.get(row[0], {}),
        )
        for row in rows
    }  # fmt: skip
    return [found[model_id] for model_id in model_ids if model_id in found]


def _pairs(session: Session, table: str, wanted: list[Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for model_id, key, value in session.rows(
        f"SELECT model_id, key, value FROM {table} WHERE model_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY key", wanted
    ):
        found.setdefault(model_id, {})[key] = value
    return found


def get(session: Session, model_id: str) -> LoggedModel:
    """A model; `NotFound` when there is none."""
    found = fetch(session, [model_id])
    if not found:
        raise NotFound(f"There is no logged model {model_id!r:.100}.")
    return found[0]


def set_status(session: Session, model_id: str, status: str) -> LoggedModel:
    """Say that its upload is done, or failed."""
    if status not in LOGGED_STATUSES:
        raise InvalidParameter(f"There is no status {status!r} of a logged model; there are {', '.join(LOGGED_STATUSES)}.")
    get(session, model_id)
    with session.transaction() as change:
        session.rows(
            "UPDATE store.logged_models SET status = ?, last_update_time = ?, change = ? WHERE model_id = ?",
            [status, now_ms(), change, model_id],
        )
    return get(session, model_id)


def set_tags(session: Session, model_id: str, tags: dict[str, str]) -> LoggedModel:
    """Set tags."""
    pairs = {check_key(key, "tag name"): tag_text(key, value) for key, value in tags.items()}
    return _changed(session, model_id, "logged_model_tags", pairs)


def add_params(session: Session, model_id: str, params: dict[str, str]) -> LoggedModel:
    """Add params."""
    texts = {check_key(key, "param name"): param_text(key, value) for key, value in params.items()}
    return _changed(session, model_id, "logged_model_params", texts)


def _changed(session: Session, model_id: str, table: str, pairs: dict[str, str]) -> LoggedModel:
    get(session, model_id)
    with session.transaction() as change:
        write_pairs(session, table, {"model_id": model_id}, pairs)
        _touch(session, model_id, change)
    return get(session, model_id)


def delete_tag(session: Session, model_id: str, key: str) -> None:
    """Remove a tag; `NotFound` when it has none of that key."""
    if key not in get(session, model_id).tags:
        raise NotFound(f"Logged model {model_id} has no tag {key!r}.")
    with session.transaction() as change:
        session.rows("DELETE FROM store.logged_model_tags WHERE model_id = ? AND key = ?", [model_id, key])
        _touch(session, model_id, change)


def delete(session: Session, model_id: str) -> None:
    """Remove a model from sight; its files stay."""
    get(session, model_id)
    with session.transaction() as change:
        session.rows("DELETE FROM store.logged_model_infos WHERE model_id = ?", [model_id])
        session.rows("INSERT INTO store.logged_model_infos (model_id, deleted) VALUES (?, true)", [model_id])
        _touch(session, model_id, change)


def _touch(session: Session, model_id: str, change: int) -> None:
    session.rows(
        "UPDATE store.logged_models SET last_update_time = ?, change = ? WHERE model_id = ?", [now_ms(), change, model_id]
    )
