"""``--auth users``: who asks is told by a list of users."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Mapping
from typing import Any

import msgspec

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.server.auth.accounts import Accounts
from jupyter_mlops.server.auth.authorities import Authority
from jupyter_mlops.server.auth.callers import Caller
from jupyter_mlops.server.auth.credentials import Credentials
from jupyter_mlops.server.auth.levels import Level
from jupyter_mlops.server.auth.passwords import RecentPasswords, check_password, prepare_passwords
from jupyter_mlops.server.auth.tokens import token_digest
from jupyter_mlops.server.auth.users import LONGEST_NAME

__all__ = ["KnownUsers"]

_MOST_KEPT, _USED_EVERY_MS, _WAIT_S = 10_000, 60_000, 0.2


class _Person(msgspec.Struct, frozen=True):
    password: str
    caller: Caller


class _Key(msgspec.Struct, frozen=True):
    token_id: int
    user: str
    expires_ms: int | None


class KnownUsers(Authority):
    """Users by their passwords, or their tokens.

    Parameters
    ----------
    accounts : Accounts
    default : Level
        What everybody may do with things that no permission names for them.

    Notes
    -----
    What was read stays in memory until somebody writes to the file, which every call looks for; it takes some 20 µs.
    Safe from any thread.
    """

    name = "users"
    has_passwords = True
    advice = (
        "Say who you are by MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or by a token in MLFLOW_TRACKING_TOKEN, which "
        "an admin of the server makes: jupyter mlops tokens create USER NAME"
    )

    def __init__(self, accounts: Accounts, default: Level = Level.READ) -> None:
        self._accounts, self._default = accounts, default
        self._database = accounts.database
        prepare_passwords()
        self._recent = RecentPasswords()
        self._lock = threading.Lock()
        self._version = -1
        self._people: dict[str, _Person | None] = {}
        self._keys: dict[bytes, _Key | None] = {}
        self._used: dict[int, int] = {}

    def known(self, credentials: Credentials | None) -> Caller | None:
        if credentials is None:
            return None
        self._look_again()
        if (caller := self._by_token(credentials)) is not None or credentials.user is None:
            return caller
        person = self._person(credentials.user)
        if person is None or not self._recent.knows(credentials.user, credentials.secret, person.password):
            return None
        return _saying_it(person)

    def proved(self, credentials: Credentials) -> Caller | None:
        if credentials.user is None:
            return None
        person = self._person(credentials.user)
        if not check_password(person.password if person else None, credentials.secret) or person is None:
            return None
        self._recent.remember(credentials.user, credentials.secret, person.password)
        return _saying_it(person)

    def returning(self, user: str, stamp: str) -> Caller | None:
        self._look_again()
        person = self._person(user)
        return person.caller if person is not None and person.caller.stamp == stamp else None

    def _by_token(self, credentials: Credentials) -> Caller | None:
        """The owner of a token, which as a password comes with their name or none."""
        digest = token_digest(credentials.secret)
        key = self._kept(self._keys, digest, self._read_key)
        if key is None or credentials.user not in (None, "", key.user) or (key.expires_ms is not None and key.expires_ms <= now_ms()):
            return None
        person = self._person(key.user)
        if person is None:
            return None
        self._note_use(key.token_id)
        return person.caller

    def _person(self, name: str) -> _Person | None:
        if len(name) > LONGEST_NAME:
            return None
        return self._kept(self._people, name, self._read_person)  # type: ignore[no-any-return]

    def _kept(self, kept: dict[Any, Any], key: Any, read: Any) -> Any:
        """What was read of a name or token, or is read now."""
        with self._lock:
            if key in kept:
                return kept[key]
            version = self._version
        found = read(key)
        with self._lock:
            if version == self._version:
                if len(kept) >= _MOST_KEPT:
                    kept.clear()
                kept[key] = found
        return found

    def _look_again(self) -> None:
        version = self._database.version()
        with self._lock:
            if version != self._version:
                self._version = version
                self._people.clear()
                self._keys.clear()

    def _read_person(self, name: str) -> _Person | None:
        with self._database.reading() as connection:
            row = connection and connection.execute("SELECT user_id, password, is_admin FROM users WHERE name = ?", (name,)).fetchone()
            if not connection or not row:
                return None
            user_id, password, is_admin = row
            grants = connection.execute("SELECT kind, name, level FROM grants WHERE user_id = ?", (user_id,)).fetchall()
        stamp = hashlib.sha256(f"{user_id} {password}".encode()).hexdigest()[:32]
        levels: Mapping[tuple[str, str], Level] = {(kind, thing): Level(level) for kind, thing, level in grants}
        return _Person(password, Caller(name, stamp, bool(is_admin), self._default, levels, self._accounts))

    def _read_key(self, digest: bytes) -> _Key | None:
        with self._database.reading() as connection:
            row = connection and connection.execute(
                "SELECT t.token_id, u.name, t.expires_ms FROM tokens t JOIN users u USING (user_id) WHERE t.digest = ?", (digest,)
            ).fetchone()
        return _Key(*row) if row else None

    def _note_use(self, token_id: int) -> None:
        """Note in the file that a token was used, once a minute, unless somebody else writes."""
        now = now_ms()
        with self._lock:
            if now - self._used.get(token_id, 0) < _USED_EVERY_MS:
                return
            self._used[token_id] = now
        with contextlib.suppress(MlflowException), self._database.writing(_WAIT_S) as connection:
            connection.execute("UPDATE tokens SET used_ms = ? WHERE token_id = ?", (now, token_id))


def _saying_it(person: _Person) -> Caller:
    return msgspec.structs.replace(person.caller, by_password=True)
