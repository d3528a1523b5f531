"""The steps of saving a model that all flavors share."""

from __future__ import annotations

import inspect
import logging
import os
import shutil
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypedDict, TypeVar

from jupyter_mlops.data.columns import input_names
from jupyter_mlops.data.profiles import keep_profile
from jupyter_mlops.errors import AlreadyExists, InvalidParameter
from jupyter_mlops.models.copies import copy_code, copy_extra_files
from jupyter_mlops.models.enforcement import fit_input, fit_params
from jupyter_mlops.models.examples import split_params, write_example
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.requirements import plan_requirements, write_requirements
from jupyter_mlops.models.signatures import ModelSignature, infer_signature
from jupyter_mlops.models.trust import SIGNATURE_FILE, sign_folder
from jupyter_mlops.registry.uris import MLMODEL_FILE
from jupyter_mlops.types.inference import is_instance_of

__all__ = ["Given", "LogGiven", "Parts", "save_folder", "spelled_out"]

_log = logging.getLogger(__name__)
_Function = TypeVar("_Function", bound=Callable[..., Any])
_Pip = Sequence[str] | str | os.PathLike[str] | None


class Given(TypedDict, total=False):
    """What ``save_model`` of every flavor takes beside the model itself.

    Attributes
    ----------
    conda_env : dict or path
        The environment, instead of the packages found here.
    pip_requirements, extra_pip_requirements : list of str or path
        Instead of, or in addition to, the packages found here. Only one of these and `conda_env`; ``-r`` and ``-c`` name
        files of requirements and constraints.
    code_paths : list of path
        Files and folders of code that the model needs.
    extra_files : list of path or URI
        Files to keep with the model below ``extra_files``.
    signature : ModelSignature or False
        Inferred from `input_example` by default; False for none.
    input_example : DataFrame, ndarray, sparse matrix, JSON, or tuple of one of them and a dict of params
    metadata : dict
    mlflow_model : Model
        To add the flavor to.
    training_data : DataFrame, ndarray, list or dict
        The features that the model was fitted on. What they look like is kept with it (shares of rows between numbers and of frequent
        values, no whole row) for `serving.monitor` to compare requests with, see `jupyter_mlops.data.profiles.profile_of`.
    """

    conda_env: dict[str, Any] | str | os.PathLike[str] | None
    code_paths: Sequence[str | os.PathLike[str]] | None
    mlflow_model: Model | None
    signature: ModelSignature | bool | None
    input_example: Any
    pip_requirements: _Pip
    extra_pip_requirements: _Pip
    extra_files: Sequence[str | os.PathLike[str]] | None
    metadata: dict[str, Any] | None
    training_data: Any


class LogGiven(Given, total=False):
    """What ``log_model`` of every flavor takes beside the model and `artifact_path`.

    Attributes
    ----------
    name : str
        The same as `artifact_path`.
    registered_model_name : str
        Make it the next version of this registered model, which is created when it is not there.
    run_id : str
        A run instead of the active one.
    params, tags, model_type, step, model_id
        Of MLflow 3, which has models beside runs; not kept, which a warning says.
    """

    registered_model_name: str | None
    await_registration_for: int
    name: str | None
    run_id: str | None
    params: dict[str, Any] | None
    tags: dict[str, Any] | None
    model_type: str | None
    step: int
    model_id: str | None


def spelled_out(given: Any) -> Callable[[_Function], _Function]:
    """Show the keys of ``**given`` in a function's signature, as help and completion in notebooks read it.

    Parameters
    ----------
    given : type
        The TypedDict.

    Examples
    --------
    >>> @spelled_out(Given)
    ... def save_model(model, path, **given): ...
    >>> list(inspect.signature(save_model).parameters)[:4]
    ['model', 'path', 'conda_env', 'code_paths']
    """

    def spell(function: _Function) -> _Function:
        signature = inspect.signature(function)
        own = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
        defaults = {"await_registration_for": 300, "step": 0}
        more = [
            inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY, default=defaults.get(n)) for n in given.__annotations__
        ]
        function.__signature__ = signature.replace(parameters=own + more)  # type: ignore[attr-defined]
        return function

    return spell


