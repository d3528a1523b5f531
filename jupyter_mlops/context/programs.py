"""The program that a run is made by."""

from __future__ import annotations

import os
import sys

from jupyter_mlops.context.git import work_tree
from jupyter_mlops.context.notebooks import is_notebook, notebook_path

__all__ = ["program_folder", "program_tags"]


def program_tags() -> dict[str, str]:
    """Name and kind of the program, under MLflow's names; arguments may hold secrets and are never among them."""
    if is_notebook():
        return {"mlflow.source.name": os.path.basename(notebook_path() or "notebook"), "mlflow.source.type": "NOTEBOOK"}
    return {"mlflow.source.name": sys.argv[0] or "<console>", "mlflow.source.type": "LOCAL"}


def program_folder() -> str:
    """Where the program's code lies, as far as git is concerned: the script's folder if that is a work tree, else the current one.

    Programs that are installed with Python itself, such as pytest, are none of the user's code.
    """
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    if script and not is_notebook():
        folder: str = os.path.dirname(os.path.abspath(script))
        if not folder.startswith(sys.prefix) and work_tree(folder):
            return folder
    return os.getcwd()
