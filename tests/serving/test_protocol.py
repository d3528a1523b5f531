"""Request by request, beside MLflow's own scoring server."""

import json

import duckdb
import httpx
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.serving import requests
from jupyter_mlops.serving.requests import read_request
from jupyter_mlops.storage.duckdb.tables import write_parquet
from tests.serving.scoring_servers import mlflow_scoring_server

JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"


def split(*rows, columns=("a", "b"), **more):
    return JSON, {"dataframe_split": {"columns": list(columns), "data": list(rows)}, **more}


ANSWERED = {
    "split": split([0.1, 1], [0.9, 40]),
    "split with an index": (JSON, {"dataframe_split": {"columns": ["a", "b"], "index": [5, 6], "data": [[0.1, 1], [0.9, 40]]}}),
    "another order": split([1, 0.1], columns=("b", "a")),
    "a column too many": split([1, 0.1, 3], columns=("b", "a", "z")),
    "whole numbers for a double": split([1, 40]),
    "numbers as texts": split(["0.1", "1"]),
    "a boolean as a number": split([True, 40]),
    "records": (JSON, {"dataframe_records": [{"a": 0.1, "b": 3}, {"b": 40, "a": 0.9}]}),
    "inputs, rows": (JSON, {"inputs": [{"a": 0.1, "b": 3}]}),
    "inputs, columns": (JSON, {"inputs": {"a": [0.1, 0.9], "b": [3, 40]}}),
    "inputs, one row": (JSON, {"inputs": {"a": 0.1, "b": 3}}),
    "instances, rows": (JSON, {"instances": [{"a": 0.1, "b": 3}]}),
    "instances, columns": (JSON, {"instances": {"a": [0.1], "b": [3]}}),
    "other entries": split([0.1, 1], other=1),
    "params that the model does not take": split([0.1, 1], params={"top": 1}),
    "csv": (CSV, "a,b\n0.1,1\n0.9,40\n"),
    "charset": ("application/json; charset=UTF-8", split([0.1, 1])[1]),
    "parquet": (PARQUET, None),
}  # fmt: skip
REFUSED = {
    "positions for names": (JSON, {"inputs": [[0.1, 3]]}),
    "a missing double": split([None, 1]),
    "a missing long": split([0.1, None]),
    "a missing column": split([0.1], columns=("a",)),
    "a text": split(["x", 1]),
    "two forms": split([0.1, 1], inputs=[1]),
    "no form": (JSON, {"x": 1}),
    "the form of MLflow 1": (JSON, {"columns": ["a", "b"], "data": [[0.1, 1]]}),
    "a list": (JSON, [1, 2]),
    "no json": (JSON, "{"),
    "nothing": (JSON, ""),
    "no rows": split(),
    "csv with a fraction": (CSV, "a,b\n0.1,1.5\n"),
    "empty csv": (CSV, ""),
    "another charset": ("application/json; charset=latin-1", split([0.1, 1])[1]),
    "another parameter": ("application/json; format=pandas-split", split([0.1, 1])[1]),
    "another type": ("text/xml", "<a/>"),
}  # fmt: skip
BETTER = {
    "a fraction for a long": (split([0.1, 1], [0.1, 1.5]), "Column 'b' is long, which row 1 cannot be: 1.5."),
    "infinity for a long": ((JSON, '{"dataframe_split": {"columns": ["a", "b"], "data": [[0.1, Infinity]]}}'), "Column 'b' is long, which row 0 cannot be: inf."),
}  # fmt: skip


def body_of(content, folder):
    if content is None:
        write_parquet(pd.DataFrame({"a": [0.1, 0.9], "b": [1, 40]}), str(folder / "rows.parquet"))
        return (folder / "rows.parquet").read_bytes()
    return content if isinstance(content, str) else json.dumps(content)


@pytest.fixture(scope="module")
def asked(served, model, tmp_path_factory):
    """Status and text of every request: ours, and MLflow's."""
    folder = tmp_path_factory.mktemp("theirs")
    found = {}
    with mlflow_scoring_server(folder, model, "3.17.2") as (theirs, _):
        for name, url in (("ours", served.url), ("theirs", theirs)):
            with httpx.Client(base_url=url, timeout=60) as client:
                requests = {**ANSWERED, **REFUSED, **{one: request for one, (request, _) in BETTER.items()}}
                for what, (kind, content) in requests.items():
                    answer = client.post("/invocations", content=body_of(content, folder), headers={"Content-Type": kind})
                    found[name, what] = (answer.status_code, answer.text)
    return found


@pytest.mark.parametrize("what", ANSWERED)
def test_what_mlflow_answers_we_answer_the_same(what, asked):
    (status, ours), (their_status, theirs) = asked["ours", what], asked["theirs", what]
    assert (status, their_status) == (200, 200), (ours, theirs)
    assert json.loads(ours) == json.loads(theirs)


