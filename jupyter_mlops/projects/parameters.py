"""Values for the parameters of an entry point: checked, all that is wrong told at once, and made ready for its command."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from jupyter_mlops.artifacts.downloads import download_artifacts
from jupyter_mlops.entities.uris import is_local, local_path
from jupyter_mlops.errors import ExecutionException
from jupyter_mlops.projects.definitions import EntryPoint
from jupyter_mlops.projects.folders import Folders

__all__ = ["Values", "check_values"]

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


class Values(msgspec.Struct, frozen=True):
    """Values of an entry point.

    Attributes
    ----------
    logged : dict of str to str
        As they were given, with defaults.
    used : dict of str to str
        As the command gets them: paths are absolute, and remote ones fetched.
    """

    logged: dict[str, str]
    used: dict[str, str]


def check_values(entry_point: EntryPoint, given: Mapping[str, Any], folder: str, folders: Folders) -> Values:
    """Check values and make them ready.

    Parameters
    ----------
    entry_point : EntryPoint
    given : mapping
        Values by name. Those that the entry point does not declare are kept as texts.
    folder : str
        The project's; paths that are defaults start there, paths that are given at the current folder.
    folders : Folders
        Makes a folder for what is fetched.

    Raises
    ------
    ExecutionException
        Some are missing or no such value; the message names all of them.

    Examples
    --------
    >>> from jupyter_mlops.projects.definitions import Parameter
    >>> point = EntryPoint("main", "python train.py {alpha}", (Parameter("alpha", "float", "0.5"),))
    >>> check_values(point, {"seed": 7}, ".", Folders()).used
    {'alpha': '0.5', 'seed': '7'}
    """
    texts = {str(name): str(value) for name, value in given.items() if value is not None}
    declared = {parameter.name: parameter for parameter in entry_point.parameters}
    missing = [name for name, parameter in declared.items() if name not in texts and parameter.default is None]
    wrong = [f"no value for {', '.join(missing)}"] if missing else []
    wrong += [f"{name!r:.100} has a character NUL, which no program can be given" for name, value in texts.items() if "\0" in name + value]
    logged: dict[str, str] = {}
    used: dict[str, str] = {}
    for name, parameter in declared.items():
        value = texts.get(name, parameter.default)
        if value is None or "\0" in value:
            continue
        logged[name] = value
        try:
            used[name] = _CHECKS[parameter.type](value, folder if name not in texts else os.getcwd())
        except ValueError as error:
            wrong.append(f"{name} is {value!r}, not {error}")
    if wrong:
        raise ExecutionException(f"Entry point {entry_point.name!r}: {'; '.join(wrong)}. It takes {_signature(entry_point)}.")
    for name, parameter in declared.items():
        if parameter.type == "path" and not is_local(used[name]):
            used[name] = download_artifacts(used[name], dst_path=folders.make("parameter"))
    extra = {name: value for name, value in texts.items() if name not in declared}
    return Values(logged | extra, used | extra)


def _signature(entry_point: EntryPoint) -> str:
    texts = [f"{p.name}: {p.type}{'' if p.default is None else f' = {p.default}'}" for p in entry_point.parameters]
    return ", ".join(texts)


def _as_number(kind: type[int] | type[float], what: str) -> Callable[[str, str], str]:
    def check(text: str, _folder: str) -> str:
        try:
            kind(text)
        except ValueError:
            raise ValueError(what) from None
        return text

    return check


def _as_path(text: str, folder: str) -> str:
    if not is_local(text):
        return text
    path = os.path.join(folder, text) if not text.startswith(("file:", "~")) else local_path(text)
    if not os.path.exists(path):
        raise ValueError("a file or folder that is there")
    return os.path.abspath(path)


def _as_uri(text: str, _folder: str) -> str:
    if not _URI.fullmatch(text):
        raise ValueError("a URI such as s3://bucket/data.csv")
    return text


_CHECKS: dict[str, Callable[[str, str], str]] = {
    "string": lambda text, _folder: text,
    "int": _as_number(int, "a whole number"),
    "float": _as_number(float, "a number"),
    "path": _as_path,
    "uri": _as_uri,
}
