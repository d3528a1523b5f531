"""Files of an ``mlruns`` folder as MLflow's file store has them."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_mlops.entities.plain_texts import shown
from jupyter_mlops.errors import InvalidParameter

__all__ = ["Writer", "inside"]

_NO_NAME = (errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG)


def inside(folder: str, *names: str) -> str:
    """A path below `folder`, for names that come from a store.

    Raises
    ------
    InvalidParameter
        It would be elsewhere.

    Examples
    --------
    >>> inside("out", "train/loss")
    'out/train/loss'
    """
    path = os.path.join(folder, *names)
    if "\0" in path or os.path.normpath(path) != path or not path.startswith(folder + os.sep):
        raise InvalidParameter(f"{'/'.join(names)!r:.200} is no name of a file.")
    return path


class Writer:
    """Writes files, and notes those that cannot be: names that a file system does not take, such as ``a`` beside ``a/b``,
    and long ones.

    Parameters
    ----------
    problems : list of str
        Notes go here.
    """

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems

    def text(self, where: str, folder: str, name: str, text: str) -> None:
        """One file."""
        with self.leaving_out(f"{where}: {shown(name)}"):
            path = inside(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(text)

    @contextlib.contextmanager
    def leaving_out(self, what: str) -> Iterator[None]:
        """Note what a file system has no name for, and go on without it."""
        try:
            yield
        except InvalidParameter as error:
            self.problems.append(f"{what} is left out: {shown(error, 300)}")
        except OSError as error:
            if error.errno not in _NO_NAME:
                raise
            self.problems.append(f"{what} is left out: {error.strerror}")

    def values(self, where: str, folder: str, values: Mapping[str, str]) -> None:
        """Params, tags or aliases: a file for each."""
        for key, value in values.items():
            self.text(where, folder, key, value)

    def meta(self, folder: str, meta: Mapping[str, Any]) -> None:
        """``meta.yaml`` of a folder, which is made."""
        import yaml

        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "meta.yaml"), "w", encoding="utf-8", newline="") as file:
            yaml.dump(dict(meta), file, getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True)