@pytest.mark.parametrize("what", REFUSED)
def test_what_mlflow_refuses_we_refuse_with_the_same_status(what, asked):
    (status, ours), (their_status, theirs) = asked["ours", what], asked["theirs", what]
    assert status == their_status, (ours, theirs)
    if status == 400:
        assert set(json.loads(ours)) == {"error_code", "message"}
        assert "Traceback" not in ours


@pytest.mark.parametrize("what", BETTER)
def test_what_would_lose_something_is_refused_with_row_and_column(what, asked):
    assert asked["theirs", what][0] == 200 or what == "infinity for a long"
    status, text = asked["ours", what]
    assert status == 400
    assert json.loads(text) == {"error_code": "BAD_REQUEST", "message": BETTER[what][1]}


def test_what_else_is_asked(served):
    with httpx.Client(base_url=served.url) as client:
        for path in ("/ping", "/health"):
            assert (client.get(path).status_code, client.get(path).text) == (200, "\n")
        assert client.get("/version").text.count(".") == 2
        for path, status in (("/nothing", 404), ("/invocations", 405)):
            assert (client.get(path).status_code, "POST /invocations" in client.get(path).json()["message"]) == (status, True)
        assert client.post("/invocations", content=b"{}").status_code == 415  # no type at all
        assert client.get("/model").json()["uri"] == client.get("/model").json()["model"]
        counted = client.get("/metrics").text
        assert 'jupyter_mlops_predictions_total{status="415"}' in counted
        assert "jupyter_mlops_prediction_seconds_bucket" in counted


def test_the_description_has_the_models_columns_and_example(served):
    with httpx.Client(base_url=served.url) as client:
        body = client.get("/openapi.json").json()["paths"]["/invocations"]["post"]["requestBody"]["content"][JSON]
        split_form = body["schema"]["oneOf"][0]["properties"]["dataframe_split"]
        assert split_form["properties"]["data"]["items"]["prefixItems"] == [{"type": "number", "format": "double"}, {"type": "integer", "format": "int64"}]
        assert client.post("/invocations", json=body["example"]).json() == {"predictions": [False]}


def test_pages_of_other_origins_and_bent_names_are_refused(served):
    with httpx.Client(base_url=served.url) as client:
        for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}):
            answer = client.post("/invocations", json=split([0.1, 1])[1], headers=headers)
            assert (answer.status_code, answer.json()["error_code"]) == (403, "PERMISSION_DENIED")
        for path in ("/openapi.json", "/model", "/metrics"):
            assert client.get(path, headers={"Host": "evil.example"}).status_code == 403


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=6) | st.sampled_from(["a", "b", "columns", "data", "index"]), below, max_size=4),
    max_leaves=12,
)  # fmt: skip
_forms = st.dictionaries(st.sampled_from(["dataframe_split", "dataframe_records", "inputs", "instances", "params", "x"]), _values, max_size=3)


def test_what_is_nested_too_deeply_is_refused(served):
    for body in (b"[" * 100_000, b'{"inputs":' + b"[" * 10_000 + b"]" * 10_000 + b"}"):
        answer = httpx.post(f"{served.url}/invocations", content=body, headers={"Content-Type": JSON})
        assert (answer.status_code, answer.json()["error_code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("rows", ["SELECT 1.0::DOUBLE AS a FROM range(3_000_000)", "SELECT repeat('x', 50_000) AS a, [1] AS b FROM range(2000)"])
def test_a_small_parquet_file_of_large_values_is_refused(rows, tmp_path, monkeypatch):
    monkeypatch.setattr(requests, "_MOST_MEMORY", "16MB")
    duckdb.sql(rows).write_parquet(str(tmp_path / "rows.parquet"))
    body = (tmp_path / "rows.parquet").read_bytes()
    assert len(body) < 100_000
    with pytest.raises(InvalidParameter, match="Out of Memory"):
        read_request(PARQUET, body, None)


def test_what_is_refused_is_not_sent_back_whole(served):
    answer = httpx.post(f"{served.url}/invocations", json={"inputs": [1], "params": ["x" * 1_000_000]})
    assert answer.status_code == 400
    assert len(answer.content) < 20_000


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([JSON, CSV, PARQUET]), _forms.map(json.dumps).map(str.encode) | st.binary(max_size=80) | _values.map(json.dumps).map(str.encode))
def test_no_body_makes_a_failure_of_the_server(served, kind, body):
    with httpx.Client(base_url=served.url, timeout=30) as client:
        answer = client.post("/invocations", content=body, headers={"Content-Type": kind})
        assert answer.status_code in (200, 400), (body, answer.text)
        assert json.loads(answer.content)
