"""Models of XGBoost."""

from __future__ import annotations

import importlib
import inspect
import logging
import os
import sys
from typing import Any, Unpack

from jupyter_mlops.errors import InvalidParameter, InvalidState
from jupyter_mlops.models.infos import ModelInfo
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.origins import packages_of
from jupyter_mlops.models.saving import Given, LogGiven, spelled_out
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.pyfunc.flavors import open_flavor, save_flavor

__all__ = ["FLAVOR_NAME", "autolog", "load_model", "log_model", "save_model"]  # noqa: F822 - autolog comes late

FLAVOR_NAME = "xgboost"
_FORMATS = ("ubj", "json", "xgb", "deb")
_BOOSTER = "xgboost.core.Booster"
_log = logging.getLogger(__name__)


@spelled_out(Given)
def save_model(
    xgb_model: Any, path: str | os.PathLike[str], *, model_format: str = "ubj", **given: Unpack[Given]
) -> None:
    """Save a model of XGBoost to a folder in MLflow's format.

    Parameters
    ----------
    xgb_model : xgboost.Booster, or estimator of ``xgboost.sklearn``
    path : str or path
        Not there yet, or empty.
    model_format : ``"ubj"``, ``"json"``, ``"xgb"`` or ``"deb"``, default ``"ubj"``
        The last two are old names: what XGBoost writes under them is up to its version.
    **given
        What every flavor takes, see `jupyter_mlops.models.saving.Given`.

    Raises
    ------
    AlreadyExists
        There is something at `path`.
    InvalidParameter
        No model of XGBoost, no such format, more than one kind of requirements, or a signature that is none.
    """
    import xgboost  # only when a model is saved

    if not isinstance(xgb_model, (xgboost.Booster, xgboost.XGBModel)):
        raise InvalidParameter(f"xgb_model is a Booster or an estimator of XGBoost, not {type(xgb_model).__name__}.")
    if model_format not in _FORMATS:
        raise InvalidParameter(f"Unknown model_format {model_format!r}: use one of {', '.join(_FORMATS)}.")
    data_path = f"model.{model_format}"
    kind = f"{type(xgb_model).__module__}.{type(xgb_model).__name__}"
    save_flavor(
        path, given, name=FLAVOR_NAME, pyfunc={"data": data_path}, packages=lambda: _packages(kind),
        options={
            "xgb_version": xgboost.__version__, "data": data_path, "model_class": kind, "model_format": model_format,
        },
        write=lambda folder: xgb_model.save_model(os.path.join(folder, data_path)),
        predict=_Wrapper(xgb_model).predict,
    )  # fmt: skip


def _packages(kind: str) -> list[str]:
    estimators = [] if kind == _BOOSTER else ["scikit-learn"]
    return ["numpy", "scipy", *estimators, *packages_of({_BOOSTER, kind})]


@spelled_out(LogGiven)
def log_model(
    xgb_model: Any, artifact_path: str | None = None, *, model_format: str = "ubj", **given: Unpack[LogGiven]
) -> ModelInfo:
    """Keep a model of XGBoost with the active run; one is started when there is none.

    Parameters
    ----------
    xgb_model : xgboost.Booster, or estimator of ``xgboost.sklearn``
    artifact_path : str
        Folder among the run's artifacts.
    model_format : str, default ``"ubj"``
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
    >>> import numpy as np
    >>> import xgboost
    >>> import jupyter_mlops as mlflow
    >>> x = np.arange(8.0).reshape(-1, 1)
    >>> booster = xgboost.train({"max_depth": 2}, xgboost.DMatrix(x, x[:, 0]), 50)
    >>> with mlflow.start_run():
    ...     info = mlflow.xgboost.log_model(booster, "model")
    >>> bool(abs(mlflow.pyfunc.load_model(info.model_uri).predict(x)[7] - 7) < 0.5)
    True
    """
    return Model.log(artifact_path, sys.modules[__name__], xgb_model=xgb_model, model_format=model_format, **given)


def load_model(model_uri: str | os.PathLike[str], dst_path: str | None = None, trust: bool = False) -> Any:
    """Load a model of XGBoost as what it was: a Booster or an estimator.

    Parameters
    ----------
    model_uri : str or path
        ``runs:/<run id>/<path>``, ``models:/<name>/<version>``, ``models:/<name>@<alias>``, or a folder.
    dst_path : str, optional
        Folder to copy the model to.
    trust : bool, default False
        Load it even if it comes with code, or is of a class of your own, and was not signed by this user.

    Raises
    ------
    NotFound
        There is no such model, or it is not of XGBoost.
    UntrustedModel
        Loading would run code that this user has not signed. XGBoost's own formats hold none.
    """
    folder, model = open_flavor(model_uri, FLAVOR_NAME, dst_path, trust)
    return _load(folder, model.flavors[FLAVOR_NAME])


def load_pyfunc(folder: ModelFolder, model: Model, config: dict[str, Any]) -> Any:
    """What `jupyter_mlops.pyfunc` calls."""
    return _Wrapper(_load(folder, {**model.flavors["python_function"], **model.flavors.get(FLAVOR_NAME, {})}))


def _load(folder: ModelFolder, options: dict[str, Any]) -> Any:
    import xgboost  # only when a model is loaded

    path = str(options.get("data"))
    content = bytearray(folder.read(path))
    model = _class_named(str(options.get("model_class", _BOOSTER)), folder, path)()
    try:
        if not content or (content[:1] == b"{" and content[-64:].rstrip()[-1:] != b"}"):
            raise xgboost.core.XGBoostError("the file is cut off.")  # XGBoost itself would end the process
        model.load_model(content)
    except xgboost.core.XGBoostError as error:
        raise InvalidState(f"{path!r} of the model at {folder.root} cannot be read by XGBoost: {error}") from error
    return model


def _class_named(name: str, folder: ModelFolder, path: str) -> Any:
    """A class of XGBoost; any other only with trust, as importing it and making one runs its code."""
    import xgboost  # only when a model is loaded

    place, _, own_name = name.rpartition(".")
    if place in ("xgboost", "xgboost.core", "xgboost.sklearn"):
        found = getattr(importlib.import_module(place), own_name, None)
        if isinstance(found, type) and issubclass(found, (xgboost.Booster, xgboost.XGBModel)):
            return found
    folder.need_trust(path, f"a model of the class {name!r}")
    try:
        return getattr(importlib.import_module(place), own_name)
    except (ImportError, AttributeError, ValueError) as error:
        raise InvalidParameter(f"The class {name!r} of the model at {folder.root} is not here: {error}.") from error


class _Wrapper:
    """A model of XGBoost for `PyFuncModel`: a Booster takes frames and arrays, too."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        import xgboost  # the model is of it

        given = _known(self._model.predict, params or {})
        if isinstance(self._model, xgboost.Booster):
            data = xgboost.DMatrix(data)
        return self._model.predict(data, **given)

    def get_raw_model(self) -> Any:
        return self._model


def _known(function: Any, params: dict[str, Any]) -> dict[str, Any]:
    """The params that a function takes."""
    taken = inspect.signature(function).parameters.values()
    if any(p.kind is p.VAR_KEYWORD for p in taken):
        return params
    names = {p.name for p in taken}
    if unknown := sorted(params.keys() - names):
        _log.warning("Params that this model of XGBoost does not take are left out: %s.", ", ".join(unknown))
    return {key: value for key, value in params.items() if key in names}


def __getattr__(name: str) -> Any:
    if name == "autolog":  # its code stands above this module, which it saves models with
        return importlib.import_module("jupyter_mlops.autologging.xgboost").autolog
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
