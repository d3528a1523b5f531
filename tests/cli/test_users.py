"""``jupyter mlops users``, ``tokens``, ``permissions`` and a server of users, as processes."""

import base64
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

import jupyter_mlops as mlflow
from tests.server_processes import started

RUN = [sys.executable, "-c", "from jupyter_mlops.cli.main import main; main()"]
PASSWORD, OTHER = "correct horse battery", "staple correct horse"
STORE = "mlops.duckdb"


def mlops(*words, stdin=None, code=0):
    done = subprocess.run([*RUN, *words, "--store", STORE], input=stdin, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return done.stdout if code == 0 else done.stderr


@pytest.fixture
def store():
    """A store with an experiment and a model."""
    mlflow.set_tracking_uri(STORE)
    mlflow.create_experiment("wine")
    mlflow.MlflowClient().create_registered_model("cellar")
    return STORE


def ask(port, path, headers):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_users_are_made_listed_changed_and_removed():
    said = mlops("users", "create", "ann", "--admin", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert "Admin ann" in said and "mlops.duckdb.users.db" in said
    mlops("users", "create", "bob", "--password-stdin", stdin=PASSWORD)
    assert "already" in mlops("users", "create", "bob", "--password-stdin", stdin=PASSWORD, code=1)
    assert "12 to 1024" in mlops("users", "create", "carl", "--password-stdin", stdin="short", code=1)
    assert "standard input" in mlops("users", "create", "carl", "--password-stdin", stdin="", code=1)
    lines = mlops("users", "list").splitlines()
    assert [line.split()[:2] for line in lines[:3]] == [["User", "Admin"], ["----", "-----"], ["ann", "yes"]]
    assert [one["name"] for one in json.loads(mlops("users", "list", "--json"))] == ["ann", "bob"]
    assert "last admin" in mlops("users", "set-admin", "ann", "--no", code=1)
    mlops("users", "set-admin", "bob")
    mlops("users", "passwd", "bob", "--password-stdin", stdin=OTHER)
    mlops("users", "delete", "ann", "--yes")
    assert "no user 'ann'" in mlops("users", "delete", "ann", "--yes", code=1)
    assert mlops("users", "delete", "bob", stdin="n\n", code=130)
    assert PASSWORD.encode() not in open_bytes(f"{STORE}.users.db")


def open_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def test_a_password_is_no_argument():
    for words in (["--password", PASSWORD], [PASSWORD]):
        assert mlops("users", "create", "ann", *words, code=2)
    assert not os.path.exists(f"{STORE}.users.db")


def test_tokens_are_shown_once():
    mlops("users", "create", "ann", "--password-stdin", stdin=PASSWORD)
    token = mlops("tokens", "create", "ann", "ci", "--days", "7").strip()
    assert token.startswith("mlops_") and len(token) > 40
    table = mlops("tokens", "list")
    assert "ci" in table and token not in table and token not in mlops("tokens", "list", "ann", "--json")
    assert table.splitlines()[0].split() == ["User", "Name", "Created", "Expires", "Last", "Used"]
    mlops("tokens", "revoke", "ann", "ci")
    assert "no token" in mlops("tokens", "revoke", "ann", "ci", code=1)
    assert "no user" in mlops("tokens", "create", "bob", "ci", code=1)


def test_permissions_are_on_things_that_are_there(store):
    mlops("users", "create", "ann", "--password-stdin", stdin=PASSWORD)
    assert "EDIT on experiment 1" in mlops("permissions", "grant", "ann", "EDIT", "--experiment", "wine")
    mlops("permissions", "grant", "ann", "manage", "--model", "cellar")
    for wrong in (["--experiment", "beer"], ["--experiment", "99"], ["--model", "beer"]):
        assert mlops("permissions", "grant", "ann", "EDIT", *wrong, code=1)
    assert mlops("permissions", "grant", "ann", "EDIT", code=2) and mlops("permissions", "grant", "ann", "OWN", "--model", "cellar", code=2)
    listed = json.loads(mlops("permissions", "list", "ann", "--json"))
    assert [(one["kind"], one["name"], one["permission"]) for one in listed] == [("experiment", "1", "EDIT"), ("registered_model", "cellar", "MANAGE")]
    mlops("permissions", "revoke", "ann", "--experiment", "1")
    assert "MANAGE" in mlops("permissions", "list") and "EDIT" not in mlops("permissions", "list")


def test_a_server_of_users_has_an_admin():
    for before in ("", "bob"):
        if before:
            mlops("users", "create", before, "--password-stdin", stdin=PASSWORD)
        assert "jupyter mlops users create NAME --admin" in mlops("server", "--auth", "users", code=1)


def test_users_log_in_and_no_log_says_how(store, tmp_path):
    mlops("users", "create", "ann", "--admin", "--password-stdin", stdin=PASSWORD)
    mlops("users", "create", "bob", "--password-stdin", stdin=OTHER)
    token = mlops("tokens", "create", "bob", "ci").strip()
    wrong = "something else entirely"
    with started(tmp_path, "--auth", "users", "--log-level", "debug", "--log-format", "json") as (process, port):
        assert not list((tmp_path / "data" / "servers").glob("*.token")), "no token of everybody"
        path = "/api/2.0/mlflow/experiments/get?experiment_id=1"
        assert ask(port, path, {})[0] == 401
        assert ask(port, path, basic("bob", wrong))[0] == 401
        assert ask(port, path, basic("bob", OTHER))[0] == 200
        assert ask(port, path, {"Authorization": f"Bearer {token}"})[0] == 200
        mlops("permissions", "grant", "bob", "NO_PERMISSIONS", "--experiment", "wine")
        code, told = ask(port, path, {"Authorization": f"Bearer {token}"})
        assert (code, told["error_code"]) == (403, "PERMISSION_DENIED") and "permissions grant bob READ --experiment 1" in told["message"]
        mlops("users", "passwd", "bob", "--password-stdin", stdin=PASSWORD)
        assert ask(port, path.replace("=1", "=0"), basic("bob", OTHER))[0] == 401
        assert ask(port, path.replace("=1", "=0"), basic("bob", PASSWORD))[0] == 200
        login = urllib.request.Request(
            f"http://127.0.0.1:{port}/login", json.dumps({"user": "ann", "password": PASSWORD}).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(login, timeout=20) as answer:
            cookie = answer.headers["Set-Cookie"].partition(";")[0].partition("=")[2]
            csrf = json.load(answer)["csrf"]
        link = urllib.request.Request(
            f"http://127.0.0.1:{port}/login/link", b"{}", {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(link, timeout=20) as answer:
            once = json.load(answer)["path"]
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=20).close()
        ask_quietly(f"http://127.0.0.1:{port}{once}")
        process.terminate()
        said = process.communicate(timeout=30)[0]
    for secret in (PASSWORD, OTHER, wrong, token, cookie, csrf, once.partition("once=")[2], *(basic("bob", one)["Authorization"][6:] for one in (OTHER, wrong))):
        assert secret not in said
    assert "/login" in said and "experiments/get" in said, "there is a log"
    assert "Traceback" not in said


def ask_quietly(url):
    """A link that logs in, and the page behind it, which may not be built."""
    try:
        urllib.request.urlopen(url, timeout=20).close()
    except urllib.error.HTTPError as error:
        error.close()
