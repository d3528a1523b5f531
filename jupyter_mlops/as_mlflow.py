"""``import mlflow`` means this package: for scripts and libraries that nobody wants to edit.

``python -m jupyter_mlops.as_mlflow script.py [arguments]`` runs a script so; `install_as_mlflow` does it from within.
Each ``mlflow.x`` is our module ``jupyter_mlops.x``, the same object. What integrations reach for deeper inside MLflow, and
has no such place here, stands in `_DEEP`.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import runpy
import sys
import types
from collections.abc import Sequence
from typing import Any

from jupyter_mlops.errors import InvalidState

__all__ = ["install_as_mlflow", "main"]

_OURS, _THEIRS = "jupyter_mlops", "mlflow"
_TAGS = {
    "MLFLOW_ARTIFACT_LOCATION": "mlflow.artifactLocation",
    "MLFLOW_AUTOLOGGING": "mlflow.autologging",
    "MLFLOW_DATASET_CONTEXT": "mlflow.data.context",
    "MLFLOW_GIT_BRANCH": "mlflow.source.git.branch",
    "MLFLOW_GIT_COMMIT": "mlflow.source.git.commit",
    "MLFLOW_GIT_REPO_URL": "mlflow.source.git.repoURL",
    "MLFLOW_LOGGED_ARTIFACTS": "mlflow.loggedArtifacts",
    "MLFLOW_LOGGED_IMAGES": "mlflow.loggedImages",
    "MLFLOW_LOGGED_MODELS": "mlflow.log-model.history",
    "MLFLOW_PARENT_RUN_ID": "mlflow.parentRunId",
    "MLFLOW_PROJECT_BACKEND": "mlflow.project.backend",
    "MLFLOW_PROJECT_ENTRY_POINT": "mlflow.project.entryPoint",
    "MLFLOW_PROJECT_ENV": "mlflow.project.env",
    "MLFLOW_RUN_NAME": "mlflow.runName",
    "MLFLOW_RUN_NOTE": "mlflow.note.content",
    "MLFLOW_SOURCE_NAME": "mlflow.source.name",
    "MLFLOW_SOURCE_TYPE": "mlflow.source.type",
    "MLFLOW_USER": "mlflow.user",
}
_LIMITS = {
    "MAX_BATCH_LOG_REQUEST_SIZE": 1_000_000,
    "MAX_ENTITIES_PER_BATCH": 1000,
    "MAX_ENTITY_KEY_LENGTH": 250,
    "MAX_EXPERIMENT_TAG_KEY_LENGTH": 250,
    "MAX_EXPERIMENT_TAG_VAL_LENGTH": 20_000,
    "MAX_METRICS_PER_BATCH": 1000,
    "MAX_PARAMS_TAGS_PER_BATCH": 100,
    "MAX_PARAM_VAL_LENGTH": 6000,
    "MAX_TAG_VAL_LENGTH": 8000,
}
# By module what it holds: constants, or names of ours as "module:name".
_DEEP: dict[str, dict[str, Any]] = {
    "mlflow.store": {},
    "mlflow.store.entities": {"PagedList": "entities.pages:PagedList"},
    "mlflow.store.entities.paged_list": {"PagedList": "entities.pages:PagedList"},
    "mlflow.tracking.context": {},
    "mlflow.tracking.context.registry": {"resolve_tags": "context.sources:resolve_tags"},
    "mlflow.utils": {},
    "mlflow.utils.mlflow_tags": _TAGS,
    "mlflow.utils.validation": _LIMITS,
}


class _Loader(importlib.abc.Loader):
    """Gives a module of ours under MLflow's name, and leaves it as it was."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return self._module

    def exec_module(self, module: types.ModuleType) -> None:
        module.__spec__ = self._spec


class _Finder(importlib.abc.MetaPathFinder):
    """Finds ``mlflow`` and what is in it among our modules."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != _THEIRS and not fullname.startswith(_THEIRS + "."):
            return None
        ours = _OURS + fullname.removeprefix(_THEIRS)
        if importlib.util.find_spec(ours) is None:
            return None
        module = importlib.import_module(ours)
        return importlib.machinery.ModuleSpec(fullname, _Loader(module), is_package=hasattr(module, "__path__"))


def install_as_mlflow() -> None:
    """Make ``import mlflow`` mean this package in this process, whether or not MLflow is installed.

    Raises
    ------
    InvalidState
        The real MLflow is imported already.

    Notes
    -----
    A second call changes nothing. Child processes do it for themselves.

    Examples
    --------
    At the top of a notebook or script::

        import jupyter_mlops

        jupyter_mlops.install_as_mlflow()
        import mlflow  # ours, here and in every library
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    if _THEIRS in sys.modules:
        raise InvalidState("mlflow is imported already: call install_as_mlflow() before anything imports it.")
    sys.meta_path.insert(0, _Finder())
    importlib.import_module(_THEIRS)
    for name in ("entities", "exceptions", "tracking"):  # users reach these through the root without an import
        importlib.import_module(f"{_THEIRS}.{name}")
    for name, names in _DEEP.items():
        _make_deep(name, names)


def _make_deep(name: str, names: dict[str, Any]) -> None:
    module = types.ModuleType(name, "Names of MLflow that integrations import.")
    module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
    module.__path__ = []
    for key, value in names.items():
        setattr(module, key, _ours(value) if isinstance(value, str) and ":" in value else value)
    sys.modules[name] = module
    parent, _, last = name.rpartition(".")
    setattr(sys.modules[parent], last, module)


def _ours(place: str) -> Any:
    home, _, name = place.partition(":")
    return getattr(importlib.import_module(f"{_OURS}.{home}"), name)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``script.py [arguments]`` or ``-m module [arguments]`` with our package as ``mlflow``."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if not arguments or arguments == ["-m"] or arguments[0] in ("-h", "--help"):
        sys.exit("usage: python -m jupyter_mlops.as_mlflow [-m MODULE | SCRIPT] [ARGUMENT]...")
    install_as_mlflow()
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path[0] = os.path.dirname(os.path.abspath(arguments[0]))  # as Python does for a script
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    main()
