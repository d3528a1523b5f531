"""Keeping a saved model with a run, and registering it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from typing import Any

from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.registry.registrations import register_model
from jupyter_mlops.registry.uris import MLMODEL_FILE
from jupyter_mlops.storage.opened import artifacts_to_write
from jupyter_mlops.tracking.active_runs import active_run
from jupyter_mlops.tracking.artifacts import log_artifacts
from jupyter_mlops.tracking.logs import state_for
from jupyter_mlops.tracking.run_states import RunState

__all__ = ["log_folder", "note_model"]

_HISTORY = "mlflow.log-model.history"
_HISTORY_CHARACTERS = 5000
_NOT_IN_NAMES = "/:.%\"'"


def log_folder(
    save: Callable[[str, str, str], Any],
    artifact_path: str | None,
    name: str | None,
    run_id: str | None,
    registered_model_name: str | None,
    await_registration_for: int,
) -> tuple[Any, int | None]:
    """Have a model saved to a folder, copy it to a run, note it there and register it.

    A model that was logged to the same path before is replaced as a whole.

    Parameters
    ----------
    save : callable
        Takes the folder, the path among the artifacts and the run's id; returns the `Model`.

    Returns
    -------
    tuple of Model and int or None
        The version is that of the registered model.
    """
    path = _checked_path(artifact_path, name)
    state = state_for(run_id)
    with tempfile.TemporaryDirectory(prefix="mlops-model-") as folder:
        local = os.path.join(folder, "model")
        model = save(local, path, state.run_id)
        _clear(state, path)
        log_artifacts(local, path, run_id=state.run_id)
    _note(state, model)
    if registered_model_name is None:
        return model, None
    uri = f"runs:/{state.run_id}/{path}"
    return model, int(register_model(uri, registered_model_name, await_registration_for).version)


def _checked_path(artifact_path: str | None, name: str | None) -> str:
    if artifact_path is not None and name is not None:
        raise InvalidParameter("Give either artifact_path or name, not both: they mean the same.")
    given = artifact_path if name is None else name
    if not isinstance(given, (str, os.PathLike, type(None))):
        kind = type(given).__name__
        raise InvalidParameter(f"artifact_path is text such as 'model', not a {kind}: give arguments by their names.")
    if name is not None and any(character in name for character in _NOT_IN_NAMES):
        raise InvalidParameter(f"A model's name has none of {_NOT_IN_NAMES} in it: {name!r}.")
    path = check_relative_path(given or "")
    if not path:
        raise InvalidParameter("Say where the model goes among the run's artifacts: artifact_path='model'.")
    return path


def _clear(state: RunState, path: str) -> None:
    """Remove a model that was logged there before: a file of it that stayed would not be under the new signature."""
    active = active_run()
    run = active if active and active.info.run_id == state.run_id else state.store.get_run(state.run_id)
    artifacts_to_write(state.store, run.info).delete_if_holding(path, MLMODEL_FILE)


def _note(state: RunState, model: Any) -> None:
    form = model.to_dict()
    note_model(state, {key: form.get(key) for key in ("run_id", "artifact_path", "utc_time_created", "flavors", "model_uuid")})


def note_model(state: RunState, entry: dict[str, Any]) -> None:
    """Add a model to the run's tag; of a history that is too long for a tag, the oldest go."""
    try:
        history = list(json.loads(state.tags.get(_HISTORY, "[]")))
    except ValueError:
        history = []
    history.append(entry)
    while len(history) > 1 and len(json.dumps(history)) > _HISTORY_CHARACTERS:
        history.pop(0)
    state.set_tags({_HISTORY: json.dumps(history)})
