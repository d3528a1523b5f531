"""The server: no route without log-in, and no store that this user did not open."""

import json
import urllib.error
import urllib.request

import pytest

from jupyter_mlops.server.rest.endpoints import ENDPOINTS

ROUTES = [("GET", "stores"), ("GET", "plotly.js"), *ENDPOINTS]


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
