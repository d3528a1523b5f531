"""The stand-alone server: who may ask it, what it answers to what is odd, and artifacts through it."""

import hashlib
import json
import os
import re
import tempfile
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import jupyter_mlops as mlflow
from jupyter_mlops.server.rest.endpoints import ENDPOINTS
from jupyter_mlops.tracking.settings import current_store
from tests.server.live import served

TOKEN = "the-token"
API = "/api/2.0/mlflow"
ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def ask():
    """A client of a server of the current store; it brings the token."""
    with served(current_store(), token=TOKEN) as client:
        yield client


@pytest.fixture
def run(ask):
    answer = ask.post(f"{API}/runs/create", json_body={"experiment_id": "0", "start_time": 1}).json()
    return answer["run"]["info"]


def inside(run, path):
    return f"{ARTIFACTS}/{run['artifact_uri'].removeprefix('mlflow-artifacts:/')}/{path}"


def test_every_route_but_three_asks_for_the_token(ask):
    ask.headers.pop("Authorization")
    paths = [(one.method, "/" + one.path.replace("{", "").replace("}", "")) for one in ENDPOINTS]
    paths += [("GET", ARTIFACTS), ("PUT", f"{ARTIFACTS}/0/a/artifacts/x"), ("DELETE", f"{ARTIFACTS}/0/a/artifacts/x")]
    paths += [("GET", "/get-artifact"), ("GET", "/api/3.0/mlflow/server-info"), ("GET", "/plotly.js"), ("POST", "/anything")]
    for method, path in paths:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic !"}, {"Authorization": "Bearer "}):
            answer = ask.request(method, path, headers=headers, content=b"{}")
            assert (answer.status_code, answer.json()["error_code"]) == (401, "UNAUTHENTICATED"), (method, path)
            assert answer.headers["WWW-Authenticate"]
    for path in ("/health", "/ready", "/version"):
        assert ask.get(path).status_code == 200
        assert len(ask.get(path).text) < 10


def test_the_token_as_password_of_any_user(ask):
    ask.headers.pop("Authorization")
    assert ask.get(f"{API}/experiments/get?experiment_id=0", auth=("ann", TOKEN)).status_code == 200
    assert ask.get(f"{API}/experiments/get?experiment_id=0", auth=("ann", "other")).status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:5000", "", "evil.example@localhost", "[::1"])
def test_names_that_were_bent_to_it_are_refused(ask, host):
    answer = ask.get(f"{API}/experiments/get?experiment_id=0", headers={"Host": host})
    assert answer.status_code in (400, 403)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:9999", "file://", "http://localhost:5000.evil"])
def test_other_pages_change_nothing(ask, sql, origin):
    before = sql("SELECT count(*) FROM experiments") if os.path.exists("mlops.duckdb") else [(1,)]
    answer = ask.post(f"{API}/experiments/create", json_body={"name": "x"}, headers={"Origin": origin})
    assert (answer.status_code, answer.json()["error_code"]) == (403, "PERMISSION_DENIED")
    own = ask.post(f"{API}/experiments/create", json_body={"name": "y"}, headers={"Origin": f"http://localhost:{ask.port}"})
    assert own.status_code == 200
    assert sql("SELECT count(*) FROM experiments") == [(before[0][0] + 1,)]


def test_forms_of_other_pages_are_no_requests(ask):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = ask.post(f"{API}/experiments/create", content=b'{"name": "x"}', headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_artifacts_come_back_as_they_went(ask, run, monkeypatch, tmp_path):
    (tmp_path / "spool").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "spool"))
    data = os.urandom(3_000_000)
    assert ask.request("PUT", inside(run, "a/b%20%C3%BC.bin"), content=data).status_code == 200
    answer = ask.get(inside(run, "a/b%20%C3%BC.bin"))
    assert hashlib.sha256(answer.content).digest() == hashlib.sha256(data).digest()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    part = ask.get(inside(run, "a/b%20%C3%BC.bin"), headers={"Range": "bytes=1000-1999"})
    assert (part.status_code, part.content) == (206, data[1000:2000])
    listed = ask.get(ARTIFACTS, params={"path": run["artifact_uri"].removeprefix("mlflow-artifacts:/") + "/a"}).json()
    assert listed == {"files": [{"path": "b ü.bin", "is_dir": False, "file_size": 3_000_000}]}
    found = ask.get(f"{API}/artifacts/list", params={"run_id": run["run_id"]}).json()
    assert found == {"root_uri": run["artifact_uri"], "files": [{"path": "a", "is_dir": True}]}
    assert ask.get("/get-artifact", params={"run_id": run["run_id"], "path": "a/b ü.bin"}).content == data
    assert mlflow.artifacts.list_artifacts(run_id=run["run_id"])[0].path == "a"
    assert ask.request("DELETE", inside(run, "a")).json() == {}
    assert ask.get(inside(run, "a/b%20%C3%BC.bin")).status_code == 404
    assert not [name for name in os.listdir(".") if name.startswith("mlops-receive-")]
    for _ in range(100):  # the copy goes when the last byte is away
        if not (left := os.listdir(tmp_path / "spool")):
            break
        time.sleep(0.02)
    assert left == []


