"""Saving models that are Python code, or that a module of the user's loads."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections.abc import Mapping
from typing import Any, Unpack

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models.configs import read_config
from jupyter_mlops.models.copies import copy_in
from jupyter_mlops.models.infos import ModelInfo
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.origins import packages_of
from jupyter_mlops.models.saving import Given, LogGiven, Parts, save_folder, spelled_out
from jupyter_mlops.pyfunc.own_modules import code_files, copy_modules, find_own_modules, imports_of
from jupyter_mlops.pyfunc.pyfunc_models import add_pyfunc
from jupyter_mlops.pyfunc.python_savers import PythonSaver

__all__ = ["log_model", "save_model"]


@spelled_out(Given)
def save_model(
    path: str | os.PathLike[str],
    loader_module: str | None = None,
    data_path: str | os.PathLike[str] | None = None,
    *,
    python_model: Any = None,
    artifacts: Mapping[str, str | os.PathLike[str]] | None = None,
    model_config: dict[str, Any] | str | os.PathLike[str] | None = None,
    infer_code_paths: bool = False,
    streamable: bool | None = None,
    **given: Unpack[Given],
) -> None:
    """Save a model that is Python code to a folder in MLflow's format, signed for this user.

    Parameters
    ----------
    path : str or path
        Not there yet, or empty.
    loader_module : str, optional
        In place of `python_model`: a module with ``_load_pyfunc(data_path)`` that returns something with ``predict``. Give
        it in `code_paths` when it is not installed.
    data_path : path, optional
        File or folder for `loader_module`.
    python_model : PythonModel, callable or path
        A model, a function of data alone (then also an example or requirements), or a file of code that makes one of these
        and calls ``set_model``.
    artifacts : dict, optional
        Name, and path or URI of files that the model reads: copied, and found again in ``context.artifacts``.
    model_config : dict or path of a YAML file, optional
        Found again in ``context.model_config``.
    infer_code_paths : bool, default False
        Save the modules of yours that the model uses, in place of `code_paths`.
    streamable : bool, optional
        Whether it has ``predict_stream``; found out by default.
    **given
        What every flavor takes, see `jupyter_mlops.models.saving.Given`.

    Raises
    ------
    AlreadyExists
        There is something at `path`.
    InvalidParameter
        Both or neither of `python_model` and `loader_module`, a type hint that is no schema, a model that cannot be pickled.
    MlflowException
        The file of code fails.
    """
    if (python_model is None and artifacts is None) == (loader_module is None and data_path is None):
        raise InvalidParameter("Give either python_model (and artifacts), or loader_module (and data_path).")
    config = read_config(model_config)
    if python_model is None and loader_module is None:
        raise InvalidParameter("Neither python_model nor loader_module says how the model is loaded.")
    if infer_code_paths and given.get("code_paths"):
        raise InvalidParameter("Give code_paths or infer_code_paths=True, not both.")
    with tempfile.TemporaryDirectory(prefix="mlops-own-") as own:
        place = own if infer_code_paths else None
        if loader_module is not None:
            _save_loader(path, loader_module, data_path, config, bool(streamable), given, place)
        else:
            PythonSaver(python_model, artifacts or {}, config, streamable).save(path, given, place)


def _save_loader(
    path: Any,
    loader_module: str,
    data_path: Any,
    config: dict[str, Any] | None,
    streamable: bool,
    given: Given,
    own: str | None,
) -> None:
    data = None if data_path is None else f"data/{os.path.basename(os.path.abspath(data_path))}"
    modules = find_own_modules({loader_module})
    if own is not None:
        given = {**given, "code_paths": copy_modules(modules, own)}
    folder = ""

    def write(target: str) -> None:
        nonlocal folder
        folder = target
        if data_path is not None:
            copy_in(data_path, os.path.join(folder, "data"))

    def predict(rows: Any) -> Any:
        load = importlib.import_module(loader_module)._load_pyfunc
        where = os.path.join(folder, data) if data else folder
        return (load(where, config) if config else load(where)).predict(rows)

    def add_flavors(model: Model, code: str | None, extra: dict[str, Any]) -> None:
        add_pyfunc(model, loader_module, code=code, data=data, config=config, streamable=streamable, **extra)

    files = [*modules.values(), *code_files(given.get("code_paths"))]
    save_folder(
        path, given, Parts(lambda: packages_of({loader_module} | imports_of(files)), write, add_flavors, predict)
    )


@spelled_out(LogGiven)
def log_model(
    artifact_path: str | None = None,
    loader_module: str | None = None,
    data_path: str | os.PathLike[str] | None = None,
    *,
    python_model: Any = None,
    artifacts: Mapping[str, str | os.PathLike[str]] | None = None,
    model_config: dict[str, Any] | str | os.PathLike[str] | None = None,
    infer_code_paths: bool = False,
    streamable: bool | None = None,
    **given: Unpack[LogGiven],
) -> ModelInfo:
    """Keep a model that is Python code with the active run; one is started when there is none.

    Parameters
    ----------
    artifact_path : str
        Folder among the run's artifacts.
    loader_module, data_path, python_model, artifacts, model_config, infer_code_paths, streamable
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
    >>> import jupyter_mlops as mlflow
    >>> class Scaled(mlflow.pyfunc.PythonModel):
    ...     def predict(self, context, model_input, params=None):
    ...         return model_input * context.model_config["factor"]
    >>> with mlflow.start_run():
    ...     info = mlflow.pyfunc.log_model("model", python_model=Scaled(), model_config={"factor": 3})
    >>> mlflow.pyfunc.load_model(info.model_uri).predict(2)
    6
    >>> mlflow.pyfunc.load_model(info.model_uri, model_config={"factor": 5}).predict(2)
    10
    """
    return Model.log(
        artifact_path, sys.modules[__name__], loader_module=loader_module, data_path=data_path, python_model=python_model,
        artifacts=artifacts, model_config=model_config, infer_code_paths=infer_code_paths, streamable=streamable, **given,
    )  # fmt: skip
