"""Loading a model of any flavor."""

from __future__ import annotations

import importlib
import os
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models.formats import Model
from jupyter_mlops.pyfunc.models import PyFuncModel
from jupyter_mlops.registry.uris import resolve_model_uri

__all__ = ["FLAVOR", "load_model"]

FLAVOR = "python_function"
_LOADERS = {"mlflow.sklearn": "jupyter_mlops.sklearn", "jupyter_mlops.sklearn": "jupyter_mlops.sklearn"}


def load_model(
    model_uri: str | os.PathLike[str],
    suppress_warnings: bool = False,
    dst_path: str | None = None,
    model_config: dict[str, Any] | None = None,
    trust: bool = False,
) -> PyFuncModel:
    """Load a model of any flavor.

    Parameters
    ----------
    model_uri : str
        ``runs:/…``, ``models:/name/1``, ``models:/name/Production``, ``models:/name@alias`` or a path.
    suppress_warnings : bool
        Accepted for MLflow's sake.
    dst_path : str, optional
        Folder to copy the model to first.
    model_config : dict, optional
    trust : bool, default False
        Load a model that can run code although this user did not save it here.

    Returns
    -------
    PyFuncModel

    Raises
    ------
    NotFound
        No such model, or it has no ``python_function`` flavor.
    UntrustedModel
        Loading would run code that this user has not signed.
    """
    folder = resolve_model_uri(model_uri, dst_path)
    model = Model.load(folder)
    options = model.flavor(FLAVOR)
    loader = str(options.get("loader_module"))
    if loader not in _LOADERS:
        raise InvalidParameter(
            f"The model is loaded by {loader!r}; this version loads {', '.join(sorted(set(_LOADERS.values())))}."
        )
    flavor = importlib.import_module(_LOADERS[loader])  # by name: flavors stand above this folder
    return PyFuncModel(
        model, flavor.load_folder(folder, model, trust=trust), options.get("predict_fn", "predict"), model_config
    )
