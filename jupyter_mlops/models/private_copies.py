"""Copies of a model's verified files, for code that reads them itself: nobody else can change them after the check."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath

from jupyter_mlops.entities.own_folders import is_ours

__all__ = ["is_ours_alone", "private_copy"]

_places: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}  # by the names and digests of what is in them


def private_copy(digests: Mapping[str, str], copy: Callable[[str, str], object], prefix: str = "mlops-model-") -> str:
    """A folder with these files that lasts as long as the process; the one of before when it has the same.

    Parameters
    ----------
    digests : mapping of str to str
        Relative paths, and what is in them.
    copy : callable
        Copies a file of that path to a path; raises when it is another than it was.
    prefix : str
        Of the folder's name.
    """
    key = prefix, tuple(sorted(digests.items()))
    if key not in _places:
        place = tempfile.mkdtemp(prefix=prefix)
        atexit.register(shutil.rmtree, place, ignore_errors=True)
        for inside in digests:
            target = os.path.join(place, inside)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            copy(inside, target)
        _places[key] = place
    return _places[key]


def is_ours_alone(root: str, paths: Iterable[str]) -> bool:
    """Whether nobody but this user and the administrator can change these files of a folder, or put others there."""
    files = map(PurePath, paths)
    inside = {part for file in files for part in (file, *file.parents)}  # the last parent is ".", the folder itself
    above = PurePath(root).parents
    return all(is_ours(PurePath(root, part)) for part in inside) and all(is_ours(path, may_be_sticky=True) for path in above)
