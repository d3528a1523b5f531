"""Digests of all files of a model's folder."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection

from jupyter_mlops.errors import InvalidParameter

__all__ = ["digest_file", "digest_files"]


def digest_files(root: str, but: Collection[str]) -> dict[str, str]:
    """Relative paths and digests of the files below a folder, all `but` some.

    Raises
    ------
    InvalidParameter
        A link leads out of the folder, or something in it is no file.
    """
    found: dict[str, str] = {}
    for folder, folders, names in os.walk(root):
        for name in [*names, *(f for f in folders if os.path.islink(os.path.join(folder, f)))]:
            path = os.path.join(folder, name)
            inside = os.path.relpath(path, root).replace(os.sep, "/")
            if inside in but and not os.path.islink(path):
                continue
            if _check_file(root, path, inside):
                found[inside] = digest_file(path)
    return found


def digest_file(path: str) -> str:
    """SHA-256 of a file, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_file(root: str, path: str, inside: str) -> bool:
    """Whether it is a file to digest; folders that are linked from inside are not."""
    real = os.path.realpath(path)
    if not real.startswith(root + os.sep):
        raise InvalidParameter(f"{inside!r} in the model at {root} is a link that leads out of it, to {real}.")
    mode = os.stat(real).st_mode if os.path.exists(real) else 0
    if os.path.islink(path) and stat.S_ISDIR(mode):
        raise InvalidParameter(f"{inside!r} in the model at {root} is a link to a folder: put the folder there itself.")
    if not stat.S_ISREG(mode):
        raise InvalidParameter(f"{inside!r} in the model at {root} is not a plain file.")
    return True
