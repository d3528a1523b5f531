"""Code that was saved with a model, made importable for it."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile

from jupyter_mlops.models.copies import check_module_names
from jupyter_mlops.models.trust import ModelFolder

__all__ = ["add_code"]

_PREFIX = "mlops-code-"


def add_code(folder: ModelFolder, code: str | None) -> None:
    """Put a model's code on ``sys.path``: a private copy of the verified files, which nobody can change afterwards.

    Modules of the same names that came with another model are forgotten, so that each model gets its own.

    Raises
    ------
    UntrustedModel
        There is code, and nobody vouches for it.
    InvalidParameter
        It would hide a module of Python itself.
    """
    if not code:
        return
    folder.path(code)
    folder.need_trust(code, "Python code")
    paths = {path: os.path.relpath(path, code) for path in folder.files(code)}
    tops = {inside.split(os.sep)[0] for inside in paths.values()}
    check_module_names(tops)
    place = tempfile.mkdtemp(prefix=_PREFIX)
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    for path, inside in paths.items():
        target = os.path.join(place, inside)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(folder.read(path))
    _forget({top.partition(".")[0] for top in tops})
    sys.path.insert(0, place)


def _forget(tops: set[str]) -> None:
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in tops and _PREFIX in str(getattr(module, "__file__", None)):
            del sys.modules[name]
