"""The steps of saving a model that all flavors share."""

from __future__ import annotations

import logging
import os
import shutil
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from jupyter_mlops.errors import AlreadyExists, InvalidParameter, NotFound
from jupyter_mlops.models.enforcement import fit_input
from jupyter_mlops.models.examples import split_params, write_example
from jupyter_mlops.models.models import MLMODEL_FILE, Model
from jupyter_mlops.models.requirements import Requirements, write_requirements
from jupyter_mlops.models.signatures import ModelSignature, infer_signature
from jupyter_mlops.models.trust import SIGNATURE_FILE, sign_folder

__all__ = ["Given", "save_folder"]

_log = logging.getLogger(__name__)


class Given(NamedTuple):
    """What a user gave beside the model itself."""

    signature: ModelSignature | bool | None = None
    input_example: Any = None
    metadata: dict[str, Any] | None = None
    code_paths: Sequence[str] | None = None


def save_folder(
    path: str | os.PathLike[str],
    model: Model,
    given: Given,
    needed: Requirements,
    write: Callable[[str], None],
    add_flavors: Callable[[Model, str | None], None],
    predict: Callable[[Any], Any] | None,
) -> None:
    """Write a model's folder and sign it; nothing is left of it when that fails.

    Parameters
    ----------
    path : str or path
        Not there yet, or empty.
    needed : Requirements
    write : callable
        Writes the model's own files to the folder.
    add_flavors : callable
        Adds the flavors to the model, given where the code lies.
    predict : callable, optional
        Used to infer a signature from an input example.

    Raises
    ------
    AlreadyExists
        There is something at `path`.
    InvalidParameter
        The input example is not what the signature says, or the signature is none.
    """
    folder = os.path.abspath(os.fspath(path))
    if os.path.exists(folder) and (not os.path.isdir(folder) or os.listdir(folder)):
        raise AlreadyExists(f"Path {folder!r} already exists and is not empty: choose another, or delete it first.")
    os.makedirs(folder, exist_ok=True)
    try:
        code = _copy_code(folder, given.code_paths)
        _describe(folder, model, given, predict)
        write(folder)
        add_flavors(model, code)
        write_requirements(folder, needed)
        model.model_size_bytes = _size(folder)
        model.save(os.path.join(folder, MLMODEL_FILE))
        sign_folder(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _describe(folder: str, model: Model, given: Given, predict: Callable[[Any], Any] | None) -> None:
    if given.metadata is not None:
        model.metadata = given.metadata
    if given.input_example is not None:
        model.saved_input_example_info = write_example(folder, given.input_example)
    if isinstance(given.signature, ModelSignature):
        model.signature = given.signature
        if given.input_example is not None and predict is not None:
            fit_input(split_params(given.input_example)[0], given.signature.inputs)
    elif given.signature is None and given.input_example is not None and predict is not None:
        model.signature = _signature_of(given.input_example, predict)
    elif given.signature not in (None, False):
        raise InvalidParameter(f"signature is a ModelSignature, or False for none, not {given.signature!r}.")


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


def _copy_code(folder: str, code_paths: Sequence[str] | None) -> str | None:
    if not code_paths:
        return None
    if isinstance(code_paths, str):
        raise InvalidParameter(f"code_paths is a list of paths, not {code_paths!r}.")
    target = os.path.join(folder, "code")
    os.makedirs(target)
    for source in map(os.path.abspath, code_paths):
        place = os.path.join(target, os.path.basename(source))
        if os.path.isdir(source):
            shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__"))
        elif os.path.isfile(source):
            shutil.copyfile(source, place)
        else:
            raise NotFound(f"There is no file or folder {source!r} to save with the model.")
    return "code"


def _size(folder: str) -> int:
    return sum(
        os.path.getsize(os.path.join(place, name))
        for place, _, names in os.walk(folder)
        for name in names
        if name != SIGNATURE_FILE
    )
