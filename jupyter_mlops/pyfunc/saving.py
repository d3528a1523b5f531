"""Saving models that are Python code, or that a module of the user's loads."""

from __future__ import annotations

import importlib
import logging
import os
import sys
import tempfile
from collections.abc import Mapping
from typing import Any, Unpack

from jupyter_mlops.errors import InvalidParameter, MlflowException, NotFound
from jupyter_mlops.models.configs import read_config
from jupyter_mlops.models.copies import brought_here, copy_in
from jupyter_mlops.models.examples import split_params
from jupyter_mlops.models.infos import ModelInfo
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.origins import find_origins, packages_of
from jupyter_mlops.models.saving import Given, LogGiven, Parts, save_folder, spelled_out
from jupyter_mlops.models.signatures import ModelSignature
from jupyter_mlops.pyfunc.code_models import run_model_code
from jupyter_mlops.pyfunc.own_modules import copy_modules, find_own_modules, imported_names
from jupyter_mlops.pyfunc.pickles import dump_pickle, load_pickle
from jupyter_mlops.pyfunc.pyfunc_models import add_pyfunc
from jupyter_mlops.pyfunc.python_models import (
    FunctionPythonModel,
    PythonModel,
    PythonModelContext,
    PythonModelWrapper,
    as_python_model,
)
from jupyter_mlops.pyfunc.type_hints import InvalidHint, find_hints, is_schema_hint, schema_of_hint
from jupyter_mlops.types.columns import ColSpec
from jupyter_mlops.types.composites import AnyType
from jupyter_mlops.types.inference import infer_param_schema
from jupyter_mlops.types.schema import Schema

__all__ = ["log_model", "save_model"]

_log = logging.getLogger(__name__)
_FILE = "python_model.pkl"


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
            _PythonSaver(python_model, artifacts or {}, config, streamable).save(path, given, place)


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

    files = [*modules.values(), *_code_files(given)]
    save_folder(
        path, given, Parts(lambda: packages_of({loader_module} | _imports_of(files)), write, add_flavors, predict)
    )


def _code_files(given: Given) -> list[str | os.PathLike[str]]:
    return [source for source in given.get("code_paths") or () if os.path.isfile(source)]


def _imports_of(files: Any) -> set[str]:
    found: set[str] = set()
    for path in files:
        with open(path, "rb") as file:
            found |= imported_names(file.read())
    return found


