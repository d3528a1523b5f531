"""Models in ``mlruns`` folders: the registry in ``models/<name>/version-<n>``, and ``<experiment>/models/<model id>``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from jupyter_mlops.importers.mlruns_files import folders_in, read_meta, read_values
from jupyter_mlops.importers.sanitation import SanitisedReader, Unreadable
from jupyter_mlops.importers.sqlite_models import logged_status
from jupyter_mlops.storage.duckdb.imported_records import LoggedModelRecord, ModelRecord

__all__ = ["read_logged_models", "read_models"]


def read_logged_models(experiment: str, experiment_id: str, read: SanitisedReader) -> Iterator[LoggedModelRecord]:
    """Models with an id of their own, in an experiment's folder."""
    for name in folders_in(os.path.join(experiment, "models")):
        folder = os.path.join(experiment, "models", name)
        model_id = read.run_id(name)
        try:
            meta = read_meta(folder)
        except Unreadable as error:
            read.note(f"logged model {name}", error)
            continue
        if model_id is not None and meta.get("lifecycle_stage") != "deleted":
            yield LoggedModelRecord(
                model_id,
                experiment_id,
                read.optional(meta.get("source_run_id")),
                read.text(meta.get("name")),
                os.path.join(folder, "artifacts"),
                logged_status(meta.get("status")),
                read.number(meta.get("creation_timestamp")),
                read.number(meta.get("last_updated_timestamp")),
            )


def read_models(root: str, read: SanitisedReader) -> list[ModelRecord]:
    """Registered models, in the folder ``models`` of an ``mlruns`` folder."""
    return [model for name in folders_in(root) if (model := _model(os.path.join(root, name), read)) is not None]


def _model(folder: str, read: SanitisedReader) -> ModelRecord | None:
    where = f"model {os.path.basename(folder)}"
    try:
        meta = read_meta(folder)
        tags, aliases = read_values(os.path.join(folder, "tags")), read_values(os.path.join(folder, "aliases"))
    except Unreadable as error:
        read.note(where, error)
        return None
    name = read.model_name(meta.get("name", os.path.basename(folder)))
    if name is None:
        return None
    return ModelRecord(
        name,
        read.optional(meta.get("description")),
        read.number(meta.get("creation_timestamp")),
        read.number(meta.get("last_updated_timestamp")),
        read.pairs(where, tags, 100_000),
        read.aliases(where, aliases),
        read.versions(name, _versions(folder, read)),
    )


def _versions(folder: str, read: SanitisedReader) -> Iterator[tuple[dict[str, Any], list[tuple[str, str]]]]:
    for name in folders_in(folder):
        if name.startswith("version-"):
            version = os.path.join(folder, name)
            try:
                yield read_meta(version), read_values(os.path.join(version, "tags"))
            except Unreadable as error:
                read.note(f"model {os.path.basename(folder)} {name}", error)
