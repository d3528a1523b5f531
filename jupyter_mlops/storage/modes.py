"""Who may read and write the files of a store: they take group and mode from the folder that it lies in."""

from __future__ import annotations

import contextlib
import errno
import os
import stat

from jupyter_mlops.errors import StoreError, StoreReadOnly

__all__ = ["file_mode", "keep_out_of_git", "make_folder", "open_file"]

_GROUP_WRITABLE = stat.S_IWGRP
_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)


def _is_shared(folder: str) -> bool:
    return bool(os.stat(folder).st_mode & _GROUP_WRITABLE)


def file_mode(folder: str) -> int:
    """Mode of a file that a store keeps in `folder`: 0660 where the group may write, else 0600."""
    return 0o660 if _is_shared(folder) else 0o600


def _translated(error: OSError, path: str) -> StoreError:
    if error.errno in _READ_ONLY:
        return StoreReadOnly(f"{path} may not be written: {error.strerror}.")
    return StoreError(f"{path} cannot be made or opened: {error.strerror}.")


def make_folder(path: str) -> None:
    """Make `path` with the mode that its parent folder asks for; nothing when it is there.

    Raises
    ------
    StoreReadOnly
        The parent folder may not be written.
    StoreError
        Nothing can be made there.
    """
    if os.path.isdir(path):
        return
    parent = os.path.dirname(os.path.abspath(path))
    try:
        os.makedirs(parent, exist_ok=True)
        mode = 0o2770 if _is_shared(parent) else 0o700
        os.mkdir(path)
        os.chmod(path, mode)  # not by mkdir: the umask would take the group's rights away
    except FileExistsError:
        pass
    except OSError as error:
        raise _translated(error, path) from error


def open_file(path: str, flags: int) -> int:
    """Open or make a file of a store, never through a symbolic link; returns its descriptor.

    Raises
    ------
    StoreReadOnly
        It may not be written.
    StoreError
        It cannot be made or opened.
    """
    try:
        mode = file_mode(os.path.dirname(path))
        fd = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    except OSError as error:
        raise _translated(error, path) from error
    if flags & os.O_CREAT and os.fstat(fd).st_uid == os.geteuid() and stat.S_IMODE(os.fstat(fd).st_mode) != mode:
        os.fchmod(fd, mode)
    return fd


def keep_out_of_git(folder: str) -> None:
    """Write a ``.gitignore`` that covers all of `folder`, once."""
    with contextlib.suppress(OSError), open(os.path.join(folder, ".gitignore"), "x") as file:
        file.write("*\n")