@pytest.mark.parametrize(
    "path",
    ["../secret", "%2e%2e/secret", "..%2fsecret", "%252e%252e%252fsecret", "0/../../secret", "/etc/passwd", "%2fetc%2fpasswd", "a%00b", "~/x",
     "0/x/artifacts/../../../../secret", "0/x/artifacts/%2e%2e/%2e%2e/%2e%2e/%2e%2e/secret", "c:%5csecret", "..%5csecret", "file:///etc/passwd"],
)  # fmt: skip
def test_no_path_leaves_the_artifacts(ask, run, path):
    with open("secret", "w") as file:
        file.write("secret")
    for method in ("GET", "PUT", "DELETE"):
        answer = ask.request(method, f"{ARTIFACTS}/{path}", content=b"mine" if method == "PUT" else None)
        assert answer.status_code in (400, 404), (method, answer.status_code, answer.text)
        assert b"secret" not in answer.content or b"error_code" in answer.content
    listed = ask.get(ARTIFACTS, params={"path": path.replace("%2e", ".").replace("%2f", "/")})
    assert listed.status_code in (200, 400) and "secret" not in str(listed.json().get("files", ""))
    with open("secret") as file:
        assert file.read() == "secret"


def test_links_out_of_the_artifacts_are_not_followed(ask, run):
    with open("secret", "w") as file:
        file.write("secret")
    root = mlflow.MlflowClient().get_run(run["run_id"]).info.artifact_uri
    os.makedirs(root)
    os.symlink(os.path.abspath("secret"), os.path.join(root, "link"))
    assert ask.get(inside(run, "link")).status_code in (400, 404)


def test_nothing_outside_of_a_run_is_put_or_removed(ask, run):
    for path in ("x", "0", "0/" + run["run_id"], ""):
        assert ask.request("PUT", f"{ARTIFACTS}/{path}", content=b"x").status_code in (400, 404, 405), path
        assert ask.request("DELETE", f"{ARTIFACTS}/{path}").status_code in (400, 404, 405), path


def test_without_artifacts(run):
    with served(current_store(), token=None, serve_artifacts=False) as ask:
        assert ask.get(ARTIFACTS).status_code == 503
        found = ask.get(f"{API}/runs/get", params={"run_id": run["run_id"]}).json()
        assert not found["run"]["info"]["artifact_uri"].startswith("mlflow-artifacts:")


