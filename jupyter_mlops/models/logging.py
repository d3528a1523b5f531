"""Saving and logging, as every flavor does it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from typing import Any

from jupyter_mlops.entities.names import check_relative_path
from jupyter_mlops.errors import AlreadyExists, InvalidParameter
from jupyter_mlops.models.examples import write_example
from jupyter_mlops.models.formats import MLMODEL, Model, ModelInfo
from jupyter_mlops.models.inference import infer_signature
from jupyter_mlops.models.requirements import write_requirements
from jupyter_mlops.models.signatures import ModelSignature
from jupyter_mlops.models.trust import sign_folder
from jupyter_mlops.registry.registrations import register_model
from jupyter_mlops.tracking.active_runs import active_run, start_run
from jupyter_mlops.tracking.artifacts import log_artifacts
from jupyter_mlops.tracking.logs import set_tag
from jupyter_mlops.tracking.run_states import state_of
from jupyter_mlops.tracking.settings import current_store

__all__ = ["log_model", "save_model"]

_HISTORY = "mlflow.log-model.history"


def save_model(
    path: str | os.PathLike[str],
    write: Callable[[str, Model], list[str]],
    *,
    mlflow_model: Model | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    predict: Callable[[Any], Any] | None = None,
    conda_env: dict[str, Any] | str | None = None,
    pip_requirements: list[str] | str | None = None,
    extra_pip_requirements: list[str] | str | None = None,
    code_paths: list[str] | None = None,
    metadata: dict[str, Any] | None = None,
) -> Model:
    """Write a model's folder and sign it.

    Parameters
    ----------
    path : str
        A folder that is not there yet, or empty.
    write : callable
        Writes the flavor's own files into the folder, adds the flavor to the model, and returns the requirements that it
        found.
    predict : callable, optional
        The model's prediction, to read the signature off an input example.

    Raises
    ------
    AlreadyExists
        The folder holds something.
    """
    folder = os.fspath(path)
    if os.path.exists(folder) and (not os.path.isdir(folder) or os.listdir(folder)):
        raise AlreadyExists(f"{folder} is there already and not empty: choose another path for the model.")
    os.makedirs(folder, exist_ok=True)
    model = mlflow_model or Model()
    for source in code_paths or []:
        copy = shutil.copytree if os.path.isdir(source) else shutil.copyfile
        os.makedirs(os.path.join(folder, "code"), exist_ok=True)
        copy(source, os.path.join(folder, "code", os.path.basename(os.path.normpath(source))))
    inferred = write(folder, model)
    model.metadata = metadata if metadata is not None else model.metadata
    if input_example is not None:
        model.saved_input_example_info = write_example(folder, input_example)
    if signature is None and input_example is not None and predict is not None:
        signature = infer_signature(input_example, predict(input_example))
    if isinstance(signature, ModelSignature):
        model.signature = signature
    write_requirements(folder, inferred, conda_env, pip_requirements, extra_pip_requirements)
    model.model_size_bytes = sum(
        os.path.getsize(os.path.join(place, name)) for place, _, names in os.walk(folder) for name in names
    )
    model.save(os.path.join(folder, MLMODEL))
    sign_folder(folder)
    return model


def log_model(
    save: Callable[..., Model],
    artifact_path: str | None,
    name: str | None,
    registered_model_name: str | None,
    **options: Any,
) -> ModelInfo:
    """Save a model into the active run (one is started when there is none), and register it when asked.

    Parameters
    ----------
    save : callable
        Takes the folder and `options`.
    artifact_path, name : str
        One of them: where the model lies among the run's artifacts.

    Raises
    ------
    InvalidParameter
        Both or neither.
    """
    if (artifact_path is None) == (name is None):
        raise InvalidParameter("Give either artifact_path or name: where the model lies in the run.")
    inside = check_relative_path(str(artifact_path if name is None else name))
    run = active_run() or start_run()
    described = Model(artifact_path=inside, run_id=run.info.run_id)
    with tempfile.TemporaryDirectory() as place:
        folder = os.path.join(place, "model")
        model = save(folder, mlflow_model=described, **options)
        log_artifacts(folder, inside, run_id=run.info.run_id)
    _note(run.info.run_id, model)
    uri = f"runs:/{run.info.run_id}/{inside}"
    version = register_model(uri, registered_model_name).version if registered_model_name else None
    return ModelInfo(
        inside, model.flavors, uri, model.model_uuid, run.info.run_id, model.signature, model.saved_input_example_info,
        model.utc_time_created, metadata=model.metadata, registered_model_version=version,
    )  # fmt: skip


def _note(run_id: str, model: Model) -> None:
    """Add the model to the run's tag that lists its models, as MLflow's clients read it."""
    tags = state_of(current_store(), run_id).tags
    entries = json.loads(tags.get(_HISTORY, "[]"))
    flavors = {name: {k: v for k, v in options.items() if k != "code"} for name, options in model.flavors.items()}
    entry = {
        "run_id": run_id, "artifact_path": model.artifact_path, "utc_time_created": model.utc_time_created,
        "model_uuid": model.model_uuid, "flavors": flavors,
    }  # fmt: skip
    set_tag(_HISTORY, json.dumps([*entries, entry]))
