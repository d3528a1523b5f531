"""Loading a model of any flavor."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import platform
from types import ModuleType
from typing import Any

from jupyter_mlops.errors import MlflowException, NotFound
from jupyter_mlops.models.code import add_code
from jupyter_mlops.models.models import MLMODEL_FILE, Model
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.pyfunc.pyfunc_models import FLAVOR_NAME, PyFuncModel
from jupyter_mlops.registry.uris import resolve_model_uri

__all__ = ["load_model", "open_flavor"]

_log = logging.getLogger(__name__)


def open_flavor(
    model_uri: str | os.PathLike[str], flavor: str, dst_path: str | None = None, trust: bool = False
) -> tuple[ModelFolder, Model, dict[str, Any]]:
    """A model's folder, its ``MLmodel`` and the options of one flavor; nothing of the model is loaded yet.

    Raises
    ------
    NotFound
        There is no such model, or not with this flavor.
    """
    folder = ModelFolder(resolve_model_uri(model_uri, dst_path), trust)
    if not folder.has(MLMODEL_FILE):
        raise NotFound(f"There is no model at {os.fspath(model_uri)!r}: it has no file {MLMODEL_FILE}.")
    model = Model.from_yaml(folder.read(MLMODEL_FILE))
    if flavor not in model.flavors:
        raise NotFound(f"The model at {os.fspath(model_uri)!r} has no flavor {flavor!r}, only {sorted(model.flavors)}.")
    return folder, model, model.flavors[flavor]


def load_model(
    model_uri: str | os.PathLike[str],
    suppress_warnings: bool = False,
    dst_path: str | None = None,
    model_config: dict[str, Any] | None = None,
    trust: bool = False,
) -> PyFuncModel:
    """Load a model of any flavor as a function.

    Parameters
    ----------
    model_uri : str or path
        ``runs:/<run id>/<path>``, ``models:/<name>/<version>``, ``models:/<name>@<alias>``, or a folder.
    suppress_warnings : bool, default False
        Say nothing of another Python than the model was saved with.
    dst_path : str, optional
        Folder to copy the model to.
    model_config : dict, optional
        Replaces what the model was saved with.
    trust : bool, default False
        Load it even if it runs code and was not signed by this user.

    Returns
    -------
    PyFuncModel

    Raises
    ------
    NotFound
        There is no such model, or it cannot be loaded as a function.
    UntrustedModel
        Loading would run code that this user has not signed.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> from sklearn.linear_model import LinearRegression
    >>> with mlflow.start_run():
    ...     info = mlflow.sklearn.log_model(LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0]), "model")
    >>> mlflow.pyfunc.load_model(info.model_uri).predict([[2.0]]).round(6)
    array([5.])
    """
    folder, model, options = open_flavor(model_uri, FLAVOR_NAME, dst_path, trust)
    saved_with = str(options.get("python_version", ""))
    if not suppress_warnings and saved_with.split(".")[:2] != platform.python_version().split(".")[:2]:
        _log.warning("The model was saved with Python %s; this is %s.", saved_with, platform.python_version())
    config = {**(options.get("config") or {}), **(model_config or {})}
    add_code(folder, options.get("code"))
    impl = _load(folder, options, config)
    return PyFuncModel(model, impl, options.get("predict_fn", "predict"), config)


def _load(folder: ModelFolder, options: dict[str, Any], config: dict[str, Any]) -> Any:
    name = str(options.get("loader_module"))
    own = _own_loader(name)
    if own is not None:
        return own.load_pyfunc(folder, options)
    if name.startswith("mlflow."):
        raise MlflowException(f"Models of the flavor {name!r} cannot be loaded by this version.")
    folder.need_trust(name, "a Python module that loads the model")
    data = options.get("data")
    path = os.path.join(folder.root, data) if data else folder.root
    loader = importlib.import_module(name)._load_pyfunc
    return loader(path, config) if config else loader(path)


def _own_loader(name: str) -> ModuleType | None:
    """Our module for one of MLflow's loaders; it reads what was verified, where a foreign one reads files itself."""
    prefix, _, flavor = name.partition(".")
    if prefix not in ("mlflow", "jupyter_mlops") or flavor not in _FLAVORS:
        return None
    return importlib.import_module(f"jupyter_mlops.{flavor}")


_FLAVORS = ("sklearn",)
