"""Models that are Python code: a class with ``predict``, or a function."""

from __future__ import annotations

import importlib
import inspect
import logging
import os
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.pyfunc.code_models import run_model_code
from jupyter_mlops.pyfunc.mlflow_names import mlflow_is_ours
from jupyter_mlops.pyfunc.pickles import load_pickle
from jupyter_mlops.pyfunc.type_hints import checked, convert_rows, find_hints, takes_context

__all__ = [
    "FunctionPythonModel",
    "PythonModel",
    "PythonModelContext",
    "PythonModelWrapper",
    "as_python_model",
    "load_pyfunc",
]

_log = logging.getLogger(__name__)
_COMPRESSIONS = {"bzip2": "bz2", "gzip": "gzip", "lzma": "lzma"}  # MLflow's name and Python's module


class PythonModelContext:
    """What a `PythonModel` is given beside data.

    Attributes
    ----------
    artifacts : dict
        Name and absolute local path of what was saved as `artifacts`.
    model_config : dict
    """

    def __init__(self, artifacts: Mapping[str, str], model_config: Mapping[str, Any] | None) -> None:
        self._artifacts, self._model_config = artifacts, model_config

    @property
    def artifacts(self) -> dict[str, str]:
        return dict(self._artifacts or {})

    @property
    def model_config(self) -> dict[str, Any]:
        return dict(self._model_config or {})


class PythonModel:
    """Inherit it and write ``predict``.

    ``predict(self, context, model_input, params=None)``; `context` and `params` may be left out. A type hint of
    `model_input`, such as ``list[str]`` or ``list[MyPydanticModel]``, is the model's signature: data is checked by it, and
    rows that are dicts become objects of a pydantic model.

    Notes
    -----
    A class of a notebook is saved as a whole. In the pickle, this class and whatever else it names of this package go by
    MLflow's names (see `jupyter_mlops.pyfunc.pickles`), so that it is loaded by either. A class of an importable module is
    saved as its name: give the module in `code_paths`, or set ``infer_code_paths=True``; that module is loaded where MLflow
    alone is installed if it says ``import mlflow``, which it may say here too (`jupyter_mlops.install_as_mlflow`).

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> class Longer(mlflow.pyfunc.PythonModel):
    ...     def predict(self, context, model_input: list[str]) -> list[str]:
    ...         return [text + "!" for text in model_input]
    >>> with mlflow.start_run():
    ...     info = mlflow.pyfunc.log_model("model", python_model=Longer())
    >>> info.signature.inputs
    [string (required)]
    >>> mlflow.pyfunc.load_model(info.model_uri).predict(["hello"])
    ['hello!']
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in ("predict", "predict_stream"):
            if callable(method := cls.__dict__.get(name)):
                setattr(cls, name, checked(method))

    def load_context(self, context: PythonModelContext) -> None:
        """Called once when the model is loaded: read the artifacts here."""

    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """Predictions for data. Write it."""
        raise NotImplementedError(f"{type(self).__name__} has no predict.")

    def predict_stream(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Iterator[Any]:
        """Predictions piece by piece. Write it for models that stream."""
        raise NotImplementedError(f"{type(self).__name__} has no predict_stream.")


class FunctionPythonModel(PythonModel):
    """A function of data alone as a model; MLflow has the same with the same attributes."""

    def __init__(self, func: Callable[[Any], Any], signature: Any = None) -> None:
        self.signature = signature
        self.func = checked(func)

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:  # type: ignore[override]
        return self.func(model_input)


_FunctionPythonModel = FunctionPythonModel  # by MLflow's name, for pickles


def as_python_model(given: Any) -> Any:
    """A model as it was given, a function made one.

    Raises
    ------
    InvalidParameter
        Neither.
    """
    if inspect.isclass(given):
        raise InvalidParameter(f"python_model is an instance: write {given.__name__}(), not {given.__name__}.")
    if callable(getattr(given, "predict", None)) and hasattr(given, "load_context"):
        return given  # of ours or of MLflow's
    if not callable(given):
        raise InvalidParameter(
            f"python_model is a PythonModel, a function, or the path of a file that calls set_model(), not {given!r}; "
            "models of a library have a flavor of their own."
        )
    count = len(inspect.signature(given).parameters)
    if count != 1:
        raise InvalidParameter(
            f"A function as python_model takes exactly one argument, the data; this one takes {count}."
        )
    return FunctionPythonModel(given)


class _Manner(NamedTuple):
    """How a method of a model wants to be called."""

    hint: Any  # of rows as a list, which a data frame is made
    params: bool
    context: bool


class PythonModelWrapper:
    """A loaded model with its context, for `PyFuncModel`."""

    def __init__(self, python_model: Any, context: PythonModelContext) -> None:
        self.python_model, self.context = python_model, context
        self._manners: dict[str, _Manner] = {}
        python_model.load_context(context)

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        return self._call("predict", model_input, params)

    def predict_stream(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        return self._call("predict_stream", model_input, params)

    def _call(self, name: str, data: Any, params: dict[str, Any] | None) -> Any:
        function = getattr(self.python_model, name)
        manner = self._manners.get(name) or self._manners.setdefault(name, self._manner(function))
        if params and not manner.params:
            _log.warning("The model's %s takes no params, so these are ignored: %s.", name, params)
        data = data if manner.hint is None else convert_rows(data, manner.hint)
        given = {"params": params} if manner.params else {}
        return function(self.context, data, **given) if manner.context else function(data, **given)

    def _manner(self, function: Callable[..., Any]) -> _Manner:
        hint = find_hints(getattr(self.python_model, "func", function)).input
        rows = hint if typing.get_origin(hint) is list else None
        return _Manner(rows, "params" in inspect.signature(function).parameters, takes_context(function))

    def get_raw_model(self) -> Any:
        return self.python_model


def load_pyfunc(folder: ModelFolder, model: Model, config: dict[str, Any]) -> PythonModelWrapper:
    """What `jupyter_mlops.pyfunc` calls for MLflow's two loaders of Python code."""
    options = model.flavors["python_function"]
    artifacts = {name: folder.path(info["path"]) for name, info in (options.get("artifacts") or {}).items()}
    with folder.trusting(), mlflow_is_ours():
        if code := options.get("model_code_path"):
            path = os.path.basename(str(code))  # MLflow writes the path that it had when it was saved
            folder.need_trust(path, "Python code")
            python_model = as_python_model(run_model_code(folder.read(path), path, config))
        else:
            python_model = _unpickle(folder, options)
        return PythonModelWrapper(python_model, PythonModelContext(artifacts, config))


def _unpickle(folder: ModelFolder, options: Mapping[str, Any]) -> Any:
    path, compression = options.get("python_model"), options.get("python_model_compression")
    if not isinstance(path, str):
        raise MlflowException("MLmodel does not say which file holds the Python model.")
    if compression is not None and str(compression) not in _COMPRESSIONS:
        raise InvalidParameter(f"Unknown python_model_compression {compression!r}: expected lzma, bzip2 or gzip.")
    folder.need_trust(path, "cloudpickle")
    content = folder.read(path)
    if compression is not None:
        content = importlib.import_module(_COMPRESSIONS[str(compression)]).decompress(content)
    return as_python_model(load_pickle(content))
