"""Fresh environments with the packages of a run, each made once and kept in the user's cache folder."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.tags import PACKAGES_TAG
from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.reproduction.present_states import installed
from jupyter_mlops.version import __version__

__all__ = ["KINDS", "python_for", "requirements_of"]

KINDS = ("uv", "virtualenv", "current")
_OURS = "jupyter-mlops"
# What tracking, and reading of what was tracked, needs of this package's requirements.
_NEEDED = ("ipykernel", "anywidget", "duckdb", "lark", "msgspec", "platformdirs", "fsspec", "psutil", "pyyaml", "tqdm", "numpy")
_MOST_SAID = 2000
# What was recorded is whatever somebody wrote: no options, addresses, files or variables, which pip would read as well.
_PIN = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?==[A-Za-z0-9.!+_-]+", re.ASCII)


def requirements_of(run: Run) -> list[str]:
    """Lines of a requirements file: the packages that a run had imported, and what this package needs to track it.

    Examples
    --------
    >>> from jupyter_mlops.entities.runs import RunData, RunInfo
    >>> run = Run(RunInfo("1", "0", "r", "ann", "FINISHED", 0), RunData(tags={PACKAGES_TAG: "jupyter-mlops==0.1.0\\nnumpy==2.0.0"}))
    >>> requirements_of(run)[0], "jupyter-mlops==0.1.0" in requirements_of(run)
    ('numpy==2.0.0', False)
    """
    recorded = [line for line in run.data.tags.get(PACKAGES_TAG, "").splitlines() if _PIN.fullmatch(line)]
    names = {_normal(line.partition("==")[0]) for line in recorded}
    ours = [f"{name}=={version}" for name in _NEEDED if name not in names and (version := installed(name))]
    return [line for line in recorded if _normal(line.partition("==")[0]) != _OURS] + ours


def python_for(run: Run, kind: str | None) -> str:
    """Python of an environment that has the packages of a run, which is made when it is not there yet.

    Parameters
    ----------
    run : Run
    kind : {"uv", "virtualenv", "current"}, optional
        With what it is made, ``current`` for none; uv where it is installed by default.

    Raises
    ------
    InvalidParameter
        Another kind, or uv, which is not installed.
    MlflowException
        A package cannot be installed; the message says what the installer said.
    """
    kind = kind or ("uv" if _uv() else "virtualenv")
    if kind not in KINDS:
        raise InvalidParameter(f"environment is one of {', '.join(KINDS)}, not {kind!r}.")
    if kind == "current":
        return sys.executable
    if kind == "uv" and not _uv():
        raise InvalidParameter("environment='uv' needs the program uv: install it, or say environment='virtualenv'.")
    lines = requirements_of(run)
    key = hashlib.sha256("\n".join([kind, sys.version, __version__, *lines]).encode()).hexdigest()[:16]
    folder = Path(platformdirs.user_cache_dir("jupyter_mlops")) / "environments" / key
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    with _turn(folder):
        if not (folder / "made").exists():
            shutil.rmtree(folder, ignore_errors=True)  # what an installation that was broken off left
            try:
                _make(kind, folder, python, lines)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            (folder / "made").write_text("\n".join(lines), encoding="utf-8")
        _link_ours(folder)
    return str(python)


def _uv() -> str | None:
    return shutil.which("uv")


def _make(kind: str, folder: Path, python: Path, lines: list[str]) -> None:
    requirements = folder.parent / f"{folder.name}.txt"
    requirements.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if kind == "uv":
        _call([str(_uv()), "venv", "--quiet", "--python", sys.executable, str(folder)])
        _call([str(_uv()), "pip", "install", "--quiet", "--python", str(python), "-r", str(requirements)])
        return
    maker = "virtualenv" if importlib.util.find_spec("virtualenv") else "venv"
    _call([sys.executable, "-m", maker, str(folder)])
    _call([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)])


def _call(command: list[str]) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-_MOST_SAID:]
        raise MlflowException(f"The environment of the run cannot be made again here: {said}\nenvironment='current' uses the one that runs now.")


def _link_ours(folder: Path) -> None:
    """Let the environment import this package as it is here, without what else lies beside it."""
    ours = Path(__file__).parent.parent
    for place in (*folder.glob("lib/python*/site-packages"), *folder.glob("Lib/site-packages")):
        link = place / ours.name
        if link.is_symlink() and link.resolve() == ours.resolve():
            continue
        if link.is_symlink():
            link.unlink()
        try:
            link.symlink_to(ours, target_is_directory=True)
        except OSError:  # not everybody may make links on Windows
            shutil.rmtree(link, ignore_errors=True)
            shutil.copytree(ours, link, ignore=shutil.ignore_patterns("labextension", "__pycache__"))


@contextlib.contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """One process at a time."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.parent / f"{folder.name}.lock", "w", encoding="utf-8") as file:
        with contextlib.suppress(ImportError):
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _normal(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(".", "-")
