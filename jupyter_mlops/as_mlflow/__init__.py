"""``import mlflow`` means this package: for scripts and libraries that nobody wants to edit.

``python -m jupyter_mlops.as_mlflow script.py [arguments]`` runs a script so; `install_as_mlflow` does it from within.
Each ``mlflow.x`` is our module ``jupyter_mlops.x``, the same object; `deep_names` has what integrations reach for deeper
inside MLflow, and has no such place here. Imports whatever users import; imported by nobody.
"""

from __future__ import annotations

import importlib
import pathlib
import sys

from jupyter_mlops.as_mlflow.deep_names import add_deep_names
from jupyter_mlops.errors import InvalidState
from jupyter_mlops.finders import THEIRS, Finder

__all__ = ["CHILDREN", "install_as_mlflow"]

# On the path it answers libraries that ask importlib.metadata, accelerate for one, and child processes, which have no Finder.
CHILDREN = str(pathlib.Path(__file__).parent / "children")
_finder = Finder()


def install_as_mlflow() -> None:
    """Make ``import mlflow`` mean this package in this process, whether or not MLflow is installed.

    Raises
    ------
    InvalidState
        The real MLflow is imported already.

    Notes
    -----
    A second call changes nothing. Processes that `multiprocessing` starts have it too, and all that a script starts that is
    run by ``python -m jupyter_mlops.as_mlflow``. ``mlflow.__version__``, and what
    `importlib.metadata` says of ``mlflow``, is the version of MLflow that this package stands in for.

    Examples
    --------
    At the top of a notebook or script::

        import jupyter_mlops

        jupyter_mlops.install_as_mlflow()
        import mlflow  # ours, here and in every library
    """
    if _finder in sys.meta_path:
        return
    if THEIRS in sys.modules:
        raise InvalidState("mlflow is imported already: call install_as_mlflow() before anything imports it.")
    sys.meta_path.insert(0, _finder)
    sys.path.insert(1, CHILDREN)  # `multiprocessing` hands it on
    importlib.import_module(THEIRS)
    for name in ("entities", "exceptions", "tracking"):  # users reach these through the root without an import
        importlib.import_module(f"{THEIRS}.{name}")
    add_deep_names()
