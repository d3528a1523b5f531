"""``mlops/…``: what clients of this package ask beyond MLflow's protocol, as methods of the store's contract."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import msgspec

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.entities.registered_models import ModelVersion
from jupyter_mlops.entities.registry_pages import VersionPage
from jupyter_mlops.registry.moves import preview
from jupyter_mlops.server.auth.needs import (
    ANY_USER,
    EDIT,
    FILTERED,
    MANAGE,
    READ,
    Need,
    Needs,
    of_model,
    of_run,
    of_runs,
)
from jupyter_mlops.server.auth.things import MODEL
from jupyter_mlops.server.rest.bodies import Empty, Text
from jupyter_mlops.server.rest.deliveries import ENDPOINTS as DELIVERIES
from jupyter_mlops.server.rest.places import Places
from jupyter_mlops.server.rest.requests import Endpoint, Request
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.run_tables import RunGroups, RunQuery
from jupyter_mlops.version import __version__

__all__ = ["ENDPOINTS"]

Position = Annotated[int, msgspec.Meta(ge=0, le=2**62)]


class ModelsPage(msgspec.Struct, frozen=True):
    search: str = ""
    order_by: str = "name"
    limit: int = 100
    token: str | None = None


class VersionsPage(msgspec.Struct, frozen=True):
    name: Text
    search: str = ""
    limit: int = 100
    token: str | None = None


class VersionsNamed(msgspec.Struct, frozen=True):
    names: list[tuple[str, str]] = []


class ByName(msgspec.Struct, frozen=True):
    name: Text


class History(ByName, frozen=True):
    max_results: int | None = None


class Undo(ByName, frozen=True):
    change: int | None = None
    comment: str | None = None


class AddGates(ByName, frozen=True):
    stage: str | None = None
    alias: str | None = None
    rules: list[str] = []
    comment: str | None = None


class RemoveGate(ByName, frozen=True, kw_only=True):
    gate_id: int
    comment: str | None = None


class Use(ByName, frozen=True, kw_only=True):
    version: Text
    kind: Text
    place: str | None = None
    run_id: str | None = None
    passed: bool | None = None
    comment: str | None = None


class Version(ByName, frozen=True, kw_only=True):
    version: Text


class Move(Version, frozen=True, kw_only=True):
    stage: str | None = None
    alias: str | None = None
    archive_existing: bool = False


class Runs(msgspec.Struct, frozen=True):
    run_ids: list[str] = []


class Curves(msgspec.Struct, frozen=True):
    key: Text
    run_ids: list[str] = []
    axis: str = "step"
    most: int = 2000
    between: dict[str, tuple[int, int]] | None = None


class Count(msgspec.Struct, frozen=True):
    experiment_ids: list[str] | None = None
    filter: str | None = None
    view_type: int = 1


def count_runs(store: Store, experiment_ids: list[str] | None, filter: str | None, view_type: int) -> int:
    """How many runs a search finds; an argument is named as the protocol names it."""
    return store.count_runs(experiment_ids, filter, view_type)


class Facts(msgspec.Struct, frozen=True):
    query: RunQuery


class Part(Facts, frozen=True, kw_only=True):
    columns: list[str] = []
    offset: Position = 0
    limit: Position = 100


class Groups(Facts, frozen=True, kw_only=True):
    by_column: Text
    columns: list[str] = []


class Summary(Facts, frozen=True, kw_only=True):
    column: Text


def run_groups(store: Store, query: RunQuery, by_column: str, columns: list[str]) -> RunGroups:
    """Groups of runs; ``by`` is whoever asks."""
    return store.run_groups(query, by_column, columns)


def delete_runs(store: Store, run_ids: list[str], by: Author) -> list[str]:
    """Which runs are deleted; no history tells by whom."""
    return store.delete_runs(run_ids)


def restore_runs(store: Store, run_ids: list[str], by: Author) -> list[str]:
    """Which runs are back; no history tells by whom."""
    return store.restore_runs(run_ids)


class Call(NamedTuple):
    """One call.

    Attributes
    ----------
    body : type
        Its arguments; ``comment`` among them goes into the model's history.
    method : str or callable
        Method of the store, or what takes the store and the arguments.
    needs : Needs
        See `Endpoint`.
    writes : bool
    """

    body: type[msgspec.Struct]
    method: str | Callable[..., Any]
    needs: Needs
    writes: bool = False


# Whether a version passed opens gates, or shuts them.
_VERDICT: Needs = (Need(MODEL, EDIT, lambda store, asked: [] if asked.passed is None else [asked.name]),)
_CALLS = {
    "models-page": Call(ModelsPage, "models_page", FILTERED),
    "versions-page": Call(VersionsPage, "versions_page", of_model(READ)),
    "versions-named": Call(VersionsNamed, "versions_named", FILTERED),
    "preview-move": Call(Move, preview, of_model(READ)),
    "undo-move": Call(Undo, "undo_move", of_model(EDIT), writes=True),
    "model-history": Call(History, "get_model_history", of_model(READ)),
    "last-move": Call(ByName, "get_last_move", of_model(READ)),
    "add-gates": Call(AddGates, "add_gates", of_model(MANAGE), writes=True),
    "gates": Call(ByName, "get_gates", of_model(READ)),
    "remove-gate": Call(RemoveGate, "remove_gate", of_model(MANAGE), writes=True),
    "record-model-use": Call(Use, "record_model_use", of_model(READ) + _VERDICT + of_run(EDIT, "run_id"), writes=True),
    "lineage": Call(Version, "get_lineage", of_model(READ)),
    "metric-lengths": Call(Runs, "metric_lengths", FILTERED),
    "metric-curves": Call(Curves, "metric_curves", FILTERED),
    "count-runs": Call(Count, count_runs, FILTERED),
    "run-facts": Call(Facts, "run_facts", FILTERED),
    "run-part": Call(Part, "run_part", FILTERED),
    "run-groups": Call(Groups, run_groups, FILTERED),
    "run-summary": Call(Summary, "run_summary", FILTERED),
    "delete-runs": Call(Runs, delete_runs, of_runs(MANAGE), writes=True),
    "restore-runs": Call(Runs, restore_runs, of_runs(MANAGE), writes=True),
    "last-change": Call(Empty, "last_change", ANY_USER),
}


def ask(call: Call, request: Request, body: msgspec.Struct) -> dict[str, Any]:
    """What a method of the store returns."""
    given = msgspec.structs.asdict(body)
    if "comment" in given:
        given["by"] = request.author(given.pop("comment"))
    elif call.writes:
        given["by"] = request.author()
    found = call.method(request.store, **given) if callable(call.method) else getattr(request.store, call.method)(**given)
    return {"result": _plain(msgspec.to_builtins(_shown(found, request.places)))}


def _shown(found: Any, places: Places) -> Any:
    """Versions tell where their folders lie as the client may know it."""
    if isinstance(found, VersionPage):
        return msgspec.structs.replace(found, versions=_shown(found.versions, places))
    if isinstance(found, list):
        return [_shown(one, places) for one in found]
    if isinstance(found, ModelVersion):
        return msgspec.structs.replace(found, source=places.shown(found.source or ""), location=None)
    return found


def _plain(value: Any) -> Any:
    """A value whose numbers JSON can hold."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, list | tuple) else as_json(value)


def server(request: Request, body: Empty) -> dict[str, Any]:
    """What kind of server this is."""
    return {"name": "jupyter_mlops", "version": __version__}


ENDPOINTS = (
    Endpoint("GET", "server", Empty, server, needs=ANY_USER),
    *DELIVERIES,
    *(Endpoint("POST", name, call.body, functools.partial(ask, call), call.writes, call.needs) for name, call in _CALLS.items()),
)
