"""Which module and name of MLflow's is which of ours, for models that were made with one and are loaded with the other."""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import threading
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

from jupyter_mlops.errors import PackageMissing

__all__ = ["mlflow_is_ours", "our_module", "our_name", "their_module", "their_name"]

OURS, THEIRS = "jupyter_mlops", "mlflow"
# Where their module is not the one of the same name here.
_MODULES = {
    "mlflow.models.model": "models.models",
    "mlflow.models.signature": "models.signatures",
    "mlflow.pyfunc.model": "pyfunc.python_models",
    "mlflow.pyfunc.utils": "pyfunc.type_hints",
    "mlflow.pyfunc.utils.data_validation": "pyfunc.type_hints",
}
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


def _home(theirs: str) -> str:
    return f"{OURS}.{_MODULES[theirs]}" if theirs in _MODULES else OURS + theirs.removeprefix(THEIRS)


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # what it is in is not there
        return False


def our_module(theirs: str) -> ModuleType:
    """Our module for one of MLflow's; the real one where we have none and MLflow is installed.

    Raises
    ------
    PackageMissing
        Neither is there.
    """
    if _is_there(_home(theirs)):
        return importlib.import_module(_home(theirs))
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
        home = sys.modules.get(_home(door))
        if home is not None and vars(home).get(name) is thing:
            return door, name
    return None


class _Loader(importlib.abc.Loader):
    """Gives a module of ours under MLflow's name, and leaves it as it was."""

    def __init__(self, module: ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] != THEIRS or not _is_there(_home(fullname)):
            return None
        module = importlib.import_module(_home(fullname))
        return importlib.machinery.ModuleSpec(fullname, _Loader(module), is_package=True)


_finder = _Finder()


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
        if not _users and (THEIRS in sys.modules or _is_there(THEIRS)):
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
