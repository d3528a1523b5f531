"""Code that was saved with a model, made importable for it."""

from __future__ import annotations

import os
import sys

from jupyter_mlops.models.copies import check_module_names
from jupyter_mlops.models.private_copies import private_copy
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
    folder.within(code)
    folder.need_trust(code, "Python code")
    paths = {os.path.relpath(path, code): path for path in folder.files(code)}
    tops = {inside.split(os.sep)[0] for inside in paths}
    check_module_names(tops)
    digests = {inside: folder.digest(path) for inside, path in paths.items()}
    place = private_copy(digests, lambda inside, target: folder.copy(paths[inside], target), _PREFIX)
    if place in sys.path:
        sys.path.remove(place)
    sys.path.insert(0, place)
    _forget({top.partition(".")[0] for top in tops}, place)


def _forget(tops: set[str], place: str) -> None:
    for name, module in list(sys.modules.items()):
        path = str(getattr(module, "__file__", None))
        if name.partition(".")[0] in tops and _PREFIX in path and not path.startswith(place + os.sep):
            del sys.modules[name]
