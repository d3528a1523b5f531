"""Users, tokens and permissions as they are kept."""

import os
import pathlib
import sqlite3
import stat
import threading

import pytest

from jupyter_mlops.errors import (
    AlreadyExists,
    InvalidParameter,
    InvalidState,
    NotFound,
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreNewer,
)
from jupyter_mlops.server.auth import known_users
from jupyter_mlops.server.auth.accounts import Accounts
from jupyter_mlops.server.auth.credentials import Credentials, read_credentials
from jupyter_mlops.server.auth.failures import Failures
from jupyter_mlops.server.auth.known_users import KnownUsers
from jupyter_mlops.server.auth.levels import Level
from jupyter_mlops.server.auth.passwords import RecentPasswords
from jupyter_mlops.server.auth.things import EXPERIMENT, MODEL

PASSWORD = "correct horse battery"


@pytest.fixture
def accounts(tmp_path):
    made = Accounts(str(tmp_path / "mlops.duckdb"))
    yield made
    made.database.close()


def rows(accounts, query):
    """What another connection reads in the file."""
    with sqlite3.connect(accounts.database.path) as connection:
        found = connection.execute(query).fetchall()
    connection.close()
    return found


def test_no_secret_is_in_the_file_and_nobody_else_may_read_it(accounts):
    before = os.umask(0)
    try:
        accounts.users.create("ann", PASSWORD, is_admin=True)
    finally:
        os.umask(before)
    token = accounts.tokens.create("ann", "ci")
    data = pathlib.Path(accounts.database.path).read_bytes()
    assert PASSWORD.encode() not in data and token.encode() not in data and token[6:].encode() not in data
    assert rows(accounts, "SELECT substr(password, 1, 10) FROM users") == [("$argon2id$",)]
    assert stat.S_IMODE(os.stat(accounts.database.path).st_mode) == 0o600
    os.chmod(accounts.database.path, 0o644)
    accounts.users.set_admin("ann", True)
    assert stat.S_IMODE(os.stat(accounts.database.path).st_mode) == 0o600


@pytest.mark.parametrize("name", ["", " ann", "ann ", "a:b", "a\nb", "a\x00b", "a\u200bb", "a\u202eb", "x" * 256, "\ud800"])
def test_names_that_no_user_has(accounts, name):
    with pytest.raises(InvalidParameter):
        accounts.users.create(name, PASSWORD)


@pytest.mark.parametrize("password", ["", "short", "x" * 11, "x" * 1025])
def test_passwords_that_cannot_be(accounts, password):
    with pytest.raises(InvalidParameter) as error:
        accounts.users.create("ann", password)
    assert not password or password not in str(error.value)
    assert accounts.users.all() == []


def test_users_come_and_go(accounts):
    accounts.users.create("ann", PASSWORD, is_admin=True)
    accounts.users.create("bob", PASSWORD)
    with pytest.raises(AlreadyExists, match="passwd bob"):
        accounts.users.create("bob", PASSWORD)
    for change in (lambda: accounts.users.set_admin("ann", False), lambda: accounts.users.delete("ann")):
        with pytest.raises(InvalidState, match="last admin"):
            change()
    assert [user.name for user in accounts.users.all()] == ["ann", "bob"]
    token = accounts.tokens.create("bob", "ci")
    accounts.permissions.grant("bob", MODEL, "m", Level.EDIT)
    bob = accounts.users.get("bob").user_id
    accounts.users.delete("bob")
    assert rows(accounts, "SELECT count(*) FROM tokens") == rows(accounts, "SELECT count(*) FROM grants") == [(0,)]
    again = accounts.users.create("bob", PASSWORD)
    assert again.user_id != bob, "a number is never given twice"
    assert KnownUsers(accounts).known(Credentials(None, token)) is None
    for gone in (accounts.users.get, accounts.users.delete, lambda name: accounts.tokens.create(name, "x"), lambda name: accounts.users.set_admin(name, True)):
        with pytest.raises(NotFound):
            gone("carl")


