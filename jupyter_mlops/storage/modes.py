"""Who may read and write the files of a store: they take group and mode from the folder that it lies in."""

from __future__ import annotations

import os
import stat

from jupyter_mlops.errors import StoreReadOnly

__all__ = ["file_mode", "make_folder", "open_file"]

_GROUP_WRITABLE = stat.S_IWGRP


def _is_shared(folder: str) -> bool:
    return bool(os.stat(folder).st_mode & _GROUP_WRITABLE)


def file_mode(folder: str) -> int:
    """Mode of a file that a store keeps in `folder`: 0660 where the group may write, else 0600."""
    return 0o660 if _is_shared(folder) else 0o600


def make_folder(path: str) -> None:
    """Make `path` with the mode that its parent folder asks for; nothing when it is there.

    Raises
    ------
    StoreReadOnly
        The parent folder may not be written.
    """
    if os.path.isdir(path):
        return
    parent = os.path.dirname(os.path.abspath(path))
    os.makedirs(parent, exist_ok=True)
    mode = 0o2770 if _is_shared(parent) else 0o700
    try:
        os.mkdir(path)
        os.chmod(path, mode)  # not by mkdir: the umask would take the group's rights away
    except FileExistsError:
        pass
    except PermissionError as error:
        raise StoreReadOnly(f"Cannot make {path}: {error.strerror}. The store's folder is read-only.") from error


def open_file(path: str, flags: int) -> int:
    """Open or make a file of a store, never through a symbolic link; returns its descriptor."""
    mode = file_mode(os.path.dirname(path))
    fd = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    if flags & os.O_CREAT and os.fstat(fd).st_uid == os.geteuid() and stat.S_IMODE(os.fstat(fd).st_mode) != mode:
        os.fchmod(fd, mode)
    return fd