def test_a_prefix_stands_before_every_path():
    with served(current_store(), token=TOKEN, prefix="/ml") as ask:
        ask.headers.pop("Authorization")
        assert ask.get("/ml/health").text == "OK"
        assert ask.get(f"/ml{API}/experiments/get?experiment_id=0").status_code == 401
        assert ask.get(f"/ml{API}/experiments/get?experiment_id=0", headers=BEARER).status_code == 200
        assert ask.get(f"{API}/experiments/get?experiment_id=0", headers=BEARER).status_code == 404


def test_bodies_have_a_size(ask, run):
    most = {"run_id": run["run_id"], "tags": [{"key": f"k{index}", "value": "x" * 9000} for index in range(99)]}
    assert ask.post(f"{API}/runs/log-batch", json_body=most).status_code == 200
    most["tags"] += [{"key": "more", "value": "x" * 200_000}]
    answer = ask.post(f"{API}/runs/log-batch", json_body=most)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert ask.post(f"{API}/runs/search", content=b" " * (17 * 2**20), headers={"Content-Type": "application/json"}).status_code == 400


WORDS = st.sampled_from(
    ["run_id", "experiment_id", "experiment_ids", "name", "version", "key", "value", "metrics", "params", "tags", "filter", "max_results",
     "order_by", "page_token", "status", "timestamp", "step", "metric_key", "run_ids", "path", "alias", "stage", "source", "model_id", "models"]
)  # fmt: skip
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["0", "NaN", "m", "a" * 300, "\0", "models:/m/1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(endpoint=st.sampled_from(ENDPOINTS), arguments=st.dictionaries(WORDS, ODD, max_size=6))
def test_no_json_is_answered_by_an_error_of_the_server(ask, endpoint, arguments):
    path = "/" + endpoint.path.replace("{model_id}", "m-1").replace("{tag_key}", "k")
    if endpoint.method == "GET":
        answer = ask.get(path, params={name: str(value) for name, value in arguments.items()})
    else:
        body = json.dumps(arguments).encode("utf-8", "surrogatepass")
        answer = ask.request(endpoint.method, path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code < 500, (endpoint.path, arguments, answer.text)


def test_texts_that_are_no_json(ask):
    for body in (b"[]", b"{", b"\xff", b'{"a": ' + b"[" * 100_000, b'"text"', b"NaN", b'{"name": "\\ud800"}'):
        answer = ask.post(f"{API}/experiments/create", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, body[:20]


def test_the_description_tells_every_endpoint_with_its_form(ask):
    document = ask.get("/openapi.json").json()
    told = {(method.upper(), path[1:]) for path, operations in document["paths"].items() for method in operations}
    assert told == {(one.method, one.path) for one in ENDPOINTS}
    ids = [operation["operationId"] for operations in document["paths"].values() for operation in operations.values()]
    assert len(ids) == len(set(ids))
    body = document["paths"]["/api/2.0/mlflow/runs/log-metric"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    form = document["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    assert set(form["required"]) == {"key", "value", "timestamp"}
    refs = set(re.findall(r"#/components/schemas/([^\"]+)", json.dumps(document)))
    assert refs <= set(document["components"]["schemas"])


def test_it_counts_what_it_answers_by_endpoints_that_cannot_grow(ask):
    ask.get(f"{API}/runs/get", params={"run_id": "gone"})
    for index in range(20):
        ask.get(f"/of/a/stranger/{index}")
        ask.request("PATCH", f"{API}/logged-models/m-{index}", json_body={"status": "x"})
    told = ask.get("/metrics").text
    assert 'jupyter_mlops_requests_total{endpoint="api/2.0/mlflow/runs/get",method="GET",status="404"} 1.0' in told
    assert 'endpoint="other",method="GET",status="404"} 20.0' in told
    assert 'endpoint="api/2.0/mlflow/logged-models/{model_id}",method="PATCH",status="404"} 20.0' in told or 'status="400"} 20.0' in told
    assert "stranger" not in told and "m-1" not in told
    assert "jupyter_mlops_request_seconds_bucket" in told
