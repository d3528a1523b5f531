"""Folders whose files this user's programs run or believe: nobody else may write there."""

from __future__ import annotations

import os
import stat

from jupyter_mlops.errors import InvalidState

__all__ = ["is_ours", "own_folder"]


def own_folder(path: str | os.PathLike[str], variable: str) -> None:
    """Make a folder that this user alone may enter; one that is there must be his, and nobody else's to write to.

    Parameters
    ----------
    path : str or path
    variable : str
        Names another place, for the error.

    Raises
    ------
    InvalidState
        It is somebody else's, or others may write to it.
    """
    os.makedirs(path, mode=0o700, exist_ok=True)
    if not is_ours(path) or os.lstat(path).st_uid not in (0, os.getuid()):  # a link that somebody else put there
        raise InvalidState(
            f"What lies in {os.fspath(path)} is run by you, so it must be yours and nobody else may write to it: "
            f"`chmod go-w` it if it is yours, else name another place by {variable}."
        )


def is_ours(path: str | os.PathLike[str], *, may_be_sticky: bool = False) -> bool:
    """Whether nobody but this user and the administrator can change a file, or what is in a folder.

    Parameters
    ----------
    path : str or path
    may_be_sticky : bool, default False
        Whether others may put more into it, as into ``/tmp``.
    """
    status = os.stat(path)
    is_shared = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not (may_be_sticky and status.st_mode & stat.S_ISVTX)
    return status.st_uid in (0, os.getuid()) and not is_shared
