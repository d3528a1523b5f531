"""What answers Python's questions for ``mlflow``: modules of ours, under MLflow's names."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
from collections.abc import Mapping, Sequence
from types import ModuleType

__all__ = ["OURS", "THEIRS", "Finder", "is_there"]

OURS, THEIRS = "jupyter_mlops", "mlflow"


class _Loader(importlib.abc.Loader):
    """Gives a module of ours under MLflow's name, and leaves it as it was."""

    def __init__(self, module: ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


class Finder(importlib.abc.MetaPathFinder):
    """Finds ``mlflow`` and what is in it among our modules; first in `sys.meta_path`, it comes before an installed MLflow.

    Parameters
    ----------
    homes : mapping of str to str
        Which of our modules stands for one of MLflow's, where that is not the one of the same name.

    Examples
    --------
    >>> finder = Finder({"mlflow.models.model": "jupyter_mlops.models.models"})
    >>> finder.home("mlflow.models.model"), finder.home("mlflow.entities")
    ('jupyter_mlops.models.models', 'jupyter_mlops.entities')
    """

    def __init__(self, homes: Mapping[str, str] | None = None) -> None:
        self._homes = homes or {}

    def home(self, theirs: str) -> str:
        """Name of our module for one of MLflow's, whether there is one or not."""
        return self._homes.get(theirs) or OURS + theirs.removeprefix(THEIRS)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] != THEIRS or not is_there(self.home(fullname)):
            return None
        module = importlib.import_module(self.home(fullname))
        has_more = hasattr(module, "__path__") or any(theirs.startswith(f"{fullname}.") for theirs in self._homes)
        return importlib.machinery.ModuleSpec(fullname, _Loader(module), is_package=has_more)


def is_there(name: str) -> bool:
    """Whether a module can be imported."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # what it is in is not there
        return False
