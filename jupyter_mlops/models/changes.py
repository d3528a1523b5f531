"""Changing what is said of a model that is kept already."""

from __future__ import annotations

import os
import tempfile

from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.signatures import ModelSignature
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.registry.uris import MLMODEL_FILE, model_place, resolve_model_uri
from jupyter_mlops.storage.artifact_stores.places import artifact_store

__all__ = ["set_signature"]


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
    if str(model_uri).startswith("models:"):
        raise InvalidParameter(f"{model_uri!r} is a registered version, which stays what it is: use its runs:/ URI.")
    folder = ModelFolder(resolve_model_uri(model_uri))
    if not folder.has(MLMODEL_FILE):
        raise NotFound(f"There is no model at {os.fspath(model_uri)!r}: it has no file {MLMODEL_FILE}.")
    model = Model.from_yaml(folder.read(MLMODEL_FILE))
    model.signature = signature
    with tempfile.TemporaryDirectory(prefix="mlops-model-") as place:
        model.save(os.path.join(place, MLMODEL_FILE))
        if folder.signed:
            folder.sign_change(MLMODEL_FILE, place)
        store = artifact_store(model_place(os.fspath(model_uri)).uri)
        for name in sorted(os.listdir(place)):
            store.put_file(os.path.join(place, name), name)