class Parts(NamedTuple):
    """What a flavor adds to a model's folder.

    Attributes
    ----------
    packages : callable
        Names of the packages that the model needs; asked when the user names none.
    write : callable
        Writes the model's own files to the folder.
    add_flavors : callable
        Adds the flavors to the model; takes the `Model`, the folder with code or None, and the extra files' options.
    predict : callable, optional
        Used to infer a signature from an input example.
    """

    packages: Callable[[], Iterable[str]]
    write: Callable[[str], None]
    add_flavors: Callable[[Model, str | None, dict[str, Any]], None]
    predict: Callable[[Any], Any] | None = None


def save_folder(path: str | os.PathLike[str], given: Given, parts: Parts) -> None:
    """Write a model's folder and sign it; nothing is left of it when that fails.

    Parameters
    ----------
    path : str or path
        Not there yet, or empty.
    given : Given
    parts : Parts

    Raises
    ------
    TypeError
        An argument that no flavor takes.
    AlreadyExists
        There is something at `path`.
    InvalidParameter
        The input example is not what the signature says, the signature is none, the training data are no table, or more than one kind
        of requirements.
    """
    if unknown := [name for name in given if name not in Given.__annotations__]:
        raise TypeError(f"save_model() got an unexpected keyword argument {unknown[0]!r}.")
    folder = os.path.abspath(os.fspath(path))
    if os.path.exists(folder) and (not os.path.isdir(folder) or os.listdir(folder)):
        raise AlreadyExists(f"Path {folder!r} already exists and is not empty: choose another, or delete it first.")
    os.makedirs(folder, exist_ok=True)
    try:
        _fill(folder, given, parts)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _fill(folder: str, given: Given, parts: Parts) -> None:
    model = given.get("mlflow_model") or Model()
    code = copy_code(folder, given.get("code_paths"))
    extra = copy_extra_files(folder, given.get("extra_files"))
    parts.write(folder)
    _describe(folder, model, given, parts.predict)
    parts.add_flavors(model, code, extra)
    example = split_params(given.get("input_example"))[0]
    frames = ["pandas"] if is_instance_of(example, "pandas", "DataFrame", "Series") else []
    needed = plan_requirements(
        lambda: [*parts.packages(), *frames], given.get("conda_env"), given.get("pip_requirements"),
        given.get("extra_pip_requirements"),
    )  # fmt: skip
    write_requirements(folder, needed)
    model.model_size_bytes = _size(folder)
    model.save(os.path.join(folder, MLMODEL_FILE))
    sign_folder(folder)


def _describe(folder: str, model: Model, given: Given, predict: Callable[[Any], Any] | None) -> None:
    if (metadata := given.get("metadata")) is not None:
        model.metadata = metadata
    example, signature = given.get("input_example"), given.get("signature")
    if example is not None:
        model.saved_input_example_info = write_example(folder, example)
    if isinstance(signature, ModelSignature):
        model.signature = signature
        if example is not None and predict is not None:
            data, params = split_params(example)
            fit_input(data, signature.inputs)
            fit_params(params, signature.params)
    elif signature not in (None, False):
        raise InvalidParameter(f"signature is a ModelSignature, or False for none, not {signature!r}.")
    elif signature is None and model.signature is None and example is not None and predict is not None:
        model.signature = _signature_of(example, predict)
    if (training := given.get("training_data")) is not None:
        keep_profile(training, folder, input_names(model.get_input_schema()))


def _signature_of(example: Any, predict: Callable[[Any], Any]) -> ModelSignature | None:
    data, params = split_params(example)
    try:
        output = predict(data)
        if getattr(output, "ndim", 0) == 1 and hasattr(output, "tolist") and not hasattr(output, "iloc"):
            import pandas as pd  # a plain vector of predictions counts as one column

            output = pd.Series(output)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return infer_signature(data, output, params)
    except Exception as error:  # the model is the user's code
        _log.warning("The signature could not be inferred from the input example: %s: %s", type(error).__name__, error)
        return None


def _size(folder: str) -> int:
    return sum(
        os.path.getsize(os.path.join(place, name))
        for place, _, names in os.walk(folder)
        for name in names
        if name != SIGNATURE_FILE
    )
