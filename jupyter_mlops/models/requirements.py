"""Files that say which Python and which packages a model needs."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Iterable, Sequence
from importlib import metadata
from typing import Any, NamedTuple

from jupyter_mlops.errors import InvalidParameter

__all__ = ["Requirements", "pinned", "plan_requirements", "python_environment", "without_passwords", "write_requirements"]

_USER = re.compile(r"([A-Za-z][\w+.-]*)://([^\s/?#@]+)@")
_VARIABLES = re.compile(r"(?:\$\{\w+\}:?)+")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


class Requirements(NamedTuple):
    """What goes into the files: a conda environment, a pip list and its constraints."""

    conda: dict[str, Any]
    pip: list[str]
    constraints: list[str]


def pinned(*packages: str) -> list[str]:
    """Packages with the versions installed here; those that are not installed are left out."""
    found = []
    for package in packages:
        try:
            found.append(f"{package}=={metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    return found


def plan_requirements(
    packages: Callable[[], Iterable[str]],
    conda_env: dict[str, Any] | str | os.PathLike[str] | None = None,
    pip_requirements: Sequence[str] | str | os.PathLike[str] | None = None,
    extra_pip_requirements: Sequence[str] | str | os.PathLike[str] | None = None,
) -> Requirements:
    """Decide what a model needs.

    Parameters
    ----------
    packages : callable
        Names of the packages to pin; asked only when nothing replaces them.
    conda_env : dict or path, optional
        A conda environment, or a YAML file of one.
    pip_requirements : list of str or path, optional
        Instead of `packages`.
    extra_pip_requirements : list of str or path, optional
        In addition to `packages`.

    Raises
    ------
    InvalidParameter
        More than one was given, or a file cannot be read.

    Notes
    -----
    Users and passwords of indexes are left out of what is kept with a model. ``https://${USER}:${TOKEN}@host/simple`` stays as
    it is, and whoever installs sets these variables; or a ``.netrc`` has them.
    """
    if sum(given is not None for given in (conda_env, pip_requirements, extra_pip_requirements)) > 1:
        raise InvalidParameter("Give only one of conda_env, pip_requirements and extra_pip_requirements.")
    if conda_env is not None:
        return _from_conda(conda_env)
    constraints: list[str] = []
    if pip_requirements is not None:
        pip = _read(pip_requirements, constraints)
    else:
        found = sorted(set(packages()) - {"mlflow"})  # which comes first, and which we may stand for
        pip = [*pinned(*found), *_read(extra_pip_requirements or [], constraints)]
    pip = _with_mlflow(pip)
    if constraints:
        pip.append("-c constraints.txt")
    return Requirements(_conda(pip), pip, constraints)


def _with_mlflow(pip: list[str]) -> list[str]:
    names = {match.group().lower() for entry in pip if (match := _NAME.match(entry))}
    return pip if names & {"mlflow", "mlflow-skinny", "jupyter-mlops"} else ["mlflow", *pip]


def _read(given: Sequence[str] | str | os.PathLike[str], constraints: list[str]) -> list[str]:
    """Requirements one by one; files that are named with ``-r`` are read, those with ``-c`` go to `constraints`."""
    lines = _lines(given) if isinstance(given, (str, os.PathLike)) else list(given)
    found: list[str] = []
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        option, _, path = text.partition(" ")
        if option in ("-r", "--requirement"):
            found += _read(path.strip(), constraints)
        elif option in ("-c", "--constraint"):
            constraints += [without_passwords(c.strip()) for c in _lines(path.strip()) if c.strip() and not c.startswith("#")]
        else:
            found.append(without_passwords(text))
    return found


def without_passwords(line: str) -> str:
    """A line without users and passwords in its URLs, but for those that are variables.

    Examples
    --------
    >>> without_passwords("grape @ https://ann:secret@host/grape.whl")
    'grape @ https://host/grape.whl'
    """
    return _USER.sub(_without_password, line)


def _without_password(found: re.Match[str]) -> str:
    """Variables, which the installer puts values in place of, and users of SSH, who log in by a key, are no secret."""
    scheme, user = found.groups()
    is_harmless = _VARIABLES.fullmatch(user) or ("ssh" in scheme and ":" not in user)
    return found[0] if is_harmless else f"{scheme}://"


def _lines(path: str | os.PathLike[str]) -> list[str]:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()
    except OSError as error:
        raise InvalidParameter(f"Requirements file {os.fspath(path)!r} cannot be read: {error.strerror}.") from error


def _conda(pip: list[str]) -> dict[str, Any]:
    versions = pinned("pip")
    installer = f"pip<={versions[0].partition('==')[2]}" if versions else "pip"
    dependencies = [f"python={platform.python_version()}", installer, {"pip": pip}]
    return {"channels": ["conda-forge"], "dependencies": dependencies, "name": "mlflow-env"}


def _from_conda(given: dict[str, Any] | str | os.PathLike[str]) -> Requirements:
    if not isinstance(given, dict):
        import yaml  # only for a file of an environment

        given = yaml.safe_load("\n".join(_lines(given)))
    if not isinstance(given, dict) or not isinstance(given.get("dependencies", []), list):
        raise InvalidParameter("conda_env is a dict with dependencies, or the path of a YAML file with one.")
    dependencies = list(given.get("dependencies", []))
    pip = next((list(d["pip"]) for d in dependencies if isinstance(d, dict) and "pip" in d), [])
    constraints: list[str] = []
    pip = _with_mlflow(_read(pip, constraints))
    others = [d for d in dependencies if not (isinstance(d, dict) and "pip" in d)]
    return Requirements({**given, "dependencies": [*others, {"pip": pip}]}, pip, constraints)


def python_environment(dependencies: list[str]) -> dict[str, Any]:
    """What a ``python_env.yaml`` says: this Python, what installs, and lines of a requirements file."""
    build = [*pinned("pip", "setuptools"), "wheel"]
    return {"python": platform.python_version(), "build_dependencies": build, "dependencies": dependencies}


def write_requirements(folder: str, needed: Requirements) -> None:
    """Write ``conda.yaml``, ``python_env.yaml``, ``requirements.txt`` and, when there are any, ``constraints.txt``."""
    import yaml  # only when a model is saved

    texts = {
        "conda.yaml": yaml.safe_dump(needed.conda, default_flow_style=False),
        "python_env.yaml": yaml.safe_dump(python_environment(["-r requirements.txt"]), default_flow_style=False, sort_keys=False),
        "requirements.txt": "\n".join(needed.pip),
    }
    if needed.constraints:
        texts["constraints.txt"] = "\n".join(needed.constraints)
    for name, text in texts.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
