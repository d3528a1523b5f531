"""This package inside other environments: imported from where it lies here, with what tracking needs installed there."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
from pathlib import Path

from jupyter_mlops.version import __version__

__all__ = ["is_named_ours", "is_ours", "link_ours", "needed_by_ours"]

# What tracking, and reading of what was tracked, needs of this package's requirements.
_NEEDED = ("ipykernel", "anywidget", "duckdb", "lark", "msgspec", "platformdirs", "fsspec", "httpx", "psutil", "pyyaml", "tqdm", "numpy")
_NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?", re.ASCII)


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
    return _name(line) == "jupyter-mlops"


def needed_by_ours(lines: list[str]) -> list[str]:
    """Requirements that tracking has beyond `lines`, in the versions that are here."""
    named = {_name(line) for line in lines}
    return [f"{name}=={version}" for name in _NEEDED if name not in named and (version := _installed(name))]


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
            shutil.copytree(ours, link, ignore=shutil.ignore_patterns("labextension", "__pycache__"))


def _name(line: str) -> str:
    found = _NAME.match(line.strip())
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
