"""Models that a server tells: registered ones with their versions, and since MLflow 3 those with an id of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from jupyter_mlops.entities.registered_models import ModelVersion
from jupyter_mlops.errors import ServerLacks
from jupyter_mlops.importers.sanitation import SanitisedReader
from jupyter_mlops.importers.sqlite_models import logged_status
from jupyter_mlops.registry.uris import names_version
from jupyter_mlops.storage.duckdb.imported_records import LoggedModelRecord, ModelRecord
from jupyter_mlops.storage.http.addresses import served_place
from jupyter_mlops.storage.remote.messages import logged_model_of, model_of, version_of

__all__ = ["read_logged_models", "read_models"]

_PAGE = 200
T = TypeVar("T")


class Server(Protocol):
    """What is asked here of a `servers.ServerSource`."""

    name: str

    def ask(self, method: str, path: str, **arguments: Any) -> dict[str, Any]: ...
    def pages(self, method: str, path: str, name: str, **arguments: Any) -> Iterator[dict[str, Any]]: ...
    def read(self, where: str, what: Callable[[], T]) -> T | None: ...


def read_logged_models(server: Server, experiments: Sequence[str], read: SanitisedReader) -> list[LoggedModelRecord]:
    """Models with an id of their own; none where the server is of MLflow 2."""
    found = []
    for experiment_id in experiments:
        try:
            asked = {"experiment_ids": [experiment_id], "max_results": _PAGE}
            told = server.read(f"logged models of experiment {experiment_id}", lambda: _listed(server, asked))  # noqa: B023 - called at once
        except _Nowhere:
            break
        for one in told or ():
            record = server.read("a logged model", lambda: _logged(one, server, read))  # noqa: B023
            if record is not None:
                found.append(record)
    return found


class _Nowhere(Exception):
    """The server has no models with an id of their own."""


def _listed(server: Server, asked: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        return list(server.pages("POST", "logged-models/search", "models", **asked))
    except ServerLacks as error:
        raise _Nowhere from error


def _logged(told: dict[str, Any], server: Server, read: SanitisedReader) -> LoggedModelRecord | None:
    model = logged_model_of(told, server.name)
    if read.run_id(model.model_id) is None:
        return None
    return LoggedModelRecord(
        model.model_id,
        model.experiment_id,
        read.optional(model.source_run_id),
        read.text(model.name),
        read.place(f"logged model {model.model_id}", model.artifact_location),
        logged_status(model.status),
        read.number(model.creation_timestamp),
        read.number(model.last_updated_timestamp),
    )


def read_models(server: Server, read: SanitisedReader) -> list[ModelRecord]:
    """Registered models with their versions."""
    versions: dict[str, list[ModelVersion]] = {}
    order = ["name ASC", "version_number ASC"]
    told = server.read("versions of models", lambda: list(server.pages("GET", "model-versions/search", "model_versions", max_results=_PAGE, order_by=order)))
    for one in told or ():
        version = server.read("a version of a model", lambda: version_of(one, server.name))  # noqa: B023 - called at once
        if version is not None:
            versions.setdefault(version.name, []).append(version)
    models = server.read("registered models", lambda: list(server.pages("GET", "registered-models/search", "registered_models", max_results=_PAGE)))
    found = (server.read("a registered model", lambda: _model(one, server, versions, read)) for one in models or ())  # noqa: B023
    return [model for model in found if model is not None]


def _model(told: dict[str, Any], server: Server, versions: dict[str, list[ModelVersion]], read: SanitisedReader) -> ModelRecord | None:
    model = model_of(told, server.name)
    name = read.model_name(model.name)
    if name is None:
        return None
    rows = ((_row(version, server), version.tags.items()) for version in versions.get(model.name, ()))
    return ModelRecord(
        name,
        read.optional(model.description),
        read.number(model.creation_timestamp),
        read.number(model.last_updated_timestamp),
        read.pairs(f"model {name}", model.tags.items(), 100_000),
        read.aliases(f"model {name}", model.aliases.items()),
        read.versions(name, rows),
    )


def _row(version: ModelVersion, server: Server) -> dict[str, Any]:
    """A version with the names that files have, and where a source that is itself a version leads."""
    row = msgspec.structs.asdict(version)
    if names_version(version.source or ""):
        told = server.read(
            f"model {version.name} version {version.version}",
            lambda: server.ask("GET", "model-versions/get-download-uri", name=version.name, version=version.version),
        )
        row["storage_location"] = served_place(server.name, str((told or {}).get("artifact_uri") or "")) or None
    return row
