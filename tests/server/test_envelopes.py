"""What all answers have in common: headers, pages of other origins, methods, ids, and what the server logs of a request."""

import json
import re
import signal
import subprocess
import time

import pytest

from jupyter_mlops.tracking.settings import current_store
from tests.server.live import Client, served
from tests.server_processes import COMMAND, started, token_of

API = "/api/2.0/mlflow"
PAGE = "https://page.example"


@pytest.fixture
def ask():
    with served(current_store(), allowed_origins=(PAGE,)) as client:
        yield client


PATHS = ["/health", f"{API}/experiments/get?experiment_id=0", f"{API}/runs/get?run_id=gone", "/nowhere", "/metrics", "/openapi.json"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_what_keeps_browsers_in_bounds(ask, path):
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Host": "evil.example"}):
        answer = ask.get(path, headers=headers)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-Id"])
        assert "Server" not in answer.headers
        if answer.headers["Content-Type"] == "application/json":
            assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("choice", "told"), [("DENY", "DENY"), ("NONE", None)])
def test_frames_are_as_it_is_told(choice, told):
    with served(current_store(), frame_options=choice) as ask:
        assert ask.get("/health").headers["X-Frame-Options"] == told


def test_a_request_keeps_the_id_that_it_came_with(ask):
    assert ask.get("/health", headers={"X-Request-Id": "abc-1.2_3"}).headers["X-Request-Id"] == "abc-1.2_3"
    for odd in ("a b", "x" * 65, "<script>", ""):
        assert re.fullmatch("[0-9a-f]{32}", ask.get("/health", headers={"X-Request-Id": odd}).headers["X-Request-Id"])


ASKED = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}


def test_pages_that_are_allowed_ask_from_elsewhere(ask):
    ask.headers.clear()  # browsers send no log-in with what they ask beforehand
    before = ask.request("OPTIONS", f"{API}/runs/create", headers={"Origin": PAGE, **ASKED})
    assert before.status_code == 204 and before.content == b""
    assert before.headers["Access-Control-Allow-Origin"] == PAGE and before.headers["Access-Control-Allow-Credentials"] == "true"
    assert {"POST", "PATCH", "DELETE", "PUT"} <= set(before.headers["Access-Control-Allow-Methods"].split(", "))
    assert {"Authorization", "Content-Type"} <= set(before.headers["Access-Control-Allow-Headers"].split(", "))
    refused = ask.post(f"{API}/experiments/create", json_body={"name": "x"}, headers={"Origin": PAGE})
    assert refused.status_code == 401 and refused.headers["Access-Control-Allow-Origin"] == PAGE, "the page may read why"
    ask.headers["Authorization"] = "Bearer the-token"
    answer = ask.post(f"{API}/experiments/create", json_body={"name": "x"}, headers={"Origin": PAGE})
    assert answer.status_code == 200 and answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert "X-Request-Id" in answer.headers["Access-Control-Expose-Headers"] and "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("origin", ["https://other.example", "null", PAGE + ".evil", "http://page.example", PAGE.upper(), ""])
def test_other_pages_neither_ask_nor_read(ask, origin):
    before = ask.request("OPTIONS", f"{API}/runs/create", headers={"Origin": origin, **ASKED})
    assert (before.status_code, before.json()["error_code"]) == (403, "PERMISSION_DENIED")
    read = ask.get(f"{API}/experiments/get?experiment_id=0", headers={"Origin": origin})
    for answer in (before, read):
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_any_page_may_ask_without_what_the_browser_knows():
    with served(current_store(), allowed_origins=("*",)) as ask:
        before = ask.request("OPTIONS", f"{API}/runs/create", headers={"Origin": "https://any.example", **ASKED})
        assert before.headers["Access-Control-Allow-Origin"] == "*" and "Access-Control-Allow-Credentials" not in before.headers
        answer = ask.post(f"{API}/experiments/create", json_body={"name": "x"}, headers={"Origin": "https://any.example"})
        assert answer.status_code == 200 and answer.headers["Access-Control-Allow-Origin"] == "*"
        bent = ask.request("OPTIONS", "/health", headers={"Origin": "https://any.example", "Host": "evil.example", **ASKED})
        assert bent.status_code == 403


def test_methods(ask):
    for path in ("/health", f"{API}/experiments/get?experiment_id=0", "/openapi.json"):
        got, head = ask.get(path), ask.request("HEAD", path)
        assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", got.headers["Content-Length"])
    for method, path, allowed in (
        ("DELETE", f"{API}/runs/get", {"GET"}), ("POST", f"{API}/runs/get", {"GET"}), ("PATCH", f"{API}/runs/create", {"POST"}),
        ("PUT", f"{API}/logged-models/m-1", {"GET", "PATCH", "DELETE"}), ("GET", f"{API}/runs/create", {"POST"}),
    ):  # fmt: skip
        answer = ask.request(method, path, json_body={}) if method != "GET" else ask.get(path)
        assert (answer.status_code, answer.json()["error_code"]) == (405, "ENDPOINT_NOT_FOUND"), (method, path)
        assert set(answer.headers["Allow"].split(", ")) == allowed
    for method in ("TRACE", "BREW"):
        assert ask.request(method, "/health").status_code in (400, 405)
    assert ask.request("OPTIONS", f"{API}/runs/get").status_code == 204
    for path in ("/nowhere", "/nowhere%0Aelse", "/api/2.0/mlflow/nowhere"):
        answer = ask.get(path)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "ENDPOINT_NOT_FOUND")


