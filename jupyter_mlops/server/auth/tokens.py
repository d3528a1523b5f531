"""Tokens of users, for programs: of each only a digest is kept."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3

import msgspec

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, NotFound
from jupyter_mlops.server.auth.databases import UserDatabase
from jupyter_mlops.server.auth.users import user_id_of

__all__ = ["Token", "Tokens", "token_digest"]

_PREFIX = "mlops_"  # by which those who search for leaked secrets know one
_DAY_MS = 86_400_000


class Token(msgspec.Struct, frozen=True):
    """What is known of a token.

    Attributes
    ----------
    created_ms, expires_ms, used_ms : int or None
        Milliseconds since the epoch; None for one that does not expire, and for one that was not used.
    """

    user: str
    name: str
    created_ms: int
    expires_ms: int | None
    used_ms: int | None


class Tokens:
    """The table of tokens."""

    def __init__(self, database: UserDatabase) -> None:
        self._database = database

    def create(self, user: str, name: str, days: float | None = None) -> str:
        """A new token of a user, which is not to be seen again.

        Parameters
        ----------
        user, name : str
            A name that tells what it is for; a user has one token of a name.
        days : float, optional
            After which it is not valid any more.

        Raises
        ------
        NotFound
            There is no such user.
        AlreadyExists
            The user has a token of that name.
        """
        if not name.strip() or len(name) > 255 or not (days is None or 0 < days <= 36500):
            raise InvalidParameter(f"A token has a name and at most 36500 days, unlike {name!r:.100} with {days}.")
        token, now = _PREFIX + secrets.token_urlsafe(32), now_ms()
        expires = None if days is None else now + int(days * _DAY_MS)
        try:
            with self._database.writing() as connection:
                row = (user_id_of(connection, user), name, token_digest(token), now, expires)
                connection.execute("INSERT INTO tokens (user_id, name, digest, created_ms, expires_ms) VALUES (?, ?, ?, ?, ?)", row)
        except sqlite3.IntegrityError:
            raise AlreadyExists(f"{user!r:.100} has a token {name!r:.100}: choose another name, or revoke that one.") from None
        return token

    def all(self, user: str | None = None) -> list[Token]:
        """Tokens of a user, or of all, expired ones too."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT u.name, t.name, t.created_ms, t.expires_ms, t.used_ms FROM tokens t JOIN users u USING (user_id) "
                "WHERE ?1 IS NULL OR u.name = ?1 ORDER BY u.name, t.name", (user,),
            ).fetchall() if connection else []  # fmt: skip
        return [Token(*row) for row in rows]

    def revoke(self, user: str, name: str) -> None:
        """Make a token invalid at once; `NotFound` when the user has none of that name."""
        with self._database.writing() as connection:
            row = (user_id_of(connection, user), name)
            if not connection.execute("DELETE FROM tokens WHERE user_id = ? AND name = ?", row).rowcount:
                raise NotFound(f"{user!r:.100} has no token {name!r:.100}.")


def token_digest(token: str) -> bytes:
    """What is kept of a token: it is random enough that a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
