"""This package inside other environments: imported from where it lies here, with what tracking or serving needs installed there."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from jupyter_mlops.entities.requirements import requirement_name
from jupyter_mlops.version import __version__

__all__ = ["SERVING", "copy_ours", "is_named_ours", "is_ours", "link_ours", "needed_by_ours"]

SERVING = "jupyter-mlops[serving]"
"""The line that means this package with what serving needs, instead of what notebooks need."""
# What tracking, and reading of what was tracked, needs of this package's requirements.
_NEEDED = ("duckdb", "lark", "msgspec", "platformdirs", "fsspec", "httpx", "psutil", "pyyaml", "tqdm", "numpy")
_BY_NOTEBOOKS = ("ipykernel", "anywidget")
_BY_SERVERS = ("click", "httptools", "pandas", "prometheus-client", "starlette", "uvicorn", *(() if os.name == "nt" else ("uvloop",)))
_NOT_NEEDED = shutil.ignore_patterns("labextension", "page", "static", "__pycache__")


def is_ours(line: str) -> bool:
    """Whether a line of a requirements file is this package as it is here: without version, or with this one.

    Examples
    --------
    >>> is_ours("jupyter_mlops"), is_ours("jupyter-mlops==0.0.1"), is_ours("numpy")
    (True, False, False)
    """
    version = line.partition("==")[2].strip()
    return is_named_ours(line) and version in ("", __version__) and not re.search(r"[<>~!@;]", line)


def is_named_ours(line: str) -> bool:
    """Whether a line of a requirements file is this package in any version."""
    return requirement_name(line) == "jupyter-mlops"


def needed_by_ours(lines: Iterable[str], *, to_serve: bool = False) -> list[str]:
    """Requirements that tracking in notebooks, or serving, has beyond `lines`: in the versions that are here, or the newest of what is not."""
    named = {requirement_name(line) for line in lines}
    needed = (*_NEEDED, *(_BY_SERVERS if to_serve else _BY_NOTEBOOKS))
    return [f"{name}=={version}" if (version := _installed(name)) else name for name in needed if name not in named]


def link_ours(folder: Path) -> None:
    """Let an environment import this package as it is here, without what else lies beside it."""
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
            copy_ours(place)


def copy_ours(place: Path) -> None:
    """Copy this package as it is here into a folder, without what browsers load."""
    ours = Path(__file__).parent.parent
    shutil.copytree(ours, place / ours.name, ignore=_NOT_NEEDED)


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
