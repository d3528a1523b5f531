"""Models of Keras 3, with any backend, and their autologging."""

from __future__ import annotations

import importlib
import os
import posixpath
import sys
from collections.abc import Mapping
from typing import Any, Unpack

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models.infos import ModelInfo
from jupyter_mlops.models.keras_formats import PredictingModel, keras_packages, read_keras, with_tensor_signature
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.saving import Given, LogGiven, spelled_out
from jupyter_mlops.models.signatures import ModelSignature
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.pyfunc.flavors import open_flavor, save_flavor

_LATE = ("MlflowCallback", "autolog")  # their code stands above this module

__all__ = ["FLAVOR_NAME", "MlflowCallback", "autolog", "load_model", "log_model", "save_model"]  # noqa: F822

FLAVOR_NAME = "keras"
_DATA, _MODEL = "data", "model"


@spelled_out(Given)
def save_model(
    model: Any,
    path: str | os.PathLike[str],
    save_exported_model: bool = False,
    *,
    save_model_kwargs: Mapping[str, Any] | None = None,
    **given: Unpack[Given],
) -> None:
    """Save a model of Keras 3 to a folder in MLflow's format, signed for this user.

    Parameters
    ----------
    model : keras.Model
    path : str or path
        Not there yet, or empty.
    save_exported_model : bool, default False
        Save what predicts alone, as TensorFlow's SavedModel; needs TensorFlow and a signature.
    save_model_kwargs : mapping, optional
        For ``model.save``.
    **given
        What every flavor takes, see `jupyter_mlops.models.saving.Given`. A signature is of tensors.

    Raises
    ------
    AlreadyExists
        There is something at `path`.
    InvalidParameter
        No model of Keras 3, a signature of columns, or more than one kind of requirements.
    """
    import keras

    if not isinstance(model, keras.Model):
        raise InvalidParameter(
            f"model is a keras.Model of Keras 3, not {type(model).__module__}.{type(model).__name__}."
        )
    given = with_tensor_signature(given, model.predict)
    signature = given.get("signature")
    if save_exported_model and not isinstance(signature, ModelSignature):
        raise InvalidParameter("save_exported_model=True needs a signature, which says what the exported model takes.")

    def write(folder: str) -> None:
        data = os.path.join(folder, _DATA)
        os.makedirs(data)
        with open(os.path.join(data, "keras_module.txt"), "w", encoding="utf-8") as file:
            file.write("keras")
        if save_exported_model:
            _export(model, os.path.join(data, _MODEL), signature)
        else:
            model.save(os.path.join(data, f"{_MODEL}.keras"), **(save_model_kwargs or {}))

    backend = keras.backend.backend()
    save_flavor(
        path, given, name=FLAVOR_NAME, pyfunc={}, write=write, predict=PredictingModel(model, _predictor(model)).predict,
        packages=lambda: keras_packages(model, "keras.", f"{'tensorflow' if save_exported_model else backend}."),
        options={
            "data": _DATA, "keras_version": keras.__version__, "keras_backend": backend,
            "save_exported_model": save_exported_model,
        },
    )  # fmt: skip


def _export(model: Any, path: str, signature: Any) -> None:
    import keras
    import tensorflow as tf

    shapes = [[None if size == -1 else size for size in spec.shape] for spec in signature.inputs.inputs]
    specs = [tf.TensorSpec(shape, spec.type) for shape, spec in zip(shapes, signature.inputs.inputs, strict=True)]
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(name="serve", fn=model.call, input_signature=specs)
    archive.write_out(path, verbose=False)


@spelled_out(LogGiven)
def log_model(
    model: Any,
    artifact_path: str | None = None,
    save_exported_model: bool = False,
    *,
    save_model_kwargs: Mapping[str, Any] | None = None,
    **given: Unpack[LogGiven],
) -> ModelInfo:
    """Keep a model of Keras 3 with the active run; one is started when there is none.

    Parameters
    ----------
    model : keras.Model
    artifact_path : str
        Folder among the run's artifacts.
    save_exported_model, save_model_kwargs
        As in `save_model`.
    **given
        What every flavor takes, see `jupyter_mlops.models.saving.LogGiven`.

    Returns
    -------
    ModelInfo
        ``model_uri`` is ``runs:/<run id>/<path>``.

    Raises
    ------
    InvalidParameter
        Both `artifact_path` and `name`, or neither, or as in `save_model`.

    Examples
    --------
    >>> import keras, numpy as np
    >>> import jupyter_mlops as mlflow
    >>> model = keras.Sequential([keras.Input([3]), keras.layers.Dense(2)])
    >>> data = np.ones((4, 3), "float32")
    >>> with mlflow.start_run():
    ...     info = mlflow.keras.log_model(model, "model", input_example=data)
    >>> info.signature.inputs
    [Tensor('float32', (-1, 3))]
    >>> mlflow.pyfunc.load_model(info.model_uri).predict(data).shape
    (4, 2)
    """
    return Model.log(
        artifact_path, sys.modules[__name__], model=model, save_exported_model=save_exported_model,
        save_model_kwargs=save_model_kwargs, **given,
    )  # fmt: skip


def load_model(
    model_uri: str | os.PathLike[str],
    dst_path: str | None = None,
    custom_objects: Mapping[str, Any] | None = None,
    load_model_kwargs: Mapping[str, Any] | None = None,
    trust: bool = False,
) -> Any:
    """Load a model of Keras 3 as itself; one that was exported, as TensorFlow's function ``serve``.

    Parameters
    ----------
    model_uri : str or path
        ``runs:/<run id>/<path>``, ``models:/<name>/<version>``, ``models:/<name>@<alias>``, or a folder.
    dst_path : str, optional
        Folder to copy the model to.
    custom_objects : mapping, optional
        Classes and functions of yours that it uses, by name.
    load_model_kwargs : mapping, optional
        For ``keras.saving.load_model``.
    trust : bool, default False
        Load it even if it runs code and was not signed by this user: ``Lambda`` layers, exported models.

    Raises
    ------
    NotFound
        There is no such model, or it is not of Keras.
    UntrustedModel
        Loading would run code that this user has not signed.
    """
    folder, model = open_flavor(model_uri, FLAVOR_NAME, dst_path, trust)
    return _load(folder, model.flavors[FLAVOR_NAME], custom_objects, load_model_kwargs)


def load_pyfunc(folder: ModelFolder, model: Model, config: dict[str, Any]) -> Any:
    """What `jupyter_mlops.pyfunc` calls."""
    loaded = _load(folder, model.flavors[FLAVOR_NAME])
    return PredictingModel(loaded, _predictor(loaded))


def _load(
    folder: ModelFolder, options: dict[str, Any], custom_objects: Any = None, given: Mapping[str, Any] | None = None
) -> Any:
    path = posixpath.join(str(options.get("data", _DATA)), _MODEL)
    if not options.get("save_exported_model"):
        return read_keras(folder, f"{path}.keras", custom_objects, given)
    import tensorflow as tf

    folder.need_trust(path, "SavedModel")
    return tf.saved_model.load(folder.path(path))


def _predictor(model: Any) -> Any:
    return model.serve if hasattr(model, "serve") else lambda data: model.predict(data, verbose=0)


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(importlib.import_module("jupyter_mlops.autologging.keras"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
