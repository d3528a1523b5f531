"""Loading a model of any flavor."""

from __future__ import annotations

import importlib
import importlib.util
import os
from types import ModuleType
from typing import Any

from jupyter_mlops.context.entry_points import entry_points
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.models.configs import read_config
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.pyfunc.flavors import open_flavor
from jupyter_mlops.pyfunc.mlflow_names import mlflow_is_ours
from jupyter_mlops.pyfunc.pyfunc_models import FLAVOR_NAME, PyFuncModel

__all__ = ["GROUP", "load_model"]

GROUP = "jupyter_mlops.flavors"


def load_model(
    model_uri: str | os.PathLike[str],
    suppress_warnings: bool = False,
    dst_path: str | None = None,
    model_config: dict[str, Any] | str | os.PathLike[str] | None = None,
    trust: bool = False,
) -> PyFuncModel:
    """Load a model of any flavor as a function.

    Parameters
    ----------
    model_uri : str or path
        ``runs:/<run id>/<path>``, ``models:/<name>/<version>``, ``models:/<name>@<alias>``, or a folder.
    suppress_warnings : bool, default False
        Say nothing of other versions of Python and of packages than the model was saved with.
    dst_path : str, optional
        Folder to copy the model to.
    model_config : dict or path of a YAML file, optional
        Goes over what the model was saved with, key by key.
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
    folder, model = open_flavor(model_uri, FLAVOR_NAME, dst_path, trust, suppress_warnings)
    options = model.flavors[FLAVOR_NAME]
    config = {**(options.get("config") or {}), **(read_config(model_config) or {})}
    impl = _load(folder, model, config)
    stream = options.get("predict_stream_fn", "predict_stream") if options.get("streamable") else None
    return PyFuncModel(model, impl, options.get("predict_fn", "predict"), config, stream)


def _load(folder: ModelFolder, model: Model, config: dict[str, Any]) -> Any:
    options = model.flavors[FLAVOR_NAME]
    name = str(options.get("loader_module"))
    own = _own_loader(name) or _loader_of_a_package(name)
    if own is not None:
        return own.load_pyfunc(folder, model, config)
    if name.startswith("mlflow."):
        raise MlflowException(f"No installed package loads models of {name!r}: it has no entry point in {GROUP!r}.")
    folder.need_trust(name, "a Python module that loads the model")
    data = options.get("data")
    path = folder.path(data or None)
    with folder.trusting(), mlflow_is_ours():
        loader = importlib.import_module(name)._load_pyfunc
        return loader(path, config) if config else loader(path)


def _own_loader(name: str) -> ModuleType | None:
    """Our module for one of MLflow's loaders; it reads what was verified, where a foreign one reads files itself."""
    if name in _PYTHON_LOADERS:
        return importlib.import_module("jupyter_mlops.pyfunc.python_models")
    prefix, _, flavor = name.partition(".")
    if prefix not in ("mlflow", "jupyter_mlops") or not flavor.isidentifier():
        return None
    ours = f"jupyter_mlops.{flavor}"
    if importlib.util.find_spec(ours) is None:
        return None
    module = importlib.import_module(ours)
    return module if hasattr(module, "load_pyfunc") else None


def _loader_of_a_package(name: str) -> Any:
    """What an installed package has for a loader that we have not: its own, or one of MLflow's."""
    found = [point for point in entry_points(GROUP, "Flavors of other packages") if point.name == name]
    return found[0].load() if found else None


_PYTHON_LOADERS = ("mlflow.pyfunc.model", "mlflow.pyfunc.loaders.code_model")
