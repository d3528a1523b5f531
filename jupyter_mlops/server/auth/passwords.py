"""Passwords: how they are kept, and those that were right a moment ago."""

from __future__ import annotations

import functools
import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from jupyter_mlops.errors import InvalidParameter, PackageMissing

__all__ = ["RecentPasswords", "check_password", "hash_password", "prepare_passwords"]

_SHORTEST, _LONGEST = 12, 1024
_REMEMBERED_S, _MOST = 300.0, 10_000


@functools.cache
def _hasher() -> Any:
    try:
        from argon2 import PasswordHasher  # only where there are users
    except ImportError as error:
        raise PackageMissing(f"{error.name} is needed: pip install 'jupyter-mlops[server]'.") from error
    return PasswordHasher()


@functools.cache
def _nobodys() -> str:
    """A hash that takes as long to check as one of a user."""
    return str(_hasher().hash(secrets.token_urlsafe(32)))


def prepare_passwords() -> None:
    """So that the first wrong name takes no longer than the second."""
    _nobodys()


def hash_password(password: str) -> str:
    """What is kept of a password: Argon2id with a salt of its own, about 50 ms and 64 MiB.

    Raises
    ------
    InvalidParameter
        It is too short or too long.

    References
    ----------
    `RFC 9106 <https://www.rfc-editor.org/rfc/rfc9106>`_, the second recommended set of parameters.
    """
    if not _SHORTEST <= len(password) <= _LONGEST:
        raise InvalidParameter(f"A password has {_SHORTEST} to {_LONGEST} characters, not {len(password)}.")
    return str(_hasher().hash(password.encode("utf-8", "surrogatepass")))


def check_password(kept: str | None, password: str) -> bool:
    """Whether a password is the one that was kept; for a user that is not there it takes the same time and is wrong."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return bool(_hasher().verify(kept or _nobodys(), password[: _LONGEST + 1].encode("utf-8", "surrogatepass"))) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


class RecentPasswords:
    """Passwords that were right in the last minutes, so that not every request waits for their hash.

    Notes
    -----
    Kept as an HMAC by a key of this process over name, password and the hash that it was checked against: a new password
    makes all that is remembered of the user wrong by itself.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._key, self._clock, self._lock = secrets.token_bytes(32), clock, threading.Lock()
        self._until: OrderedDict[bytes, float] = OrderedDict()

    def remember(self, user: str, password: str, kept: str) -> None:
        """This password was right."""
        digest = self._digest(user, password, kept)
        with self._lock:
            self._until[digest] = self._clock() + _REMEMBERED_S
            self._until.move_to_end(digest)
            if len(self._until) > _MOST:
                self._until.popitem(last=False)

    def knows(self, user: str, password: str, kept: str) -> bool:
        """Whether it was right lately."""
        with self._lock:
            return self._until.get(self._digest(user, password, kept), 0.0) > self._clock()

    def _digest(self, user: str, password: str, kept: str) -> bytes:
        parts = [part.encode("utf-8", "surrogatepass") for part in (user, password, kept)]
        return hmac.digest(self._key, b"".join(len(part).to_bytes(8) + part for part in parts), hashlib.sha256)
