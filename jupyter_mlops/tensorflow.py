"""Models of TensorFlow 2.16 and later: those of Keras and plain modules; and their autologging."""

from __future__ import annotations

import importlib
import os
import pickle
import posixpath
import sys
from collections.abc import Mapping
from typing import Any, Unpack

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models.infos import ModelInfo
from jupyter_mlops.models.keras_formats import PredictingModel, keras_packages, read_keras, with_tensor_signature
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.saving import Given, LogGiven, spelled_out
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.pyfunc.flavors import open_flavor, save_flavor

_LATE = ("MlflowCallback", "MlflowModelCheckpointCallback", "autolog", "load_checkpoint")  # their code stands above

__all__ = [
    "FLAVOR_NAME", "MlflowCallback", "MlflowModelCheckpointCallback", "autolog", "load_checkpoint",  # noqa: F822
    "load_model", "log_model", "save_model",
]  # fmt: skip

FLAVOR_NAME = "tensorflow"
_DATA, _MODEL, _MODULE = "data", "model", "tf2model"
_CUSTOM, _GLOBAL = "custom_objects.cloudpickle", "global_custom_objects.cloudpickle"


@spelled_out(Given)
def save_model(
    model: Any,
    path: str | os.PathLike[str],
    *,
    custom_objects: Mapping[str, Any] | None = None,
    saved_model_kwargs: Mapping[str, Any] | None = None,
    keras_model_kwargs: Mapping[str, Any] | None = None,
    **given: Unpack[Given],
) -> None:
    """Save a model of Keras, or a ``tf.Module``, to a folder in MLflow's format, signed for this user.

    Parameters
    ----------
    model : keras.Model or tf.Module
    path : str or path
        Not there yet, or empty.
    custom_objects : mapping, optional
        Classes and functions that the model uses, by name: they are pickled beside it.
    saved_model_kwargs : mapping, optional
        For ``tf.saved_model.save`` of a module.
    keras_model_kwargs : mapping, optional
        For ``model.save`` of Keras; ``save_format="h5"`` for its old format.
    **given
        What every flavor takes, see `jupyter_mlops.models.saving.Given`. A signature is of tensors.

    Raises
    ------
    AlreadyExists
        There is something at `path`.
    InvalidParameter
        No such model, a signature of columns, or more than one kind of requirements.
    """
    import keras
    import tensorflow as tf

    if isinstance(model, keras.Model):
        _save_keras(model, path, dict(custom_objects or {}), dict(keras_model_kwargs or {}), given)
    elif isinstance(model, tf.Module):
        predict = _module_predictor(model)
        save_flavor(
            path, with_tensor_signature(given, predict), name=FLAVOR_NAME, pyfunc={}, predict=predict,
            packages=lambda: keras_packages(model, "tensorflow."),
            options={"saved_model_dir": _MODULE, "model_type": "tf2-module"},
            write=lambda folder: tf.saved_model.save(model, os.path.join(folder, _MODULE), **(saved_model_kwargs or {})),
        )  # fmt: skip
    else:
        raise InvalidParameter(f"model is a keras.Model or a tf.Module, not {type(model).__name__}.")


def _save_keras(
    model: Any, path: str | os.PathLike[str], custom: dict[str, Any], kwargs: dict[str, Any], given: Given
) -> None:
    import keras
    import tensorflow as tf

    save_format = kwargs.pop("save_format", "tf")
    predict = PredictingModel(model, _predictor(model)).predict

    def write(folder: str) -> None:
        data = os.path.join(folder, _DATA)
        os.makedirs(data)
        for name, text in (("keras_module.txt", "tensorflow.keras"), ("save_format.txt", save_format)):
            with open(os.path.join(data, name), "w", encoding="utf-8") as file:
                file.write(text)
        _write_objects(os.path.join(data, _CUSTOM), custom)
        _write_objects(os.path.join(data, _GLOBAL), keras.saving.get_custom_objects())
        model.save(os.path.join(data, f"{_MODEL}.{'h5' if save_format == 'h5' else 'keras'}"), **kwargs)

    more = ["cloudpickle."] if custom or keras.saving.get_custom_objects() else []
    save_flavor(
        path, with_tensor_signature(given, predict), name=FLAVOR_NAME, pyfunc={"data": _DATA}, predict=predict, write=write,
        packages=lambda: keras_packages(model, "tensorflow.", "keras.", *more),
        options={"data": _DATA, "model_type": "keras", "keras_version": tf.__version__, "save_format": save_format},
    )  # fmt: skip


def _write_objects(path: str, objects: Mapping[str, Any]) -> None:
    if objects:
        import cloudpickle  # only for objects of the user's

        with open(path, "wb") as file:
            cloudpickle.dump(dict(objects), file)