def test_nothing_but_artifacts():
    with served(current_store(), artifacts_only=True) as ask:
        put = "/api/2.0/mlflow-artifacts/artifacts/0/x/artifacts/a"
        assert ask.request("PUT", put, content=b"x").status_code == 200
        assert ask.get(put).content == b"x"
        for method, path in (("GET", f"{API}/experiments/get?experiment_id=0"), ("POST", f"{API}/runs/create"), ("GET", "/changes"), ("GET", "/get-artifact?run_id=x&path=a"), ("GET", "/"), ("GET", "/events")):
            answer = ask.request(method, path, json_body={} if method == "POST" else None)
            assert (answer.status_code, answer.json()["error_code"]) == (503, "TEMPORARILY_UNAVAILABLE"), path
        assert ask.get("/health").text == ask.get("/ready").text == "OK"


def lines_of(process):
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=120)
    return said.splitlines()


def test_a_line_of_json_for_each_request(tmp_path):
    with started(tmp_path, "--log-format", "json") as (process, port):
        ask = Client(port, token_of(tmp_path))
        made = ask.post(f"{API}/experiments/create", json_body={"name": "a-secret-name"}, headers={"X-Request-Id": "mine"})
        ask.get(f"{API}/experiments/get-by-name", params={"experiment_name": "a-secret-query"})
        ask.get("/a-secret-path", headers={"X": "a-secret-header"})
        ask.get("/health", headers={"Authorization": "Bearer a-secret-token"})
        said = lines_of(process)
    assert not any("a-secret" in line for line in said)
    lines = [json.loads(line) for line in said if line.startswith("{")]
    noted = {line["id"]: line for line in lines if "id" in line}["mine"]
    assert noted["endpoint"] == "api/2.0/mlflow/experiments/create" and noted["method"] == "POST" and noted["status"] == 200
    assert noted["bytes"] == len(made.content) and noted["ms"] > 0 and noted["level"] == "info"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", noted["time"]) and "user" in noted
    assert [line["status"] for line in lines if line["endpoint"] == "other"] == [404]


def test_lines_of_text_and_none(tmp_path):
    with started(tmp_path, "--log-format", "text") as (process, port):
        Client(port, token_of(tmp_path)).get(f"{API}/experiments/get?experiment_id=0")
        assert any(re.search(r"(INFO|WARNING) .* GET api/2.0/mlflow/experiments/get 200 in \d+\.\d ms, \d+ bytes", line) for line in lines_of(process))
    with started(tmp_path) as (process, port):
        Client(port, token_of(tmp_path)).get(f"{API}/experiments/get?experiment_id=0")
        assert not any("experiments/get" in line for line in lines_of(process) if "slow: " not in line)
    with started(tmp_path, "--log-format", "json", "--log-level", "warning") as (process, port):
        Client(port, token_of(tmp_path)).get(f"{API}/experiments/get?experiment_id=0")
        assert not any("experiments/get" in line for line in lines_of(process) if "slow: " not in line)


def test_slow_requests_are_warned_of(monkeypatch, caplog):
    monkeypatch.setattr("jupyter_mlops.server.logs._SLOW_MS", 0.0)
    with served(current_store()) as ask:
        ask.get(f"{API}/experiments/get?experiment_id=0")
        ask.get("/get-artifact?run_id=x&path=y")
    for _ in range(50):
        if said := [record.getMessage() for record in caplog.records if record.name.endswith("requests")]:
            break
        time.sleep(0.02)
    assert len(said) == 1 and said[0].startswith("slow: GET api/2.0/mlflow/experiments/get 200")


def test_a_defect_is_one_answer_and_one_line_without_what_was_sent(ask, monkeypatch, caplog):
    monkeypatch.setattr(type(current_store()), "last_change", lambda self: 1 / 0)
    answer = ask.get("/ready", headers={"X-Request-Id": "broken"})
    assert (answer.status_code, answer.json()["error_code"]) == (500, "INTERNAL_ERROR") and "ZeroDivision" not in answer.text
    assert [record.getMessage() for record in caplog.records if record.exc_info] == ["Request broken failed"]


def test_options_that_leave_nothing(tmp_path):
    done = subprocess.run([*COMMAND, "--artifacts-only", "--no-serve-artifacts"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and "leave nothing" in done.stderr
    done = subprocess.run([*COMMAND, "--artifacts", "s4://x/y"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and "no place of artifacts" in done.stderr
