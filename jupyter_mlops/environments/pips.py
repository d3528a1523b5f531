"""Environments of Python packages alone: made by virtualenv and pip, or by uv."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from jupyter_mlops.environments.installers import Installer
from jupyter_mlops.environments.own_package import SERVING, is_ours, link_ours, needed_by_ours
from jupyter_mlops.environments.specifications import Specification, left_out
from jupyter_mlops.errors import EnvironmentFailed

__all__ = ["Uv", "Virtualenv", "find_uv"]


class Virtualenv:
    """virtualenv where it is installed, else venv of the standard library; packages by pip."""

    def version(self, specification: Specification) -> str:
        """What the environment depends on besides its content: the interpreter."""
        return os.path.realpath(_interpreter(specification.python))

    def build(self, folder: Path, specification: Specification, installer: Installer) -> None:
        """Make it in a folder that is not there."""
        python = _interpreter(specification.python)  # none imports from the current folder, where others may have put modules
        has_virtualenv = importlib.util.find_spec("virtualenv") is not None
        command = [sys.executable, "-P", "-m", "virtualenv", "--python", python] if has_virtualenv else [python, "-I", "-m", "venv"]
        installer.call([*command, str(folder)])
        pip = [str(_python(folder)), "-I", "-m", "pip", "install", "--disable-pip-version-check"]
        for lines in _rounds(specification, installer):
            with _written(folder, lines) as file:
                installer.call([*pip, "-r", file], specification.folder or None)

    def refresh(self, folder: Path, specification: Specification) -> None:
        """Bring up to date what is not part of the content."""
        if any(map(is_ours, specification.dependencies)):
            link_ours(folder)


class Uv(Virtualenv):
    """uv, which also brings other versions of Python."""

    def version(self, specification: Specification) -> str:
        return specification.python or platform.python_version()

    def build(self, folder: Path, specification: Specification, installer: Installer) -> None:
        program = find_uv()
        if not program:
            raise EnvironmentFailed("environment (uv)", "The program uv is not installed: pip install uv, or say env_manager='virtualenv'.")
        has_own = bool(specification.folder) and os.path.isfile(os.path.join(specification.folder, "uv.toml"))
        # It looks for settings from there upwards, where others may have put some that name their index, as in /tmp: the first file ends that.
        (folder.parent / "uv.toml").touch(0o600)
        uv = [program, "--project", specification.folder if has_own else str(folder.parent)]
        installer.call([*uv, "venv", "--python", specification.python or sys.executable, str(folder)])
        for lines in _rounds(specification, installer):
            with _written(folder, lines) as file:
                installer.call([*uv, "pip", "install", "--python", str(_python(folder)), "-r", file], specification.folder or None)


def find_uv() -> str | None:
    """The program uv: on the PATH, or beside this Python, whose environment need not be activated."""
    return shutil.which("uv") or shutil.which("uv", path=os.path.dirname(sys.executable))


def _rounds(specification: Specification, installer: Installer) -> list[list[str]]:
    """What is installed first, and what then."""
    lost = left_out(specification)
    if lost:
        installer.note(f"Left out, as only conda installs them: {', '.join(lost)}")
    lines = [line for line in specification.dependencies if not is_ours(line)]
    if len(lines) < len(specification.dependencies):
        lines += needed_by_ours(lines, to_serve=SERVING in specification.dependencies)
    return [part for part in (list(specification.build_dependencies), lines) if part]


@contextlib.contextmanager
def _written(folder: Path, lines: list[str]) -> Iterator[str]:
    """A file with these lines, inside of ``with`` alone: passwords may be in them. Their paths start from the installer's current folder."""
    path = folder / "requirements.txt"
    try:
        path.touch(0o600)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        yield str(path)
    finally:
        path.unlink(missing_ok=True)


def _python(folder: Path) -> Path:
    return folder / ("Scripts" if os.name == "nt" else "bin") / "python"


def _interpreter(version: str) -> str:
    """A Python of that version on this machine; the third number may differ."""
    wanted = tuple(version.split(".")[:2])
    if wanted in ((), ("",), tuple(platform.python_version_tuple()[: len(wanted)])):
        return sys.executable
    for python in (shutil.which(f"python{'.'.join(wanted)}"), _by_pyenv(wanted)):
        if python and _asked(python, "--version"):  # pyenv has programs for all versions, which say that theirs is not chosen
            return python
    raise EnvironmentFailed(
        "environment (virtualenv)",
        f"It needs Python {version}, which is not on this machine (here is {platform.python_version()}): install it, "
        f"for example by pyenv install {version}, or say env_manager='uv', which brings it.",
    )


def _by_pyenv(wanted: tuple[str, ...]) -> str | None:
    pyenv = shutil.which("pyenv")
    root = _asked(pyenv, "root") if pyenv else ""
    found = sorted(Path(root, "versions").glob(f"{'.'.join(wanted)}.*/bin/python")) if root else []
    return str(found[-1]) if found else None


def _asked(*command: str) -> str:
    """What a program answers; nothing when it fails."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    return ""
