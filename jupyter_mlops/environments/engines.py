"""The program that builds and runs containers."""

from __future__ import annotations

import contextlib
import shutil
import subprocess

from jupyter_mlops.errors import ExecutionException

__all__ = ["find_engine"]

_ENGINES = ("docker", "podman")
_ASK_S = 30


def find_engine(what: str) -> str:
    """``docker`` where its service answers, else ``podman``.

    Parameters
    ----------
    what : str
        What is wanted of it, for the error.

    Raises
    ------
    ExecutionException
        Neither is here.
    """
    for name in _ENGINES:
        if shutil.which(name) and _answers(name):
            return name
    raise ExecutionException(f"{what} needs docker or podman, and neither answers here: install podman, or start docker's service.")


def _answers(engine: str) -> bool:
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        return subprocess.run([engine, "info"], capture_output=True, timeout=_ASK_S, check=False).returncode == 0
    return False
