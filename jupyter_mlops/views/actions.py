"""What a view can change in the store, by name: the comm of a kernel and the server's route change by this table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.registered_models import ModelVersion
from jupyter_mlops.entities.tags import RUN_NAME_TAG
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.registry.moves import move_version
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.registry_base import RegistryStore
from jupyter_mlops.tracking.run_states import state_of
from jupyter_mlops.views.calls import call_named
from jupyter_mlops.views.comparisons.comparisons import checked_ids
from jupyter_mlops.views.comparisons.saved_views import delete_view, save_view

__all__ = ["ACTIONS", "act"]


def _move(
    store: RegistryStore, by: Author, name: str, version: str, stage: str | None = None, alias: str | None = None,
    archive_existing: bool = False, comment: str | None = None, force: bool = False,
) -> dict[str, Any]:  # fmt: skip
    by = _saying(by, comment)
    return {"version": _row(move_version(store, name, version, stage, alias, archive_existing, by, force))}


def _undo_move(
    store: RegistryStore, by: Author, name: str, comment: str | None = None, change: int | None = None
) -> dict[str, Any]:
    return {"versions": [_row(version) for version in store.undo_move(name, _saying(by, comment), change)]}


def _remove_alias(
    store: RegistryStore, by: Author, name: str, alias: str, comment: str | None = None
) -> dict[str, Any]:
    store.delete_registered_model_alias(name, alias, _saying(by, comment))
    return {}


def _describe(
    store: RegistryStore, by: Author, name: str, description: str, version: str | None = None
) -> dict[str, Any]:
    if version is None:
        store.update_registered_model(name, description, by)
    else:
        store.update_model_version(name, version, description, by)
    return {}


def _set_tag(
    store: RegistryStore, by: Author, name: str, key: str, value: str, version: str | None = None
) -> dict[str, Any]:
    if version is None:
        store.set_registered_model_tag(name, key, value, by)
    else:
        store.set_model_version_tag(name, version, key, value, by)
    return {}


def _delete_tag(store: RegistryStore, by: Author, name: str, key: str, version: str | None = None) -> dict[str, Any]:
    if version is None:
        store.delete_registered_model_tag(name, key, by)
    else:
        store.delete_model_version_tag(name, version, key, by)
    return {}


def _set_run_tag(store: Store, by: Author, run_id: str, key: str, value: str) -> dict[str, Any]:
    state_of(_whole(store), run_id).set_tags({key: value})
    return {}


def _delete_run_tag(store: Store, by: Author, run_id: str, key: str) -> dict[str, Any]:
    store.delete_tag(run_id, key)
    return {}


def _delete_run(store: Store, by: Author, run_id: str) -> dict[str, Any]:
    store.delete_run(run_id)
    return {}


def _restore_run(store: Store, by: Author, run_id: str) -> dict[str, Any]:
    store.restore_run(run_id)
    return {}


def _delete_runs(store: Store, by: Author, run_ids: list[str]) -> dict[str, Any]:
    """With the runs below them, which no list would show any more."""
    return {"run_ids": store.delete_runs(checked_ids(run_ids))}


def _restore_runs(store: Store, by: Author, run_ids: list[str]) -> dict[str, Any]:
    """With the runs below them that went with them."""
    return {"run_ids": store.restore_runs(checked_ids(run_ids))}


def _tag_runs(store: Store, by: Author, run_ids: list[str], key: str, value: str | None) -> dict[str, Any]:
    """None takes the tag away, from runs that have it; ``before`` is what each had."""
    runs = store.get_runs(checked_ids(run_ids))
    for run in runs:
        if value is not None:
            state_of(_whole(store), run.info.run_id).set_tags({key: value})
        elif key in run.data.tags:
            store.delete_tag(run.info.run_id, key)
    return {"before": {run.info.run_id: run.data.tags.get(key) for run in runs}}


def _rename_run(store: Store, by: Author, run_id: str, name: str) -> dict[str, Any]:
    if not name.strip():
        raise InvalidParameter("A run's name must not be empty.")
    return _set_run_tag(store, by, run_id, RUN_NAME_TAG, name.strip())


ACTIONS: dict[str, Callable[..., Any]] = {
    "delete_run": _delete_run,
    "delete_run_tag": _delete_run_tag,
    "delete_runs": _delete_runs,
    "delete_tag": _delete_tag,
    "delete_view": delete_view,
    "describe": _describe,
    "move": _move,
    "remove_alias": _remove_alias,
    "rename_run": _rename_run,
    "restore_run": _restore_run,
    "restore_runs": _restore_runs,
    "save_view": save_view,
    "set_run_tag": _set_run_tag,
    "set_tag": _set_tag,
    "tag_runs": _tag_runs,
    "undo_move": _undo_move,
}


def act(store: Store, name: str, parameters: Mapping[str, Any], by: Author) -> Any:
    """Make a change on behalf of `by`.

    Raises
    ------
    NotFound
        There is no action of that name, no such model or no such version.
    InvalidParameter
        Parameters that the action does not know.
    GateRefused
        A rule of the model stands in the way of a move.
    """
    return call_named(ACTIONS, "action", name, parameters, store, by)


def _whole(store: Store) -> Store:
    """All of a store of which the caller sees a part."""
    return getattr(store, "whole", store)


def _saying(by: Author, comment: str | None) -> Author:
    return msgspec.structs.replace(by, comment=comment.strip() or None) if comment else by


def _row(version: ModelVersion) -> dict[str, Any]:
    return {
        "name": version.name, "version": version.version, "stage": version.current_stage, "aliases": version.aliases,
    }  # fmt: skip
