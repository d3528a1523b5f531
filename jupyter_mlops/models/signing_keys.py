"""The key by which a user's models are signed: a file that only this user can read."""

from __future__ import annotations

import contextlib
import os
import secrets

from jupyter_mlops.errors import InvalidState
from jupyter_mlops.storage.locate import data_folder

__all__ = ["existing_key", "own_key"]

_KEY_FILE = "model_signing.key"
_KEY_BYTES = 32


def existing_key() -> bytes | None:
    """The key; None when this user has signed nothing yet.

    Raises
    ------
    InvalidState
        Others could know it.
    """
    path = os.path.join(data_folder(), _KEY_FILE)
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return None
    with open(handle, "rb") as file:
        status = os.fstat(file.fileno())
        key = file.read()
    if len(key) != _KEY_BYTES or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise InvalidState(
            f"The key {path} that signs models must be yours alone: {_KEY_BYTES} bytes, mode 0600. Delete it to have "
            "another made; models signed with it will then need trust=True."
        )
    return key


def own_key() -> bytes:
    """The key, which is made when there is none yet."""
    if (key := existing_key()) is not None:
        return key
    os.makedirs(data_folder(), mode=0o700, exist_ok=True)
    path = os.path.join(data_folder(), _KEY_FILE)
    fresh = f"{path}.{secrets.token_hex(8)}"
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(_KEY_BYTES))
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)  # whole or not at all, and never over another process's key
    os.unlink(fresh)
    made = existing_key()
    assert made is not None
    return made
