"""What an environment consists of, as ``python_env.yaml``, ``conda.yaml`` and requirements files say it."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from jupyter_mlops.entities.uris import without_secrets
from jupyter_mlops.errors import ExecutionException, InvalidParameter
from jupyter_mlops.types.yaml_texts import MAX_BYTES, read_yaml

__all__ = ["ARCHIVES", "Specification", "left_out", "read_conda_file", "read_entries", "read_python_file", "read_requirements_file"]

ARCHIVES = (".whl", ".tar.gz", ".zip")
"""Of packages, in a line that names a file."""
_MOST_FILES = 20
_BUILD = ("pip", "setuptools", "wheel")
_NAMES_FILE = re.compile(r"(?P<option>-r|-c|(?:--requirement|--constraint)(?=[ =]))[ =]?\s*(?P<path>\S.*?)(?:\s+#.*)?")


class Specification(msgspec.Struct, frozen=True):
    """An environment that can be made.

    Attributes
    ----------
    python : str
        Version, such as ``3.11`` or ``3.11.4``; empty for the one that runs now.
    build_dependencies, dependencies : tuple of str
        Lines of requirements files, the first ones installed before the others.
    folder : str
        What relative paths in those lines start from.
    conda : str
        Text of the conda file, when it is one.

    Examples
    --------
    >>> Specification(dependencies=("numpy==2.0.0",)).digest("uv") == Specification(dependencies=("numpy==2.0.0",)).digest("uv")
    True
    """

    python: str = ""
    build_dependencies: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    folder: str = ""
    conda: str = ""

    def digest(self, *of: str) -> str:
        """16 hex characters that differ when the content does, or what else the environment depends on."""
        beside = "".join(map(self._beside, (*self.build_dependencies, *self.dependencies)))
        content = json.dumps([*of, self.python, self.build_dependencies, self.dependencies, beside, self.conda])
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def _beside(self, line: str) -> str:
        """What a line means besides its words: the content of an archive, or all that lies in the folder."""
        path = os.path.join(self.folder, line.partition(" ")[0])
        if path.endswith(ARCHIVES) and os.path.isfile(path):
            with open(path, "rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        return self.folder if _is_local(line) else ""

    def to_keep(self) -> Specification:
        """What may be written down and shown: without users and passwords of indexes.

        Examples
        --------
        >>> Specification(dependencies=("--index-url https://ann:secret@host/simple",)).to_keep().dependencies
        ('--index-url https://host/simple',)
        """
        build, dependencies = (tuple(map(without_secrets, lines)) for lines in (self.build_dependencies, self.dependencies))
        return msgspec.structs.replace(self, build_dependencies=build, dependencies=dependencies, conda=without_secrets(self.conda))


def _is_local(line: str) -> bool:
    return line.startswith((".", "/", "-e", "--editable", "file:")) or "@ file:" in line


def read_python_file(path: str, *, is_fenced: bool = False) -> Specification:
    """The environment of a ``python_env.yaml``: ``python``, ``build_dependencies``, ``dependencies``.

    Parameters
    ----------
    path : str
    is_fenced : bool, default False
        Whether files that it names must lie in its folder.

    Raises
    ------
    ExecutionException
        It cannot be read, or says something else.
    """
    content = read_entries(path, "dependencies")
    unknown = sorted(set(content) - {"python", "build_dependencies", "dependencies", "name"})
    if unknown:
        raise ExecutionException(f"{path}: unknown entries {', '.join(unknown)}. There are python, build_dependencies and dependencies.")
    folder = os.path.dirname(os.path.abspath(path))
    return Specification(
        python=str(content.get("python") or ""),
        build_dependencies=tuple(_lines(content.get("build_dependencies"), path, folder, is_fenced=is_fenced)),
        dependencies=tuple(_lines(content.get("dependencies"), path, folder, is_fenced=is_fenced)),
        folder=folder,
    )


def read_requirements_file(path: str) -> Specification:
    """The environment of a requirements file, whose files must lie in its folder."""
    folder, name = os.path.split(os.path.abspath(path))
    return Specification(dependencies=tuple(_lines([f"-r {name}"], path, folder, is_fenced=True)), folder=folder)


def read_conda_file(path: str, *, is_fenced: bool = False) -> Specification:
    """The environment of a ``conda.yaml``; its version of Python and its pip section serve managers other than conda."""
    content = read_entries(path, "dependencies")
    folder = os.path.dirname(os.path.abspath(path))
    python = ""
    pip: list[str] = []
    build: list[str] = []
    for entry in _listed(content.get("dependencies"), path):
        if isinstance(entry, dict):
            pip += _listed(entry.get("pip"), path)
            continue
        name, _, version = str(entry).partition("=")
        name = name.strip(" <>!~")
        if name == "python":
            python = "".join(re.findall(r"^[\d.]*\d", version.strip("= ")))  # of a range the first one
        elif name in _BUILD:
            build.append(f"{name}=={version.strip('= ').partition('=')[0]}" if version else name)
    with open(path, encoding="utf-8") as file:
        return Specification(
            python=python, build_dependencies=tuple(build), dependencies=tuple(_lines(pip, path, folder, is_fenced=is_fenced)), folder=folder, conda=file.read()
        )


def left_out(specification: Specification) -> list[str]:
    """Packages of a conda file that only conda can install."""
    import yaml

    entries = (yaml.safe_load(specification.conda) or {}).get("dependencies") or [] if specification.conda else []
    names = [str(entry) for entry in entries if not isinstance(entry, dict)]
    return [name for name in names if name.partition("=")[0].strip(" <>!~") not in ("python", *_BUILD)]


def read_entries(path: str, such_as: str) -> dict[str, Any]:
    """The entries of a YAML file, none of an empty one.

    Raises
    ------
    ExecutionException
        It cannot be read, or is something else than entries, `such_as` these.
    """
    try:
        with open(path, "rb") as file:
            text = file.read(MAX_BYTES + 1)
        says_something = any(line.strip() and not line.lstrip().startswith(b"#") for line in text.splitlines())
        return read_yaml(text, path) if says_something else {}
    except OSError as error:
        raise ExecutionException(f"{path} cannot be read: {error}") from None
    except InvalidParameter as error:
        raise ExecutionException(f"{without_secrets(' '.join(str(error).split()))} It must have entries such as {such_as}.") from None


def _listed(given: Any, path: str) -> list[Any]:
    if not isinstance(given or [], list):
        raise ExecutionException(f"{path}: dependencies are a list, not {without_secrets(repr(given))}.")
    return given or []


def _lines(given: Any, path: str, folder: str, files: tuple[str, ...] = (), *, is_fenced: bool = False) -> Iterator[str]:
    """Requirements, with those of files that they name, and constraints with a hash: an environment is known by what it contains."""
    fence = os.path.realpath(os.path.dirname(path)) if is_fenced else ""
    for line in map(str.strip, "\n".join(map(str, _listed(given, path))).splitlines()):  # an entry of two lines is two
        if not line or line.startswith("#"):
            continue
        named = _NAMES_FILE.fullmatch(line)
        if not named or "://" in named["path"]:  # which the installer fetches
            yield line
            continue
        inner = os.path.normpath(os.path.join(folder, named["path"].strip("'\"")))
        if inner in files or len(files) > _MOST_FILES:
            raise ExecutionException(f"{path}: requirements files name each other: {', '.join(files)}.")
        if is_fenced and not os.path.realpath(inner).startswith(fence + os.sep):
            raise ExecutionException(f"{path} names {named['path']}, which is not in its folder.")
        try:
            with open(inner, encoding="utf-8") as file:
                content = file.read()
        except (OSError, UnicodeDecodeError) as error:
            raise ExecutionException(f"{path} names {inner}, which cannot be read: {error}") from None
        if named["option"] in ("-c", "--constraint"):
            yield f"-c {inner}  # {hashlib.sha256(content.encode()).hexdigest()}"
        else:
            yield from _lines(content.splitlines(), path, os.path.dirname(inner), (*files, inner), is_fenced=is_fenced)
