"""What a flavor is made of: see ``docs/flavors.md`` for one of your own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.models.code import add_code
from jupyter_mlops.models.mismatches import warn_of_mismatches
from jupyter_mlops.models.models import Model
from jupyter_mlops.models.saving import Given, Parts, save_folder
from jupyter_mlops.models.trust import ModelFolder
from jupyter_mlops.pyfunc.pyfunc_models import add_pyfunc
from jupyter_mlops.registry.uris import MLMODEL_FILE, resolve_model_uri
from jupyter_mlops.tracking.model_loads import note_load

__all__ = ["open_flavor", "save_flavor"]

_TYPES: dict[str, type] = {
    "code data loader_module model_code_path model_path pickled_model predict_fn predict_stream_fn python_model": str,
    "artifacts config": dict,
}


def save_flavor(
    path: str | os.PathLike[str],
    given: Given,
    *,
    name: str,
    options: Mapping[str, Any],
    pyfunc: Mapping[str, Any] | None,
    packages: Callable[[], Iterable[str]],
    write: Callable[[str], None],
    predict: Callable[[Any], Any] | None = None,
) -> None:
    """Save a model of a flavor, which is also one of ``python_function`` unless `pyfunc` is None.

    Parameters
    ----------
    path : str or path
        Not there yet, or empty.
    given : Given
        What the user gave beside the model.
    name : str
        The flavor.
    options : dict
        What the flavor needs to know to load the model.
    pyfunc : dict or None
        The same for ``python_function``: where the model lies in the folder (``data`` or ``model_path``), its
        ``predict_fn``; ``loader_module`` when it is not ``mlflow.<name>``.
    packages : callable
        Names of the packages that the model needs; asked when the user names none.
    write : callable
        Writes the model's own files to a folder.
    predict : callable, optional
        Used to infer a signature from an input example.

    Raises
    ------
    AlreadyExists
        There is something at `path`.
    InvalidParameter
        What the user gave is contradictory or no such thing.
    """

    def add_flavors(model: Model, code: str | None, extra: dict[str, Any]) -> None:
        if pyfunc is not None:
            add_pyfunc(model, **{"loader_module": f"mlflow.{name}", "code": code, **pyfunc})
        model.add_flavor(name, **options, code=code, **extra)

    save_folder(path, given, Parts(packages, write, add_flavors, predict))


def open_flavor(
    model_uri: str | os.PathLike[str],
    flavor: str,
    dst_path: str | None = None,
    trust: bool = False,
    suppress_warnings: bool = False,
) -> tuple[ModelFolder, Model]:
    """A model's folder and its ``MLmodel``; its code can be imported, nothing else of the model is loaded yet.

    Parameters
    ----------
    model_uri : str or path
        ``runs:/<run id>/<path>``, ``models:/<name>/<version>``, ``models:/<name>@<alias>``, or a folder.
    flavor : str
        One that the model must have.
    dst_path : str, optional
        Folder to copy the model to.
    trust : bool, default False
        Whether the caller vouches for the folder.
    suppress_warnings : bool, default False
        Say nothing of other versions of Python and of packages than the model was saved with.

    Raises
    ------
    NotFound
        There is no such model, or not with this flavor.
    UntrustedModel
        It comes with code that this user has not signed.
    InvalidParameter
        ``MLmodel`` cannot be read, or says what no loader could mean.
    """
    folder = ModelFolder(resolve_model_uri(model_uri, dst_path), trust)
    if not folder.has(MLMODEL_FILE):
        raise NotFound(f"There is no model at {os.fspath(model_uri)!r}: it has no file {MLMODEL_FILE}.")
    model = Model.from_yaml(folder.read(MLMODEL_FILE))
    if flavor not in model.flavors:
        raise NotFound(f"The model at {os.fspath(model_uri)!r} has no flavor {flavor!r}, only {sorted(model.flavors)}.")
    _check_options(model.flavors[flavor])
    if not suppress_warnings:
        warn_of_mismatches(folder, model)
    add_code(folder, model.flavors[flavor].get("code"))
    note_load(model_uri)
    return folder, model


def _check_options(options: Mapping[str, Any]) -> None:
    """Refuse options of another type than loaders count on, and calls of what is not public."""
    for names, kind in _TYPES.items():
        for name in names.split():
            if not isinstance(options.get(name), (kind, type(None))):
                raise InvalidParameter(f"{name} in MLmodel is a {kind.__name__}, not {options[name]!r}.")
    for name in ("predict_fn", "predict_stream_fn"):
        function = options.get(name) or "predict"
        if not function.isidentifier() or function.startswith("_"):
            raise InvalidParameter(f"{name} in MLmodel is the name of a public method, not {function!r}.")
    artifacts = (options.get("artifacts") or {}).values()
    if not all(isinstance(info, dict) and isinstance(info.get("path"), str) for info in artifacts):
        raise InvalidParameter("artifacts in MLmodel are a mapping of names to path and uri.")
