"""Models in MLflow's databases: registered ones, and those with an id of their own since 3.0."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jupyter_mlops.entities.logged_models import LOGGED_STATUSES
from jupyter_mlops.importers.databases import Database, Row, in_workspace
from jupyter_mlops.importers.sanitation import SanitisedReader
from jupyter_mlops.storage.duckdb.imported_records import LoggedModelRecord, ModelRecord

__all__ = ["logged_status", "read_logged_models", "read_models"]

_READY = LOGGED_STATUSES[1]
_VERSION = (
    "name", "version", "creation_time", "last_updated_time", "description", "user_id", "current_stage", "source", "run_id",
    "status", "status_message", "run_link", "storage_location", "workspace",
)  # fmt: skip


def logged_status(value: Any) -> str:
    """A logged model's status by MLflow's number or name; that it is ready for what is neither.

    Examples
    --------
    >>> logged_status(1), logged_status("LOGGED_MODEL_UPLOAD_FAILED")
    ('LOGGED_MODEL_PENDING', 'LOGGED_MODEL_UPLOAD_FAILED')
    """
    if value in LOGGED_STATUSES:
        return str(value)
    return dict(enumerate(LOGGED_STATUSES, 1)).get(value if isinstance(value, int) else 0, _READY)


def read_logged_models(db: Database, read: SanitisedReader) -> list[LoggedModelRecord]:
    """Models with an id of their own; none in databases of 2.x."""
    names = ("model_id", "experiment_id", "name", "artifact_location", "creation_timestamp_ms",
             "last_updated_timestamp_ms", "status", "lifecycle_stage", "source_run_id")  # fmt: skip
    found = []
    for row in db.rows("logged_models", names, "ORDER BY creation_timestamp_ms, model_id"):
        model_id = read.run_id(row["model_id"])
        if model_id is not None and row["lifecycle_stage"] != "deleted":
            found.append(
                LoggedModelRecord(
                    model_id,
                    str(row["experiment_id"]),
                    read.optional(row["source_run_id"]),
                    read.text(row["name"]),
                    read.place(f"logged model {model_id}", row["artifact_location"]),
                    logged_status(row["status"]),
                    read.number(row["creation_timestamp_ms"]),
                    read.number(row["last_updated_timestamp_ms"]),
                )
            )
    return found


def read_models(db: Database, read: SanitisedReader) -> list[ModelRecord]:
    """Registered models with their versions."""
    tags = _grouped(db.rows("registered_model_tags", ("name", "workspace", "key", "value")))
    aliases = _grouped(db.rows("registered_model_aliases", ("name", "workspace", "alias", "version")))
    version_tags = _grouped(db.rows("model_version_tags", ("name", "workspace", "version", "key", "value")))
    versions = _grouped(db.rows("model_versions", _VERSION, "ORDER BY version"))
    names = ("name", "workspace", "creation_time", "last_updated_time", "description")
    found = []
    for row in db.rows("registered_models", names, "ORDER BY creation_time, name"):
        name = read.model_name(in_workspace(row, "."))
        if name is None:
            continue
        owner = (row["workspace"], row["name"])
        of_version: dict[Any, list[tuple[Any, Any]]] = {}
        for tag in version_tags.get(owner, ()):
            of_version.setdefault(tag["version"], []).append((tag["key"], tag["value"]))
        found.append(
            ModelRecord(
                name,
                read.optional(row["description"]),
                read.number(row["creation_time"]),
                read.number(row["last_updated_time"]),
                read.pairs(f"model {name}", ((t["key"], t["value"]) for t in tags.get(owner, ())), 100_000),
                read.aliases(f"model {name}", ((a["alias"], a["version"]) for a in aliases.get(owner, ()))),
                read.versions(name, ((v, of_version.get(v["version"], ())) for v in versions.get(owner, ()))),
            )
        )
    return found


def _grouped(rows: Iterable[Row]) -> dict[tuple[Any, Any], list[Row]]:
    found: dict[tuple[Any, Any], list[Row]] = {}
    for row in rows:
        found.setdefault((row["workspace"], row["name"]), []).append(row)
    return found
