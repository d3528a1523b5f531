"""Which module and name of MLflow's is which of ours, for models that were made with one and are loaded with the other."""

from __future__ import annotations

import contextlib
import importlib
import sys
import threading
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from jupyter_mlops.errors import PackageMissing
from jupyter_mlops.finders import OURS, THEIRS, Finder, is_there

__all__ = ["mlflow_is_ours", "our_module", "our_name", "their_module", "their_name"]

# Where their module is not the one of the same name here.
_finder = Finder({
    "mlflow.models.model": "jupyter_mlops.models.models",
    "mlflow.models.signature": "jupyter_mlops.models.signatures",
    "mlflow.pyfunc.model": "jupyter_mlops.pyfunc.python_models",
    "mlflow.pyfunc.utils": "jupyter_mlops.pyfunc.type_hints",
    "mlflow.pyfunc.utils.data_validation": "jupyter_mlops.pyfunc.type_hints",
})
# Whose name there is another one; our modules have them by both.
_RENAMED = {"FunctionPythonModel": "_FunctionPythonModel", "validate_model_input": "_validate_model_input"}
# Doors of MLflow's that users import from; a name of ours is looked for behind them, in this order.
_DOORS = (
    "mlflow.pyfunc.model", "mlflow.pyfunc.utils.data_validation", "mlflow.pyfunc", "mlflow.models", "mlflow.types", "mlflow.exceptions", "mlflow.entities",
    "mlflow.artifacts", "mlflow.data", "mlflow.sklearn", "mlflow.pytorch", "mlflow.tensorflow", "mlflow.keras", "mlflow.xgboost",
    "mlflow.lightgbm", "mlflow.tracking", "mlflow",
)  # fmt: skip
_lock = threading.Lock()
_users = 0  # loads that go on at this moment


def our_module(theirs: str) -> ModuleType:
    """Our module for one of MLflow's; the real one where we have none and MLflow is installed.

    Raises
    ------
    PackageMissing
        Neither is there.
    """
    if is_there(_finder.home(theirs)):
        return importlib.import_module(_finder.home(theirs))
    return _real(theirs)


def our_name(module: str, name: str) -> Any:
    """Our object for one of MLflow's, by the module and name that a pickle has.

    Raises
    ------
    PackageMissing
        We have none.
    """
    if (module, name) == ("mlflow.models.signature", "_TypeHints"):  # of models that predicted before they were saved
        module, name = "mlflow.pyfunc.utils.data_validation", "Hints"
    place: Any = our_module(module)
    for part in name.split("."):
        if not hasattr(place, part):
            raise PackageMissing(f"The model uses {module}.{name} of MLflow, which has no counterpart here.")
        place = getattr(place, part)
    return place


def _real(module: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise PackageMissing(
            f"The model uses {module} of MLflow, which has no counterpart here: install mlflow to load it."
        ) from error


def their_module(ours: str) -> str | None:
    """MLflow's name of a module of ours, or of the folder that it is in; None where it has none."""
    theirs = THEIRS + ours.removeprefix(OURS)
    while theirs not in _DOORS and theirs.count(".") > 1:  # cloudpickle names models.models wherever models is used
        theirs = theirs.rpartition(".")[0]
    return theirs if theirs in _DOORS else None


def their_name(thing: Any) -> tuple[str, str] | None:
    """Module and name by which MLflow has a class or function of ours; None where it has none."""
    name = _RENAMED.get(thing.__name__, thing.__name__)
    for door in _DOORS:
        home = sys.modules.get(_finder.home(door))
        if home is not None and vars(home).get(name) is thing:
            return door, name
    return None


@contextlib.contextmanager
def mlflow_is_ours() -> Iterator[None]:
    """While a model is loaded, ``import mlflow`` in its code means this package, unless MLflow itself is installed."""
    entered = _enter()
    try:
        yield
    finally:
        if entered:
            _leave()


def _enter() -> bool:
    global _users
    with _lock:
        if not _users and (THEIRS in sys.modules or is_there(THEIRS)):
            return False
        _users += 1
        if _users == 1:
            sys.meta_path.insert(0, _finder)  # after Python's own, it would find our files a second time, as mlflow.models
        return True


def _leave() -> None:
    global _users
    with _lock:
        _users -= 1
        if not _users:
            sys.meta_path.remove(_finder)
            for name in [name for name in sys.modules if name.partition(".")[0] == THEIRS]:
                del sys.modules[name]
