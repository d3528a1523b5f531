"""What answers Python's questions for ``mlflow``: its modules, whether it is installed, and its version."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.metadata
import importlib.util
import pathlib
import types
from collections.abc import Iterable, Sequence

from jupyter_mlops.version import MLFLOW_VERSION

__all__ = ["CHILDREN", "OURS", "THEIRS", "Finder"]

OURS, THEIRS = "jupyter_mlops", "mlflow"
CHILDREN = pathlib.Path(__file__).parent / "children"  # on their PYTHONPATH, child processes find the same
# Libraries ask importlib.metadata as well as ``import``: accelerate for one.
_DISTRIBUTION = CHILDREN / f"{THEIRS}-{MLFLOW_VERSION}.dist-info"


class _Loader(importlib.abc.Loader):
    """Gives a module of ours under MLflow's name, and leaves it as it was."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return self._module

    def exec_module(self, module: types.ModuleType) -> None:
        module.__spec__ = self._spec


class Finder(importlib.metadata.DistributionFinder):
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

    def find_distributions(
        self, context: importlib.metadata.DistributionFinder.Context | None = None
    ) -> Iterable[importlib.metadata.Distribution]:
        name = context.name if context else None
        return [importlib.metadata.PathDistribution(_DISTRIBUTION)] if name is None or name.lower() == THEIRS else []


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # what it is in is not there
        return False
