"""What an ``MLproject`` file says: the project's name, its environment and its entry points."""

from __future__ import annotations

import difflib
import os
import shlex
from pathlib import Path
from typing import Any

import msgspec

from jupyter_mlops.environments.specifications import read_entries
from jupyter_mlops.errors import ExecutionException

__all__ = ["TYPES", "DockerEnvironment", "EntryPoint", "Parameter", "Project", "read_project"]

TYPES = ("string", "float", "int", "path", "uri")
_FILE = "mlproject"
_ENTRIES = ("name", "python_env", "conda_env", "docker_env", "entry_points")
_DOCKER_ENTRIES = ("image", "volumes", "environment")
_PROGRAMS = {".py": "python", ".sh": os.environ.get("SHELL") or "bash", ".R": "Rscript", ".ipynb": ""}


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of an entry point. `default` is None for one that must be given."""

    name: str
    type: str = "string"
    default: str | None = None


class EntryPoint(msgspec.Struct, frozen=True):
    """A command with placeholders ``{name}`` for its parameters."""

    name: str
    command: str
    parameters: tuple[Parameter, ...] = ()


class DockerEnvironment(msgspec.Struct, frozen=True):
    """The image that a project runs in, volumes for it, and variables: names that are copied, or names with values."""

    image: str
    volumes: tuple[str, ...] = ()
    environment: tuple[str | tuple[str, str], ...] = ()


class Project(msgspec.Struct, frozen=True):
    """A project.

    Attributes
    ----------
    folder : str
        Absolute.
    name : str or None
    entry_points : dict of str to EntryPoint
    python_env, conda_env : str or None
        Absolute path of the environment's file; at most one of these and `docker_env`.
    docker_env : DockerEnvironment or None
    """

    folder: str
    name: str | None = None
    entry_points: dict[str, EntryPoint] = {}
    python_env: str | None = None
    conda_env: str | None = None
    docker_env: DockerEnvironment | None = None

    def entry_point(self, name: str) -> EntryPoint:
        """The entry point of that name, else the script or notebook of that name in the folder.

        Raises
        ------
        ExecutionException
            There is none; the message names those that there are.
        """
        if name in self.entry_points:
            return self.entry_points[name]
        suffix = Path(name).suffix
        if suffix in _PROGRAMS and not _inside(self.folder, name):
            raise ExecutionException(f"There is no file {name} in the project {self.folder}.{self._offered(name)}")
        if suffix in _PROGRAMS:
            program = _PROGRAMS[suffix]  # none for a notebook, which is no command with placeholders
            return EntryPoint(name, f"{program} {shlex.quote(name).replace('{', '{{').replace('}', '}}')}" if program else shlex.quote(name))
        raise ExecutionException(f"The project {self.folder} has no entry point {name!r}.{self._offered(name)}")

    def _offered(self, name: str) -> str:
        there = sorted(self.entry_points) or sorted(p.name for p in Path(self.folder).iterdir() if p.suffix in _PROGRAMS)
        close = difflib.get_close_matches(name, there, 1)
        asked = f" Did you mean {close[0]!r}?" if close else ""
        return f" There are: {', '.join(there)}.{asked}" if there else " It has no MLproject file and no scripts."


def read_project(folder: str) -> Project:
    """The project in a folder; without an ``MLproject`` file it is one of scripts alone.

    Raises
    ------
    ExecutionException
        The file says something that is no project, or names files that are not there.
    """
    folder = os.path.abspath(folder)
    file = next((entry for entry in sorted(os.listdir(folder)) if entry.lower() == _FILE), None)
    content = read_entries(os.path.join(folder, file), "name and entry_points") if file else {}
    _refuse_unknown(content, _ENTRIES, "")
    given = [key for key in ("python_env", "conda_env", "docker_env") if content.get(key)]
    if len(given) > 1:
        raise ExecutionException(f"MLproject: {' and '.join(given)} are given; a project has one environment.")
    if not given:  # as MLflow looks for them
        given = [key for key in ("python_env", "conda_env") if _inside(folder, _DEFAULTS[key])][:1]
        content |= {key: _DEFAULTS[key] for key in given}
    files = {key: _environment_file(folder, key, content[key]) for key in given if key != "docker_env"}
    docker = _docker(content["docker_env"]) if given == ["docker_env"] else None
    name = content.get("name")
    if docker and not name:
        raise ExecutionException("MLproject: a project with docker_env needs a name: its image is called so.")
    points = content.get("entry_points") or {}
    if not isinstance(points, dict):
        raise ExecutionException("MLproject: entry_points are names with a command each.")
    entry_points = {str(key): _entry_point(str(key), value) for key, value in points.items()}
    return Project(folder, None if name is None else str(name), entry_points, docker_env=docker, **files)


_DEFAULTS = {"python_env": "python_env.yaml", "conda_env": "conda.yaml"}


def _environment_file(folder: str, key: str, path: Any) -> str:
    if not isinstance(path, str) or not _inside(folder, path):
        raise ExecutionException(f"MLproject: {key} names {path!r}; there is no such file in {folder}.")
    return os.path.join(folder, path)


def _inside(folder: str, path: str) -> bool:
    """Whether there is such a file, and not outside of the folder."""
    real = os.path.realpath(os.path.join(folder, path))
    return os.path.isfile(real) and os.path.commonpath((real, os.path.realpath(folder))) == os.path.realpath(folder)


def _docker(content: Any) -> DockerEnvironment:
    if not isinstance(content, dict) or not isinstance(content.get("image"), str):
        raise ExecutionException("MLproject: docker_env needs an entry image, the name of one.")
    _refuse_unknown(content, _DOCKER_ENTRIES, "docker_env: ")
    volumes, variables = content.get("volumes") or [], content.get("environment") or []
    if not isinstance(volumes, list) or not all(isinstance(volume, str) for volume in volumes):
        raise ExecutionException("MLproject: docker_env: volumes is a list of texts such as /data:/data.")
    if not isinstance(variables, list) or not all(map(_is_variable, variables)):
        raise ExecutionException("MLproject: docker_env: environment is a list of names, or of pairs [name, value].")
    pairs = tuple(entry if isinstance(entry, str) else (str(entry[0]), str(entry[1])) for entry in variables)
    return DockerEnvironment(content["image"], tuple(volumes), pairs)


def _is_variable(entry: Any) -> bool:
    return isinstance(entry, str) or (isinstance(entry, list) and len(entry) == 2)


def _entry_point(name: str, content: Any) -> EntryPoint:
    if not isinstance(content, dict) or not isinstance(content.get("command"), str):
        raise ExecutionException(f"MLproject: the entry point {name!r} needs a command.")
    _refuse_unknown(content, ("command", "parameters"), f"entry point {name!r}: ")
    parameters = content.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise ExecutionException(f"MLproject: entry point {name!r}: parameters are names with a type each.")
    return EntryPoint(name, content["command"], tuple(_parameter(name, str(key), value) for key, value in parameters.items()))


def _parameter(entry_point: str, name: str, content: Any) -> Parameter:
    if not isinstance(content, dict):
        content = {"type": content}
    _refuse_unknown(content, ("type", "default"), f"entry point {entry_point!r}: parameter {name!r}: ")
    kind, default = content.get("type") or "string", content.get("default")
    if kind not in TYPES:
        raise ExecutionException(
            f"MLproject: entry point {entry_point!r}: parameter {name!r} is of type {kind!r}; there are {', '.join(TYPES)}."
        )
    return Parameter(name, kind, None if default is None else str(default))


def _refuse_unknown(content: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    unknown = [str(key) for key in content if key not in known]
    if unknown:
        close = difflib.get_close_matches(unknown[0], known, 1)
        asked = f" Did you mean {close[0]!r}?" if close else f" There are {', '.join(known)}."
        raise ExecutionException(f"MLproject: {where}unknown entry {unknown[0]!r}.{asked}")
