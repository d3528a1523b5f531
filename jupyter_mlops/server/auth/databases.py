"""The file of users, tokens and permissions: SQLite, beside the store and no part of it.

People query, export and back up a store; no hash of a password is among what they see. Servers and commands of several
processes may use it at once.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from urllib.parse import quote

from jupyter_mlops.errors import StoreBusy, StoreCorrupt, StoreError, StoreNewer, StoreReadOnly

__all__ = ["UserDatabase", "users_path"]

_APPLICATION, _VERSION = 0x4D4C6F55, 1
_WAIT_S = 10.0
_SCHEMA = """
CREATE TABLE users (user_id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, password TEXT NOT NULL,
    is_admin INTEGER NOT NULL, created_ms INTEGER NOT NULL);
CREATE TABLE tokens (token_id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    name TEXT NOT NULL, digest BLOB NOT NULL UNIQUE, created_ms INTEGER NOT NULL, expires_ms INTEGER, used_ms INTEGER,
    UNIQUE (user_id, name));
CREATE TABLE grants (user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE, kind TEXT NOT NULL, name TEXT NOT NULL,
    level INTEGER NOT NULL, PRIMARY KEY (user_id, kind, name)) WITHOUT ROWID;
CREATE INDEX grants_of ON grants (kind, name);
"""


def users_path(store_path: str) -> str:
    """Where the users of a store are kept."""
    return f"{store_path}.users.db"


class UserDatabase:
    """The file, made at the first write, for its owner alone.

    Parameters
    ----------
    path : str

    Notes
    -----
    Reads go by one connection, writes by one of their own each: who asks a server is told while a write waits. Without
    write-ahead log, which is no good on a network's disk. Safe from any thread.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._reader: sqlite3.Connection | None = None

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection to read by; None when there is no file yet."""
        with self._lock, self._translated():
            if self._reader is None and os.path.exists(self.path):
                self._reader = self._connect()
            yield self._reader

    @contextlib.contextmanager
    def writing(self, wait_s: float = _WAIT_S) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction, which an error undoes; others that write are waited for `wait_s` seconds."""
        with self._translated():
            self._make_sure()
            with contextlib.closing(self._connect(wait_s)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise

    def version(self) -> int:
        """A number that is another one whenever anybody wrote; cheap."""
        with self.reading() as connection:
            return connection.execute("PRAGMA data_version").fetchone()[0] if connection else 0  # type: ignore[no-any-return]

    def close(self) -> None:
        """Let the file go."""
        with self._lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None

    def _make_sure(self) -> None:
        """The file is there before SQLite would make it for everybody."""
        with contextlib.suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0), 0o600))

    def _connect(self, wait_s: float = _WAIT_S) -> sqlite3.Connection:
        found = os.lstat(self.path)
        if not stat.S_ISREG(found.st_mode):
            raise StoreError(f"{self.path} is no file of users: it is a link or a folder.")
        if os.name == "posix" and found.st_mode & 0o077 and found.st_uid == os.getuid():
            os.chmod(self.path, 0o600)
        connection = sqlite3.connect(
            f"file:{quote(self.path)}?mode=rw", uri=True, timeout=wait_s, isolation_level=None, check_same_thread=False
        )
        try:
            for pragma in ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON", "trusted_schema=OFF"):
                connection.execute(f"PRAGMA {pragma}")
            self._check(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _check(self, connection: sqlite3.Connection) -> None:
        """The file has the tables that this version knows; an empty one is given them."""
        if self._version(connection) == 0:
            connection.execute("BEGIN IMMEDIATE")
            if self._version(connection) == 0:  # nobody else made them meanwhile
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id={_APPLICATION}")
                connection.execute(f"PRAGMA user_version={_VERSION}")
            connection.execute("COMMIT")
        if self._version(connection) > _VERSION:
            raise StoreNewer(f"{self.path} was written by a newer version of jupyter_mlops: install that one.")

    def _version(self, connection: sqlite3.Connection) -> int:
        (application,), (version,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version"))
        if (application, version) != (0, 0) and application != _APPLICATION:
            raise StoreCorrupt(f"{self.path} is no file of users of jupyter_mlops.")
        return int(version)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of SQLite as those of our tree."""
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except sqlite3.OperationalError as error:
            code = (error.sqlite_errorcode or 0) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise StoreBusy(f"Another process has been writing to {self.path} for long: try again.") from error
            if code == sqlite3.SQLITE_READONLY:
                raise StoreReadOnly(f"{self.path} may not be written.") from error
            raise StoreError(f"{self.path}: {error}.") from error
        except sqlite3.DatabaseError as error:
            raise StoreCorrupt(f"{self.path} cannot be read: {error}.") from error
