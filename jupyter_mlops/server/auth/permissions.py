"""Who may do what with which experiment and registered model."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

import msgspec

from jupyter_mlops.errors import AlreadyExists, NotFound
from jupyter_mlops.server.auth.databases import UserDatabase
from jupyter_mlops.server.auth.levels import Level
from jupyter_mlops.server.auth.things import MODEL, name_of
from jupyter_mlops.server.auth.users import user_id_of

__all__ = ["Grant", "Permissions"]


class Grant(msgspec.Struct, frozen=True):
    """One permission.

    Attributes
    ----------
    kind : {"experiment", "registered_model"}
    name : str
        Id of the experiment or name of the model.
    """

    user: str
    user_id: int
    kind: str
    name: str
    level: Level


class Permissions:
    """The table of permissions.

    Raises
    ------
    NotFound
        There is no such user, or no such permission.
    """

    def __init__(self, database: UserDatabase) -> None:
        self._database = database

    def create(self, user: str, kind: str, name: str, level: Level) -> Grant:
        """Grant a permission; `AlreadyExists` when the user has one on that thing."""
        try:
            with self._database.writing() as connection:
                _insert(connection, "INSERT", user, kind, name, level)
        except sqlite3.IntegrityError:
            raise AlreadyExists(f"{user!r:.100} has a permission on {kind} {name!r:.200} already: update it.") from None
        return self.get(user, kind, name)

    def grant(self, user: str, kind: str, name: str, level: Level) -> None:
        """Grant a permission in place of the one that the user had."""
        with self._database.writing() as connection:
            _insert(connection, "INSERT OR REPLACE", user, kind, name, level)

    def update(self, user: str, kind: str, name: str, level: Level) -> None:
        """Change a permission that the user has."""
        self._change("UPDATE grants SET level = ?1", user, kind, name, level)

    def revoke(self, user: str, kind: str, name: str) -> None:
        """Take a permission away: what everybody has by default holds again."""
        self._change("DELETE FROM grants", user, kind, name, None)

    def get(self, user: str, kind: str, name: str) -> Grant:
        """One permission."""
        for grant in self.all(user, kind, name):
            return grant
        raise _none(user, kind, name)

    def all(self, user: str | None = None, kind: str | None = None, name: str | None = None) -> list[Grant]:
        """Permissions, by user, kind and name."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT u.name, g.user_id, g.kind, g.name, g.level FROM grants g JOIN users u USING (user_id) WHERE (?1 IS NULL OR u.name = ?1) "
                "AND (?2 IS NULL OR g.kind = ?2) AND (?3 IS NULL OR g.name = ?3) ORDER BY u.name, g.kind, g.name",
                (user, kind, name and name_of(kind or "", name)),
            ).fetchall() if connection else []  # fmt: skip
        return [Grant(user, user_id, kind, name, Level(level)) for user, user_id, kind, name, level in rows]

    def own(self, user: str, kind: str, name: str) -> None:
        """MANAGE for who made a thing; what others had on one of that name before is gone."""
        with self.making(user, kind, name):
            pass

    @contextlib.contextmanager
    def making(self, user: str, kind: str, name: str) -> Iterator[None]:
        """While a thing is made: MANAGE for `user` alone, unless that fails."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM grants WHERE kind = ? AND name = ?", (kind, name))
            _insert(connection, "INSERT", user, kind, name, Level.MANAGE)
            yield

    @contextlib.contextmanager
    def renaming(self, old: str, new: str) -> Iterator[None]:
        """While a model is renamed: its permissions go along, unless that fails."""
        with self._database.writing() as connection:
            if old != new:
                connection.execute("DELETE FROM grants WHERE kind = ? AND name = ?", (MODEL, new))
                connection.execute("UPDATE grants SET name = ? WHERE kind = ? AND name = ?", (new, MODEL, old))
            yield

    @contextlib.contextmanager
    def deleting(self, name: str) -> Iterator[None]:
        """While a model is removed: so are its permissions, unless that fails."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM grants WHERE kind = ? AND name = ?", (MODEL, name))
            yield

    def _change(self, statement: str, user: str, kind: str, name: str, level: Level | None) -> None:
        with self._database.writing() as connection:
            bound = (level, user_id_of(connection, user), kind, name_of(kind, name))
            if not connection.execute(f"{statement} WHERE user_id = ?2 AND kind = ?3 AND name = ?4", bound).rowcount:
                raise _none(user, kind, name)


def _insert(connection: sqlite3.Connection, how: str, user: str, kind: str, name: str, level: Level) -> None:
    connection.execute(f"{how} INTO grants VALUES (?, ?, ?, ?)", (user_id_of(connection, user), kind, name_of(kind, name), int(level)))


def _none(user: str, kind: str, name: str) -> NotFound:
    return NotFound(f"{user!r:.100} has no permission of their own on {kind} {name!r:.200}.")