def test_tokens_expire_and_are_revoked(accounts, monkeypatch):
    accounts.users.create("ann", PASSWORD)
    accounts.users.create("bob", PASSWORD)
    known = KnownUsers(accounts)
    token, short = accounts.tokens.create("ann", "ci"), accounts.tokens.create("ann", "short", days=1)
    for credentials in (Credentials(None, token), Credentials("ann", token), Credentials("", token), Credentials(None, short)):
        assert known.known(credentials).user == "ann"
    for credentials in (Credentials("bob", token), Credentials(None, token + "x"), Credentials(None, token[:-1]), Credentials(None, PASSWORD), None):
        assert known.known(credentials) is None
    assert [one.used_ms is not None for one in accounts.tokens.all("ann")] == [True, True]
    real = known_users.now_ms
    monkeypatch.setattr(known_users, "now_ms", lambda: real() + 86_400_001)
    assert known.known(Credentials(None, short)) is None and known.known(Credentials(None, token)).user == "ann"
    with pytest.raises(AlreadyExists):
        accounts.tokens.create("ann", "ci")
    accounts.tokens.revoke("ann", "ci")
    assert known.known(Credentials(None, token)) is None
    with pytest.raises(NotFound):
        accounts.tokens.revoke("ann", "ci")
    for days in (0, -1, float("nan"), 1e9):
        with pytest.raises(InvalidParameter):
            accounts.tokens.create("ann", "odd", days)


def test_a_right_password_is_remembered_until_the_user_changes(accounts):
    accounts.users.create("ann", PASSWORD)
    known, given = KnownUsers(accounts), Credentials("ann", PASSWORD)
    assert known.known(given) is None, "never by guessing"
    caller = known.proved(given)
    assert (caller.user, caller.by_password, caller.is_admin) == ("ann", True, False)
    assert known.known(given).user == "ann" and known.returning("ann", caller.stamp).user == "ann"
    assert known.known(Credentials("ann", PASSWORD + "x")) is None and known.proved(Credentials("ann", PASSWORD + "x")) is None
    Accounts(accounts.database.path.removesuffix(".users.db")).users.set_password("ann", PASSWORD + "2")  # another process's connection
    assert known.known(given) is None and known.proved(given) is None and known.returning("ann", caller.stamp) is None
    assert known.proved(Credentials("ann", PASSWORD + "2")).user == "ann"
    accounts.users.set_admin("ann", True)
    assert known.known(Credentials("ann", PASSWORD + "2")).is_admin
    now = 0.0
    recent = RecentPasswords(lambda: now)
    recent.remember("ann", "a", "hash")
    assert recent.knows("ann", "a", "hash") and not recent.knows("ann", "a", "other") and not recent.knows("an", "na", "hash")
    now = 301.0
    assert not recent.knows("ann", "a", "hash")


def test_permissions_follow_what_they_are_about(accounts):
    accounts.users.create("ann", PASSWORD)
    accounts.users.create("bob", PASSWORD)
    of = accounts.permissions
    of.create("ann", EXPERIMENT, "7", Level.READ)
    with pytest.raises(AlreadyExists):
        of.create("ann", EXPERIMENT, " 07", Level.EDIT)
    of.update("ann", EXPERIMENT, "007", Level.EDIT)
    assert KnownUsers(accounts).proved(Credentials("ann", PASSWORD)).may(EXPERIMENT, "0_7", Level.EDIT)
    of.grant("bob", MODEL, "new", Level.MANAGE)
    of.own("ann", MODEL, "old")
    of.grant("bob", MODEL, "old", Level.READ)
    with pytest.raises(ZeroDivisionError), of.renaming("old", "new"):
        raise ZeroDivisionError
    assert [(one.user, one.name) for one in of.all(kind=MODEL)] == [("ann", "old"), ("bob", "new"), ("bob", "old")]
    with of.renaming("old", "new"):
        pass
    assert [(one.user, one.name, one.level) for one in of.all(kind=MODEL)] == [("ann", "new", Level.MANAGE), ("bob", "new", Level.READ)]
    with of.renaming("new", "new"):
        pass
    assert len(of.all(kind=MODEL)) == 2
    with of.deleting("new"):
        pass
    assert of.all(kind=MODEL) == []
    of.grant("bob", MODEL, "again", Level.MANAGE)
    with of.making("ann", MODEL, "again"):
        pass
    assert [(one.user, one.level) for one in of.all(kind=MODEL)] == [("ann", Level.MANAGE)], "of who had the name before, nothing is left"
    for change in (of.update, lambda *given: of.revoke(*given[:3])):
        with pytest.raises(NotFound):
            change("bob", EXPERIMENT, "7", Level.READ)


