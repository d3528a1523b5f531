"""The people who may ask a server."""

from __future__ import annotations

import sqlite3
import unicodedata

import msgspec

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, InvalidState, NotFound
from jupyter_mlops.server.auth.databases import UserDatabase
from jupyter_mlops.server.auth.passwords import check_password, hash_password

__all__ = ["LONGEST_NAME", "User", "Users", "user_id_of"]

LONGEST_NAME = 255
_COLUMNS = "user_id, name, is_admin, created_ms"


class User(msgspec.Struct, frozen=True):
    """Somebody who may log in."""

    user_id: int
    name: str
    is_admin: bool
    created_ms: int


class Users:
    """The table of users.

    Raises
    ------
    NotFound
        There is no user of that name.
    InvalidParameter
        A name or password that cannot be.
    InvalidState
        No admin would be left.
    """

    def __init__(self, database: UserDatabase) -> None:
        self._database = database

    def create(self, name: str, password: str, is_admin: bool = False) -> User:
        """Make a user; `AlreadyExists` when the name is taken."""
        _check_name(name)
        kept = hash_password(password)
        try:
            with self._database.writing() as connection:
                connection.execute("INSERT INTO users (name, password, is_admin, created_ms) VALUES (?, ?, ?, ?)", (name, kept, is_admin, now_ms()))
        except sqlite3.IntegrityError:
            raise AlreadyExists(f"There is a user {name!r:.100} already. To give them another password: jupyter mlops users passwd {name:.100}") from None
        return self.get(name)

    def get(self, name: str) -> User:
        """A user."""
        for user in self._read("WHERE name = ?", name):
            return user
        raise _nobody(name)

    def all(self) -> list[User]:
        """All users, by name."""
        return self._read("ORDER BY name")

    def set_password(self, name: str, password: str) -> None:
        """Give a user another password; their sessions are over."""
        kept = hash_password(password)
        with self._database.writing() as connection:
            connection.execute("UPDATE users SET password = ? WHERE user_id = ?", (kept, user_id_of(connection, name)))

    def check_password(self, name: str, password: str) -> None:
        """Go on only with the password of a user; `InvalidParameter` for another one."""
        with self._database.reading() as connection:
            row = connection and connection.execute("SELECT password FROM users WHERE name = ?", (name,)).fetchone()
        if not check_password(row[0] if row else None, password):
            raise InvalidParameter("That is not the current password.")

    def set_admin(self, name: str, is_admin: bool) -> None:
        """Make a user an admin, or none any more."""
        with self._database.writing() as connection:
            connection.execute("UPDATE users SET is_admin = ? WHERE user_id = ?", (is_admin, user_id_of(connection, name)))
            _require_an_admin(connection)

    def delete(self, name: str) -> None:
        """Remove a user with their tokens and permissions."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM users WHERE user_id = ?", (user_id_of(connection, name),))
            if connection.execute("SELECT 1 FROM users").fetchone():
                _require_an_admin(connection)

    def _read(self, which: str, *bound: object) -> list[User]:
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM users {which}", bound).fetchall() if connection else []
        return [User(user_id, name, bool(is_admin), created_ms) for user_id, name, is_admin, created_ms in rows]


def user_id_of(connection: sqlite3.Connection, name: str) -> int:
    """Number of a user; `NotFound` when there is none of that name."""
    row = connection.execute("SELECT user_id FROM users WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise _nobody(name)
    return int(row[0])


def _nobody(name: str) -> NotFound:
    return NotFound(f"There is no user {name!r:.100}.")


def _require_an_admin(connection: sqlite3.Connection) -> None:
    if not connection.execute("SELECT 1 FROM users WHERE is_admin").fetchone():
        raise InvalidState("That is the last admin: make another one first, jupyter mlops users set-admin NAME")


def _check_name(name: str) -> None:
    """A colon ends the name in a basic log-in; what cannot be seen deceives those who grant permissions."""
    hidden = any(unicodedata.category(letter)[0] in "CZ" and letter != " " for letter in name)
    if not name or len(name) > LONGEST_NAME or ":" in name or name != name.strip() or hidden:
        raise InvalidParameter(f"A user's name has 1 to {LONGEST_NAME} visible characters and no colon, unlike {name!r:.100}.")
