"""The program that a run is made by."""

from __future__ import annotations

import functools
import os
import sys

from jupyter_mlops.context.git import work_tree
from jupyter_mlops.context.notebooks import is_notebook, notebook_path
from jupyter_mlops.entities.tags import SOURCE_NAME_TAG, SOURCE_TYPE_TAG

__all__ = ["program_tags", "program_tree"]


def program_tags() -> dict[str, str]:
    """Name and kind of the program, under MLflow's names; arguments may hold secrets and are never among them."""
    if is_notebook():
        return {SOURCE_NAME_TAG: os.path.basename(notebook_path() or "notebook"), SOURCE_TYPE_TAG: "NOTEBOOK"}
    return {SOURCE_NAME_TAG: sys.argv[0] or "<console>", SOURCE_TYPE_TAG: "LOCAL"}


def program_tree() -> str | None:
    """The work tree of the program's code: that of the script's folder, else that of the current one; None outside of one."""
    script = None if is_notebook() else getattr(sys.modules.get("__main__"), "__file__", None)
    return (script and _script_tree(script)) or work_tree(os.getcwd())


@functools.cache
def _script_tree(script: str) -> str | None:
    """Programs that are installed with Python itself, such as pytest or unittest, are none of the user's code."""
    folder = os.path.dirname(os.path.abspath(script))
    installed = (sys.prefix, os.path.dirname(os.__file__))  # of a virtual environment, and of the Python that it is made of
    return None if any(f"{folder}/".startswith(f"{place}/") for place in installed) else work_tree(folder)