class _PythonSaver:
    """One model on its way to a folder."""

    def __init__(
        self, given: Any, artifacts: Mapping[str, Any], config: dict[str, Any] | None, streamable: bool | None
    ) -> None:
        self.config, self.artifacts = config, artifacts
        self.source = self._read(given) if isinstance(given, (str, os.PathLike)) else None
        self.code_file = os.path.basename(given) if self.source is not None else None
        if self.source is not None:
            given = run_model_code(self.source, os.fspath(given), config)
        self.model = as_python_model(given)
        own = getattr(type(self.model), "predict_stream", PythonModel.predict_stream)
        self.streamable = streamable if streamable is not None else own is not PythonModel.predict_stream
        self.kept: dict[str, dict[str, str]] = {}
        self.wrapper: PythonModelWrapper | None = None

    @staticmethod
    def _read(path: str | os.PathLike[str]) -> bytes:
        if not os.path.isfile(path):
            raise InvalidParameter(f"There is no file {os.fspath(path)!r} with a model's code.")
        with open(path, "rb") as file:
            return file.read()

    def save(self, path: Any, given: Given, own: str | None) -> None:
        named = ("input_example", "pip_requirements", "extra_pip_requirements")
        if (
            isinstance(self.model, FunctionPythonModel)
            and self.source is None
            and all(given.get(name) is None for name in named)
        ):
            raise InvalidParameter(f"A function as python_model needs one of {', '.join(named)}: say what it needs.")
        origins = find_origins(self.model) | imported_names(self.source or b"")
        if own is not None:
            given = {**given, "code_paths": copy_modules(find_own_modules(origins), own)}
        model = given.get("mlflow_model") or Model()
        given = {**given, "mlflow_model": model}
        if hinted := self._hinted(given):
            if isinstance(given.get("signature"), ModelSignature) and given["signature"] != hinted:
                _log.warning(
                    "The type hints of predict say another signature, which is the one that is kept: %s", hinted
                )
            model.signature, given["signature"] = hinted, None
            model.is_signature_from_type_hint = True  # type: ignore[attr-defined]
        params = split_params(given.get("input_example"))[1]
        parts = Parts(
            lambda: self._packages(origins, given), self._write, self._add_flavors,
            lambda data: self._loaded().predict(data, params),
        )  # fmt: skip
        save_folder(path, given, parts)

    def _hinted(self, given: Given) -> ModelSignature | None:
        hints = find_hints(self.model.func if isinstance(self.model, FunctionPythonModel) else self.model.predict)
        if not is_schema_hint(hints.input) or given.get("signature") is False:
            return None
        try:
            inputs = schema_of_hint(hints.input)
        except InvalidHint:
            raise
        except MlflowException as error:
            _log.warning("The type hints of predict are no signature: %s", error)
            return None
        params = split_params(given.get("input_example"))[1]
        return ModelSignature(inputs, _output_schema(hints.output), infer_param_schema(params) if params else None)

    def _write(self, folder: str) -> None:
        self.folder = folder
        if self.code_file is not None and self.source is not None:
            with open(os.path.join(folder, self.code_file), "wb") as file:
                file.write(self.source)
        else:
            self._pickle(os.path.join(folder, _FILE))
        self._copy_artifacts(folder)

    def _pickle(self, path: str) -> None:
        try:
            content = dump_pickle(self.model)
        except Exception as error:  # the objects in it say how they are pickled
            raise InvalidParameter(
                f"The model cannot be pickled ({type(error).__name__}: {error}). Make what cannot in load_context, or save a "
                "file of code that makes the model: python_model='my_model.py'."
            ) from error
        with open(path, "wb") as file:
            file.write(content)

    def _copy_artifacts(self, folder: str) -> None:
        taken: dict[str, str] = {}
        for position, (name, given) in enumerate(self.artifacts.items()):
            if not isinstance(given, (str, os.PathLike)):
                raise InvalidParameter(f"The artifact {name!r} is a path or URI, not {given!r}.")
            uri = os.fspath(given)
            if uri not in taken:
                source = _brought(name, uri)
                place = os.path.join(folder, "artifacts")
                if os.path.exists(os.path.join(place, os.path.basename(os.path.abspath(source)))):
                    place = os.path.join(place, str(position))  # another one of that name
                taken[uri] = os.path.relpath(copy_in(source, place), folder).replace(os.sep, "/")
            self.kept[name] = {"path": taken[uri], "uri": uri}

    def _add_flavors(self, model: Model, code: str | None, extra: dict[str, Any]) -> None:
        import cloudpickle  # only when a model is saved

        how = {"python_model": _FILE} if self.code_file is None else {"model_code_path": self.code_file}
        loader = "mlflow.pyfunc.model" if self.code_file is None else "mlflow.pyfunc.loaders.code_model"
        add_pyfunc(
            model, loader, code=code, artifacts=self.kept or None, config=self.config, streamable=self.streamable,
            cloudpickle_version=cloudpickle.__version__, **how, **extra,
        )  # fmt: skip

    def _loaded(self) -> PythonModelWrapper:
        """The model as a loader would have it; the user's own object is left as it is."""
        if self.wrapper is None:
            model = self.model
            if self.code_file is None:
                with open(os.path.join(self.folder, _FILE), "rb") as file:
                    model = load_pickle(file.read())
            artifacts = {name: os.path.join(self.folder, info["path"]) for name, info in self.kept.items()}
            self.wrapper = PythonModelWrapper(model, PythonModelContext(artifacts, self.config))
        return self.wrapper

    def _packages(self, origins: set[str], given: Given) -> list[str]:
        """What is in the model, what its functions import, and what is in it once it has read its artifacts."""
        if self.wrapper is None and type(self.model).__dict__.get("load_context") is not None:
            try:
                self._loaded()
            except Exception as error:  # the model is the user's code
                _log.warning("load_context fails, so what it loads is not among the requirements: %s", error)
        if self.wrapper is not None:
            origins = origins | find_origins(self.wrapper.python_model)
        own = find_own_modules(origins)
        found = packages_of(origins | _imports_of([*own.values(), *_code_files(given)]))
        return ["cloudpickle", *(name for name in found if name.replace("_", "-") != "jupyter-mlops")]


def _brought(name: str, uri: str) -> str:
    if uri.startswith("hf:"):
        raise InvalidParameter(f"The artifact {name!r} is on Hugging Face: download it, and give its path.")
    try:
        return brought_here(uri)
    except (NotFound, OSError) as error:
        raise NotFound(f"The artifact {name!r} is not there: {error}") from error


def _output_schema(hint: Any) -> Schema:
    try:
        if hint is not None:
            return schema_of_hint(hint, many=False)
    except MlflowException as error:
        _log.info("The type hint of what predict returns is no schema, so anything is: %s", error)
    return Schema([ColSpec(AnyType())])


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
