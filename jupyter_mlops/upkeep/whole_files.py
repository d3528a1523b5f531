"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import IO

__all__ = ["whole_file"]


@contextlib.contextmanager
def whole_file(path: str, opener: Callable[[str, int], int] | None = None) -> Iterator[IO[bytes]]:
    """A file to write, which has that name when all is in it; what stood there stays until then, and after an error.

    Parameters
    ----------
    path : str
    opener : callable, optional
        As that of `open`: for a file that has other rights from the beginning.

    Raises
    ------
    FileNotFoundError
        Its folder is not there.

    Examples
    --------
    >>> with whole_file("a.txt") as file:
    ...     _ = file.write(b"all")
    >>> os.path.getsize("a.txt"), os.listdir()
    (3, ['a.txt'])
    """
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):  # such as /dev/stdout
        with open(target, "wb") as device:
            yield device
        return
    if not os.path.isdir(folder := os.path.dirname(target)):
        raise FileNotFoundError(f"There is no folder {folder}: make it first.")
    part = f"{target}.{os.getpid()}.part"
    try:
        with open(part, "wb", opener=opener) as file:
            yield file
        os.replace(part, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)
        raise
