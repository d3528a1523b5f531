"""Files of an ``mlruns`` folder: never through a symbolic link, never more than they may hold."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import IO, Any

from jupyter_mlops.importers.sanitation import Unreadable

__all__ = ["folders_in", "open_file", "read_meta", "read_values", "value_files"]

_META_BYTES = 1 << 20
_VALUE_BYTES = 1 << 20


def open_file(path: str) -> IO[bytes]:
    """A plain file, opened to be read.

    Raises
    ------
    Unreadable
        A link, a pipe or a folder, or it may not be read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Unreadable("it is no plain file")
    return os.fdopen(handle, "rb")


def folders_in(path: str) -> list[str]:
    """Names of the folders in a folder, sorted; links are none."""
    try:
        with os.scandir(path) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []


def read_meta(folder: str) -> dict[str, Any]:
    """``meta.yaml`` of a folder.

    Raises
    ------
    Unreadable
        There is none, or it holds no plain mapping.
    """
    import yaml  # only where there is any

    with open_file(os.path.join(folder, "meta.yaml")) as file:
        content = file.read(_META_BYTES + 1)
    if len(content) > _META_BYTES:
        raise Unreadable("meta.yaml is larger than any that MLflow writes")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        meta = yaml.load(content, loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(f"meta.yaml cannot be read: {error}") from error
    if not isinstance(meta, dict):
        raise Unreadable("meta.yaml holds no mapping")
    return meta


def value_files(folder: str, below: str = "") -> Iterator[tuple[str, str, int]]:
    """Key, path and size of the files below a folder, sorted: MLflow keeps a file for each key, ``a/b`` in a folder."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            yield from value_files(entry.path, f"{below}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            yield below + entry.name, entry.path, entry.stat(follow_symlinks=False).st_size


def read_values(folder: str) -> list[tuple[str, str]]:
    """Params or tags: what each file below a folder holds, by key.

    Raises
    ------
    Unreadable
        One of them may not be read.
    """
    values = []
    for key, path, _ in value_files(folder):
        with open_file(path) as file:
            values.append((key, file.read(_VALUE_BYTES).decode("utf-8", "replace")))
    return values