@spelled_out(LogGiven)
def log_model(
    model: Any,
    artifact_path: str | None = None,
    *,
    custom_objects: Mapping[str, Any] | None = None,
    saved_model_kwargs: Mapping[str, Any] | None = None,
    keras_model_kwargs: Mapping[str, Any] | None = None,
    **given: Unpack[LogGiven],
) -> ModelInfo:
    """Keep a model of Keras, or a ``tf.Module``, with the active run; one is started when there is none.

    Parameters
    ----------
    model : keras.Model or tf.Module
    artifact_path : str
        Folder among the run's artifacts.
    custom_objects, saved_model_kwargs, keras_model_kwargs
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
    >>> import numpy as np, tensorflow as tf
    >>> import jupyter_mlops as mlflow
    >>> class Doubles(tf.Module):
    ...     @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    ...     def __call__(self, x):
    ...         return 2 * x
    >>> data = np.array([1.0, 2.0], "float32")
    >>> with mlflow.start_run():
    ...     info = mlflow.tensorflow.log_model(Doubles(), "model", input_example=data)
    >>> mlflow.pyfunc.load_model(info.model_uri).predict(data)
    array([2., 4.], dtype=float32)
    """
    return Model.log(
        artifact_path, sys.modules[__name__], model=model, custom_objects=custom_objects,
        saved_model_kwargs=saved_model_kwargs, keras_model_kwargs=keras_model_kwargs, **given,
    )  # fmt: skip


def load_model(
    model_uri: str | os.PathLike[str],
    dst_path: str | None = None,
    saved_model_kwargs: Mapping[str, Any] | None = None,
    keras_model_kwargs: Mapping[str, Any] | None = None,
    trust: bool = False,
) -> Any:
    """Load a model of TensorFlow as itself.

    Parameters
    ----------
    model_uri : str or path
        ``runs:/<run id>/<path>``, ``models:/<name>/<version>``, ``models:/<name>@<alias>``, or a folder.
    dst_path : str, optional
        Folder to copy the model to.
    saved_model_kwargs : mapping, optional
        For ``tf.saved_model.load`` of a module.
    keras_model_kwargs : mapping, optional
        For ``keras.saving.load_model``, such as ``custom_objects``.
    trust : bool, default False
        Load it even if it runs code and was not signed by this user: modules, custom objects, ``Lambda`` layers.

    Raises
    ------
    NotFound
        There is no such model, or it is not of TensorFlow.
    UntrustedModel
        Loading would run code that this user has not signed.
    """
    folder, model = open_flavor(model_uri, FLAVOR_NAME, dst_path, trust)
    return _load(folder, model.flavors[FLAVOR_NAME], saved_model_kwargs, keras_model_kwargs)


def load_pyfunc(folder: ModelFolder, model: Model, config: dict[str, Any]) -> Any:
    """What `jupyter_mlops.pyfunc` calls."""
    options = {**model.flavors[FLAVOR_NAME]}
    if data := model.flavors["python_function"].get("data"):
        options["data"] = data
    loaded = _load(folder, options)
    return PredictingModel(loaded, _predictor(loaded))


def _load(
    folder: ModelFolder, options: Mapping[str, Any], saved_model_kwargs: Any = None, keras_model_kwargs: Any = None
) -> Any:
    kind = options.get("model_type", "keras")
    if kind == "keras":
        return _load_keras(folder, str(options.get("data", _MODEL)), dict(keras_model_kwargs or {}))
    if kind != "tf2-module":
        raise InvalidParameter(f"Models of the type {kind!r} are of TensorFlow 1 and cannot be loaded any more.")
    import tensorflow as tf

    path = str(options.get("saved_model_dir", _MODULE))
    folder.need_trust(path, "SavedModel")
    return tf.saved_model.load(folder.path(path), **(saved_model_kwargs or {}))


def _load_keras(folder: ModelFolder, data: str, kwargs: dict[str, Any]) -> Any:
    objects: dict[str, Any] = {}
    for name in (_GLOBAL, _CUSTOM):
        if folder.has(path := posixpath.join(data, name)):
            folder.need_trust(path, "pickle")
            objects |= pickle.loads(folder.read(path))  # noqa: S301 - trusted
    objects |= kwargs.pop("custom_objects", None) or {}
    model = posixpath.join(data, _MODEL)
    path = next((model + suffix for suffix in (".keras", ".h5") if folder.has(model + suffix)), f"{model}.keras")
    if not folder.has(path) and folder.files(model):
        raise InvalidParameter(f"{model!r} was saved by Keras 2, which TensorFlow has no more since 2.16.")
    return read_keras(folder, path, objects or None, kwargs)


def _predictor(model: Any) -> Any:
    if hasattr(model, "predict"):
        return lambda data: model.predict(data, verbose=0)
    return _module_predictor(model)


def _module_predictor(model: Any) -> Any:
    import tensorflow as tf

    return lambda data: model(tf.convert_to_tensor(data))


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(importlib.import_module("jupyter_mlops.autologging.tensorflow"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
