"""Environments that are there: found by their content in the user's cache, or made, by one process at a time."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import platformdirs

from jupyter_mlops.entities.variables import ENV_ROOT
from jupyter_mlops.environments.installers import Installer
from jupyter_mlops.environments.managers import MANAGERS
from jupyter_mlops.environments.pips import find_uv
from jupyter_mlops.environments.specifications import Specification
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.version import __version__

__all__ = ["Environment", "check_manager", "environment_root", "kept_environments", "make_environment", "remove_environment"]

_MADE = "made.json"


class Environment(msgspec.Struct, frozen=True):
    """One that can be used.

    Attributes
    ----------
    manager : str
        What it was made with; ``local`` is the one that runs.
    folder : str
        Where it lies, empty for ``local``.
    programs : str
        The folder of its ``python`` and other programs, which goes first on the PATH; empty for ``local``.
    python : str
        Its Python.
    """

    manager: str
    folder: str
    programs: str
    python: str

    def variables(self) -> dict[str, str]:
        """Variables of the environment of a process in it, on top of this process's own."""
        if not self.folder:
            return {}
        name = "CONDA_PREFIX" if self.manager == "conda" else "VIRTUAL_ENV"
        return {name: self.folder, "PATH": os.pathsep.join((self.programs, os.environ.get("PATH", os.defpath)))}


def environment_root() -> Path:
    """Where environments are kept: ``MLFLOW_ENV_ROOT``, else a folder in the user's cache."""
    return Path(ENV_ROOT.get() or Path(platformdirs.user_cache_dir("jupyter_mlops")) / "environments")


def make_environment(manager: str | None, specification: Specification, *, log: str | None = None) -> Environment:
    """The environment with that content, made when it is not there yet.

    Parameters
    ----------
    manager : {"local", "virtualenv", "uv", "conda"}, optional
        uv where it is installed by default, else virtualenv.
    specification : Specification
    log : str, optional
        File that what the installers say is appended to.

    Raises
    ------
    InvalidParameter
        There is no such manager.
    EnvironmentFailed
        It cannot be made; the message has the last lines of what the installer said.

    Notes
    -----
    Processes that want the same environment at the same time wait for the first one, which makes it. One that was broken
    off is made anew. Interrupts end the installer and what it started.

    Examples
    --------
    >>> import sys
    >>> make_environment("local", Specification()).python == sys.executable
    True
    """
    name = check_manager(manager) or ("uv" if find_uv() else "virtualenv")
    make = MANAGERS[name]
    if make is None:
        return Environment("local", "", "", sys.executable)
    folder = environment_root() / f"{name}-{specification.digest(name, make.version(specification), __version__)}"
    with _turn(folder):
        if not (folder / _MADE).exists():
            shutil.rmtree(folder, ignore_errors=True)  # what an installation that was broken off left
            try:
                with Installer(f"environment ({name})", log) as installer:
                    make.build(folder, specification, installer)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            (folder / _MADE).write_bytes(msgspec.json.encode({"manager": name, "specification": specification}))
        make.refresh(folder, specification)
        os.utime(folder / _MADE)  # when it was used last
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    return Environment(name, str(folder), str(programs), str(programs / "python"))


def check_manager(name: str | None) -> str | None:
    """Return `name` if there is such a manager; None is the best that is here.

    Raises
    ------
    InvalidParameter
        There is none.
    """
    if name is not None and name not in MANAGERS:
        raise InvalidParameter(f"env_manager is one of {', '.join(MANAGERS)}, not {name!r}.")
    return name


def kept_environments() -> list[tuple[str, float]]:
    """Folder and age in seconds since its last use of each environment that is kept, the oldest first."""
    now = time.time()
    found = [(str(made.parent), now - made.stat().st_mtime) for made in environment_root().glob(f"*/{_MADE}")]
    return sorted(found, key=lambda entry: -entry[1])


def remove_environment(folder: str) -> bool:
    """Remove one that nobody is making now; False when somebody is. Processes that run in it lose their packages."""
    with _turn(Path(folder), wait=False) as mine:
        if mine:
            shutil.rmtree(folder, ignore_errors=True)
    return mine


@contextlib.contextmanager
def _turn(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """One process at a time; gives whether it is ours."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.parent / f"{folder.name}.lock", "w", encoding="utf-8") as file:
        mine = True
        with contextlib.suppress(ImportError):
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                mine = False
        yield mine
