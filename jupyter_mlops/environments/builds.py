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

from jupyter_mlops.entities.own_folders import is_ours
from jupyter_mlops.entities.variables import ENV_ROOT
from jupyter_mlops.environments.condas import Conda
from jupyter_mlops.environments.installers import Installer
from jupyter_mlops.environments.managers import MANAGERS
from jupyter_mlops.environments.pips import Virtualenv, find_uv
from jupyter_mlops.environments.specifications import Specification
from jupyter_mlops.environments.turns import Turn
from jupyter_mlops.errors import InvalidParameter, InvalidState
from jupyter_mlops.storage.artifact_stores.transfers import make_bar
from jupyter_mlops.version import __version__

__all__ = ["HERE", "Environment", "Kept", "check_manager", "environment_in_use", "environment_root", "is_in_use", "kept_environments", "remove_environment"]

_MADE = "made.json"
_DIGEST = "[0-9a-f]" * 16  # as `Specification.digest` writes it


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


HERE = Environment("local", "", "", sys.executable)
"""That of this process."""


def environment_root() -> Path:
    """Where environments are kept, a folder of this user alone: ``MLFLOW_ENV_ROOT``, else one in the user's cache."""
    root = ENV_ROOT.get() or os.path.join(platformdirs.user_cache_dir("jupyter_mlops"), "environments")
    return Path(os.path.abspath(root))  # for installers, which run elsewhere


@contextlib.contextmanager
def environment_in_use(manager: str | None, specification: Specification, *, log: str | None = None) -> Iterator[Environment]:
    """The environment with that content, made when it is not there yet; nobody removes it inside of ``with``.

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
    InvalidState
        Others could have put there what would run.
    EnvironmentFailed
        It cannot be made; the message has the last lines of what the installer said.

    Notes
    -----
    Processes that want the same environment at the same time wait for the first one, which makes it. One that was broken
    off, or has lost its Python, is made anew. Interrupts end the installer and what it started.

    Examples
    --------
    >>> import sys
    >>> with environment_in_use("local", Specification()) as environment:
    ...     environment.python == sys.executable
    True
    """
    name = check_manager(manager) or ("uv" if find_uv() else "virtualenv")
    make = MANAGERS[name]
    if make is None:
        yield HERE
        return
    folder = environment_root() / f"{name}-{specification.digest(name, make.version(specification), __version__)}"
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    environment = Environment(name, str(folder), str(programs), str(programs / ("python.exe" if os.name == "nt" else "python")))
    with Turn(str(folder)) as turn:
        turn.share()
        while not _is_whole(environment):
            turn.take()
            if not _is_whole(environment):
                _make(make, environment, specification, log, turn)
            turn.share()
        if not is_ours(folder):
            raise InvalidState(f"The environment {folder} is not used, as others own it or may write to it: remove it, and it is made anew.")
        make.refresh(folder, specification)
        os.utime(folder / _MADE)  # when it was used last
        yield environment


def _is_whole(environment: Environment) -> bool:
    return os.path.exists(os.path.join(environment.folder, _MADE)) and os.path.exists(environment.python)


def _make(make: Virtualenv | Conda, environment: Environment, specification: Specification, log: str | None, turn: Turn) -> None:
    folder = Path(environment.folder)
    shutil.rmtree(folder, ignore_errors=True)  # what an installation that was broken off left
    try:
        with Installer(f"environment ({environment.manager})", log, turn.number) as installer:
            make.build(folder, specification, installer)
        folder.chmod(0o700)  # in what installers make others may write, by some umasks
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    (folder / _MADE).write_bytes(msgspec.json.encode({"manager": environment.manager, "specification": specification.to_keep()}))


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


class Kept(msgspec.Struct, frozen=True):
    """An environment that is kept.

    Attributes
    ----------
    folder : str
    age_s : float, seconds
        Since its last use began.
    size : int, bytes
        Files that other environments have too, by hard links, are counted in each.
    """

    folder: str
    age_s: float
    size: int


def kept_environments(*, progress: bool = False) -> list[Kept]:
    """Those that are there, also halves of them, which nobody can use; the one that was used last is the last."""
    now = time.time()
    paths = (path for name in MANAGERS for path in environment_root().glob(f"{name}-{_DIGEST}"))  # what else lies there is not ours
    folders = [str(path) for path in paths if path.is_dir() and not path.is_symlink()]
    found = []
    with make_bar("measuring environments", len(folders), shown=progress) as bar:
        for folder in folders:
            found.append(Kept(folder, now - _used(folder), _size(folder)))
            bar.update()
    return sorted(found, key=lambda kept: -kept.age_s)


def _used(folder: str) -> float:
    made = os.path.join(folder, _MADE)
    return os.stat(made if os.path.exists(made) else folder).st_mtime


def _size(folder: str) -> int:
    return sum(os.lstat(os.path.join(place, name)).st_size for place, _, names in os.walk(folder) for name in names)


def remove_environment(folder: str) -> bool:
    """Remove one that nobody makes or uses now; False when somebody does."""
    with Turn(folder) as turn:
        if not turn.is_free():
            return False
        shutil.rmtree(folder, ignore_errors=True)
    return True


def is_in_use(folder: str) -> bool:
    """Whether somebody makes or uses it now."""
    with Turn(folder) as turn:
        return not turn.is_free()
