"""What answers Python's questions for ``mlflow``."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import pathlib
import types
from collections.abc import Sequence

__all__ = ["CHILDREN", "OURS", "THEIRS", "Finder"]

OURS, THEIRS = "jupyter_mlops", "mlflow"
# On the path it answers libraries that ask importlib.metadata, accelerate for one, and child processes, which have no Finder.
CHILDREN = str(pathlib.Path(__file__).parent / "children")


class _Loader(importlib.abc.Loader):
    """Gives a module of ours under MLflow's name, and leaves it as it was."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return self._module

    def exec_module(self, module: types.ModuleType) -> None:
        module.__spec__ = self._spec


class Finder(importlib.abc.MetaPathFinder):
    """Finds ``mlflow`` and what is in it among our modules; first in `sys.meta_path`, it comes before an installed MLflow."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != THEIRS and not fullname.startswith(THEIRS + "."):
            return None
        ours = OURS + fullname.removeprefix(THEIRS)
        if not _is_there(ours):
            return None
        module = importlib.import_module(ours)
        return importlib.machinery.ModuleSpec(fullname, _Loader(module), is_package=hasattr(module, "__path__"))


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # what it is in is not there
        return False
