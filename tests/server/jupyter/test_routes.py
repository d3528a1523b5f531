"""No route of ours under Jupyter is open: all handlers, by each method, for whoever has not logged in or may not."""

import json
import re
import subprocess
import sys

import pytest

from jupyter_mlops.server.rest.endpoints import ENDPOINTS, find
from tests.server.jupyter.jupyter_servers import EXTENSION

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
WALK = """
import json, sys
from jupyter_server.serverapp import ServerApp

app = ServerApp()
app.initialize([*sys.argv[1:], "--allow-root"], new_httpserver=False)
rules = [rule for outer in app.web_app.default_router.rules for rule in getattr(outer.target, "rules", [])]
ours = [rule for rule in rules if getattr(rule.target, "__module__", "").startswith("jupyter_mlops")]
print("ROUTES", json.dumps([rule.matcher.regex.pattern for rule in ours]))
"""
FAMILY = r"/jupyter-mlops/(changes|views/.+|actions/.+|api/.+)$"


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    """A path for each handler that the extension adds to a Jupyter server, and for each endpoint that one of them has."""
    folder = tmp_path_factory.mktemp("walk")
    command = [sys.executable, "-c", WALK, EXTENSION, f"--ServerApp.root_dir={folder}", "--ServerApp.port=0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=folder, check=False)
    patterns = json.loads(re.search(r"ROUTES (.*)", done.stdout)[1])
    assert FAMILY in patterns, done.stderr
    plain = [pattern.removeprefix("/jupyter-mlops/").removesuffix("$").replace("\\", "") for pattern in patterns if pattern != FAMILY]
    assert {"stores", "file", "store-file", "project", "events", "plotly.js", "get-artifact", "model-versions/get-artifact"} == set(plain), "a new one needs to be thought of"
    return [*plain, *sorted({re.sub(r"\{\w+\}", "x", one.path) for one in ENDPOINTS}), "views/no-such-view", "api/no/such"]


def writes(method, path):
    if path in ("store-file", "project"):
        return method == "POST"
    try:
        return find(method, path)[0].writes
    except Exception:
        return False


def known(method, path):
    """Whether a handler takes the method at all."""
    if path in ("store-file", "project"):
        return method == "POST" or (method == "GET" and path == "project")
    return method == "GET" or (method == "HEAD" and path.endswith("get-artifact")) or (path.partition("/")[0] in ("views", "actions", "api", "changes") and method in ("POST", "PATCH", "DELETE"))


def test_no_handler_answers_a_stranger(jupyter, people, paths):
    for server in (jupyter, people):
        with server.client() as stranger:
            for path in paths:
                for method in METHODS:
                    answer = stranger.request(method, path)
                    assert answer.status_code in (403, 405), (method, path)
                    assert "jupyter_mlops" not in answer.text
                    assert (answer.status_code == 403) or not known(method, path), (method, path)


def test_a_wrong_token_opens_nothing(jupyter, paths):
    with jupyter.client(Authorization="token wrong") as stranger:
        assert {stranger.request("GET" if known("GET", path) else "POST", path).status_code for path in paths} == {403}


def test_who_may_read_only_changes_nothing(people, paths):
    with people.person("reader") as reader:
        for path in paths:
            for method in ("POST", "PATCH", "DELETE"):
                if writes(method, path):
                    assert reader.request(method, path, json={}).status_code == 403, (method, path)
        assert reader.get("changes").status_code == 200
        assert reader.post("views/models", json={}).status_code == 200


def test_who_may_do_nothing_here_reads_nothing(people, paths):
    with people.person("outsider") as outsider:
        assert outsider.get(f"{people.url}/api/me").status_code == 200, "is logged in"
        for path in paths:
            for method in METHODS:
                answer = outsider.request(method, path)
                assert answer.status_code == (403 if known(method, path) else 405), (method, path)


def test_a_cookie_alone_changes_nothing(jupyter, paths):
    """Another page could make the browser send it."""
    with jupyter.session() as session:
        for path in paths:
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                assert session.request(method, path, json={}).status_code in (403, 405), (method, path)
                assert session.request(method, path, json={}, headers={"X-XSRFToken": "wrong"}).status_code in (403, 405), (method, path)
        assert session.post("views/models", json={}).status_code == 403
        assert session.post("views/models", json={}, headers={"X-XSRFToken": session.cookies["_xsrf"]}).status_code == 200


def test_another_page_reads_no_files_and_no_events(jupyter):
    with jupyter.session() as session:
        for path in ("get-artifact?run_id=x&path=a", "model-versions/get-artifact?name=x&version=1&path=a", "events"):
            for headers in ({"Referer": "http://evil.example/"}, {"Origin": "http://evil.example"}):
                assert session.get(path, headers=headers).status_code in (403, 404), path
            assert "RESOURCE_DOES_NOT_EXIST" not in session.get(path, headers={"Referer": "http://evil.example/"}).text


def test_an_unknown_method_and_an_unknown_endpoint_are_told_apart(jupyter):
    with jupyter.user as user:
        assert user.get("views/nothing").json()["error_code"] == "ENDPOINT_NOT_FOUND"
        refused = user.get("views/models")
        assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")
        refused = user.put("api/2.0/mlflow-artifacts/artifacts/0/x/artifacts/a.txt", content=b"x")
        assert (refused.status_code, refused.json()["error_code"]) == (405, "NOT_IMPLEMENTED")
        assert "log to a tracking server: `jupyter mlops server`" in refused.json()["message"]
        for key in ("0123456789abcdef", "/etc/passwd", "http://localhost:1"):
            answer = user.get("changes", params={"store": key})
            assert (answer.status_code, answer.json()["error_code"]) == (404, "STORE_NOT_KNOWN")
        for body in (b"[1]", b"{", b'"x"', b"\xff", b"[" * 100_000):
            assert user.post("views/models", content=body).status_code == 400


def test_every_answer_says_which_version_gave_it(jupyter):
    with jupyter.user as user:
        told = user.get("stores").json()
        for path in ("stores", "changes", "views/nothing", "get-artifact?run_id=x&path=a"):
            headers = user.get(path).headers
            assert (headers["Jupyter-Mlops-Version"], headers["Jupyter-Mlops-Protocol"]) == (told["version"], str(told["protocol"]))