def test_many_write_at_once(accounts, child):
    accounts.users.create("ann", PASSWORD, is_admin=True)
    script = """
    import sys
    from jupyter_mlops.server.auth.accounts import Accounts
    from jupyter_mlops.server.auth.levels import Level
    accounts = Accounts(sys.argv[1])
    for index in range(20):
        accounts.permissions.grant("ann", "registered_model", f"{sys.argv[2]}-{index}", Level.READ)
    """
    processes = [child(script, accounts.database.path.removesuffix(".users.db"), number) for number in range(3)]
    known = KnownUsers(accounts)
    while any(process.poll() is None for process in processes):
        assert known.known(Credentials("ann", "x")) is None
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(accounts.permissions.all("ann")) == 60


def test_files_that_are_none_of_users(accounts, tmp_path, monkeypatch):
    path = accounts.database.path
    with open(path, "w") as file:
        file.write("no database" * 1000)
    with pytest.raises(StoreCorrupt):
        accounts.users.all()
    os.unlink(path)
    sqlite3.connect(path).execute("PRAGMA user_version=7").connection.close()
    with pytest.raises(StoreCorrupt):
        accounts.users.all()
    os.unlink(path)
    accounts.users.create("ann", PASSWORD)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=2")
    connection.close()
    with pytest.raises(StoreNewer):
        accounts.users.set_admin("ann", True)
    os.rename(path, tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", path)
    with pytest.raises(StoreError, match="link"):
        accounts.users.set_admin("ann", True)


def test_who_holds_the_file_is_not_waited_for_for_ever(accounts):
    accounts.users.create("ann", PASSWORD)
    holder = sqlite3.connect(accounts.database.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert accounts.users.get("ann").name == "ann", "reading goes on"
    with pytest.raises(StoreBusy), accounts.database.writing(0.05):
        pass
    holder.close()


@pytest.mark.parametrize(
    "headers",
    [[], [""], ["Bearer"], ["Bearer "], ["Basic"], ["Basic !"], ["Basic YW5u"], ["Basic YW5uOg=="], ["Basic \xff\xfe"], ["Digest x"],
     ["Bearer a", "Bearer a"], ["Bearer a", "Basic YW5uOmE="], ["Bearer " + "x" * 5000], ["Basic /////w=="], ["Negotiate YII="]],
)  # fmt: skip
def test_headers_that_say_nothing(headers):
    assert read_credentials(headers) is None


def test_a_secret_is_in_no_text():
    assert "geheim" not in repr(Credentials("ann", "geheim")) + str(Credentials(None, "geheim"))


def test_many_wrong_ones_at_once_are_no_way_around():
    failures = Failures(5, 3600)
    let = []
    threads = [threading.Thread(target=lambda: let.append(failures.attempt("ann") == 0)) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert let.count(True) == 5
    small = Failures(1, 60, capacity=3)
    for name in "abcd":
        small.attempt(name)
    assert len(small._until) == 3
