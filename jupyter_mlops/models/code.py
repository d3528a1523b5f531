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
_places: dict[tuple[tuple[str, str], ...], str] = {}  # by the names and digests of what is in them


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
    place = _place_of(folder, paths)
    if place in sys.path:
        sys.path.remove(place)
    sys.path.insert(0, place)
    _forget({top.partition(".")[0] for top in tops}, place)


def _place_of(folder: ModelFolder, paths: dict[str, str]) -> str:
    """The folder with these files; the one of before when the same were added before."""
    key = tuple(sorted((inside, folder.digest(path)) for path, inside in paths.items()))
    if key not in _places:
        place = tempfile.mkdtemp(prefix=_PREFIX)
        atexit.register(shutil.rmtree, place, ignore_errors=True)
        for path, inside in paths.items():
            target = os.path.join(place, inside)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(folder.read(path))
        _places[key] = place
    return _places[key]


def _forget(tops: set[str], place: str) -> None:
    for name, module in list(sys.modules.items()):
        path = str(getattr(module, "__file__", None))
        if name.partition(".")[0] in tops and _PREFIX in path and not path.startswith(place + os.sep):
            del sys.modules[name]
