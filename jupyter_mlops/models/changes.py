"""Changing what is said of a model that is kept already."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence

from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.requirement_changes import changed_requirements
from jupyter_mlops.models.signatures import ModelSignature
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.registry.uris import MLMODEL_FILE, model_place, resolve_model_uri
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.places import artifact_store

__all__ = ["set_signature", "update_model_requirements"]


def set_signature(model_uri: str | os.PathLike[str], signature: ModelSignature) -> None:
    """Replace the signature of a model that was logged or saved.

    Parameters
    ----------
    model_uri : str or path
        ``runs:/<run id>/<path>``, a folder or a URI of one; not a registered version, which stays what it is.
    signature : ModelSignature

    Raises
    ------
    InvalidParameter
        It is no signature, or the URI is a registered version's.
    NotFound
        There is no model.

    Notes
    -----
    A folder that this user has signed is signed again; one of somebody else's is not.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run():
    ...     info = mlflow.pyfunc.log_model("m", python_model=lambda data: data, pip_requirements=["pandas"])
    >>> mlflow.models.set_signature(info.model_uri, mlflow.models.infer_signature(["text"]))
    >>> mlflow.models.get_model_info(info.model_uri).signature.inputs
    [string (required)]
    """
    if not isinstance(signature, ModelSignature):
        raise InvalidParameter(f"signature is a ModelSignature, not {signature!r}.")

    def change(folder: ModelFolder, place: str) -> None:
        model = Model.from_yaml(folder.read(MLMODEL_FILE))
        model.signature = signature
        model.save(os.path.join(place, MLMODEL_FILE))

    _replace_files(model_uri, change)


def update_model_requirements(model_uri: str | os.PathLike[str], operation: str, requirement_list: Sequence[str]) -> None:
    """Add packages to what a model that was logged or saved needs, or remove some.

    Parameters
    ----------
    model_uri : str or path
        As in `set_signature`.
    operation : {"add", "remove"}
        What is added replaces requirements of the same packages; what is removed is named without version.
    requirement_list : list of str

    Raises
    ------
    InvalidParameter
        Another operation, what is no requirement or not there to be removed, or a registered version.
    NotFound
        There is no model.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run():
    ...     info = mlflow.pyfunc.log_model("m", python_model=lambda data: data, pip_requirements=["pandas"])
    >>> mlflow.models.update_model_requirements(info.model_uri, "add", ["coloredlogs==15.0"])
    >>> print(mlflow.artifacts.load_text(f"{info.model_uri}/requirements.txt"))
    mlflow
    pandas
    coloredlogs==15.0
    """
    if operation not in ("add", "remove"):
        raise InvalidParameter(f"operation is 'add' or 'remove', not {operation!r}.")

    def change(folder: ModelFolder, place: str) -> None:
        for name, text in changed_requirements(folder, operation, requirement_list).items():
            with open(os.path.join(place, name), "w", encoding="utf-8") as file:
                file.write(text)

    _replace_files(model_uri, change)


def _replace_files(model_uri: str | os.PathLike[str], change: Callable[[ModelFolder, str], None]) -> None:
    """Replace files of a model by those that `change` writes to a folder."""
    if str(model_uri).startswith("models:"):
        raise InvalidParameter(f"{model_uri!r} is a registered version, which stays what it is: use its runs:/ URI.")
    folder = ModelFolder(resolve_model_uri(model_uri))
    if not folder.has(MLMODEL_FILE):
        raise NotFound(f"There is no model at {os.fspath(model_uri)!r}: it has no file {MLMODEL_FILE}.")
    with tempfile.TemporaryDirectory(prefix="mlops-model-") as place:
        change(folder, place)
        if folder.signed:
            folder.sign_changes(place)
        store, below = _store_of(model_place(os.fspath(model_uri)).uri)
        for name in sorted(os.listdir(place)):
            store.put_file(os.path.join(place, name), f"{below}/{name}".lstrip("/"))


def _store_of(uri: str) -> tuple[ArtifactStore, str]:
    """The artifacts that a model's folder is one of, whose records say what is in its files, and its path there; else the folder alone."""
    root, found, below = uri.rpartition("/artifacts/")
    return (artifact_store(f"{root}/artifacts"), below) if found else (artifact_store(uri), "")
