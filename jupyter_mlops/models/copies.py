"""Files of the user's that are kept with a model: code, and whatever else."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from jupyter_mlops.artifacts.downloads import download_artifacts
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, NotFound

__all__ = ["brought_here", "check_module_names", "copy_code", "copy_extra_files", "copy_in"]

_CODE, _EXTRA = "code", "extra_files"


def copy_code(folder: str, code_paths: Sequence[str | os.PathLike[str]] | None) -> str | None:
    """Copy files and folders of code to a model's folder ``code``; returns that name when there are any.

    Raises
    ------
    InvalidParameter
        No list, or a module that would hide one of Python's own.
    NotFound
        One of them is not there.
    """
    if not code_paths:
        return None
    if isinstance(code_paths, (str, os.PathLike)):
        raise InvalidParameter(f"code_paths is a list of paths, not {code_paths!r}.")
    check_module_names(os.path.basename(os.path.abspath(source)) for source in code_paths)
    for source in code_paths:
        copy_in(source, os.path.join(folder, _CODE))
    return _CODE


def check_module_names(entries: Iterable[str]) -> None:
    """Refuse files and folders beside each other whose import would give them in place of a module of Python itself.

    Raises
    ------
    InvalidParameter
        There is one.
    """
    for entry in entries:
        name = entry.partition(".")[0]
        if name in sys.stdlib_module_names:
            raise InvalidParameter(
                f"The model's code {entry!r} would hide Python's own module {name!r} from everything in this process: "
                "give it another name."
            )


def copy_extra_files(folder: str, extra_files: Sequence[str | os.PathLike[str]] | None) -> dict[str, Any]:
    """Copy files by path or URI to a model's folder ``extra_files``; returns the flavor's option that lists them."""
    if not extra_files:
        return {}
    if isinstance(extra_files, (str, os.PathLike)):
        raise InvalidParameter(f"extra_files is a list of paths, not {extra_files!r}.")
    places = [copy_in(brought_here(source), os.path.join(folder, _EXTRA)) for source in extra_files]
    return {_EXTRA: [{"path": os.path.relpath(place, folder).replace(os.sep, "/")} for place in places]}


def brought_here(source: str | os.PathLike[str]) -> str:
    """Local path of a file or folder given by path or URI; what lies elsewhere is downloaded.

    Raises
    ------
    NotFound
        It is not there.
    """
    if isinstance(source, os.PathLike) or os.path.exists(source):
        return os.fspath(source)
    return download_artifacts(source)


def copy_in(source: str | os.PathLike[str], target: str) -> str:
    """Copy a file or folder into a folder, under its own name; returns where it is now.

    Raises
    ------
    NotFound
        It is not there.
    AlreadyExists
        Another one of that name was copied before.
    """
    source = os.path.abspath(source)
    place = os.path.join(target, os.path.basename(source))
    if os.path.exists(place):
        raise AlreadyExists(
            f"Two files to be saved with the model are called {os.path.basename(source)!r}: rename one."
        )
    os.makedirs(target, exist_ok=True)
    if os.path.isdir(source):
        shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__"))
    elif os.path.isfile(source):
        shutil.copyfile(source, place)
    else:
        raise NotFound(f"There is no file or folder {source!r} to save with the model.")
    return place
