"""The server: no route without log-in, and no store that this user did not open."""

import json
import urllib.error
import urllib.request

import pytest

from jupyter_mlops.server.rest.endpoints import ENDPOINTS

ROUTES = [("GET", "stores"), ("GET", "plotly.js"), *((one.method, one.path) for one in ENDPOINTS)]
WRITES = [(one.method, one.path) for one in ENDPOINTS if one.writes]


def ask(server, method, path, token=None, body=b"{}"):
    headers = {"Authorization": f"token {token}"} if token else {}
    url = f"{server['url']}/jupyter-mlops/{path}"
    request = urllib.request.Request(url, data=body if method == "POST" else None, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_route_answers_a_stranger(server, method, path):
    assert ask(server, method, path)[0] == 403


def test_only_stores_on_the_list_are_opened(server):
    status, answer = ask(server, "GET", "changes?store=0123456789abcdef", "browser-tests")
    assert (status, json.loads(answer)["error_code"]) == (404, "STORE_NOT_KNOWN")
    assert ask(server, "GET", "changes?store=/etc/passwd", "browser-tests")[0] == 404


def test_a_body_that_is_no_object_is_refused(server):
    for body in (b"[1]", b"{", b'"x"'):
        assert ask(server, "POST", "views/compare", "browser-tests", body)[0] == 400


def test_jupyters_authorizer_is_asked(tmp_path, start_server):
    """A server whose authorizer lets people read only."""
    (tmp_path / "jupyter_server_config.py").write_text(
        "from jupyter_server.auth import Authorizer\n"
        "class ReadOnly(Authorizer):\n"
        "    def is_authorized(self, handler, user, action, resource):\n"
        "        return action == 'read'\n"
        "c.ServerApp.authorizer_class = ReadOnly\n"
    )
    server = start_server(tmp_path, f"--config={tmp_path / 'jupyter_server_config.py'}")
    assert {ask(server, method, path, "browser-tests")[0] for method, path in WRITES} == {403}
    assert ask(server, "GET", "changes", "browser-tests")[0] == 200
    assert ask(server, "POST", "views/compare", "browser-tests", b'{"query": {"run_ids": []}}')[0] == 200
    assert ask(server, "POST", "views/models", "browser-tests")[0] == 200
