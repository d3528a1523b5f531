"""The protocol without any server: what is asked, what is answered."""

import json
import math

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.server.rest.endpoints import ENDPOINTS, call
from jupyter_mlops.server.rest.requests import Request
from jupyter_mlops.tracking.settings import current_store

API = "api/2.0/mlflow"


def ask(method, path, **arguments):
    return call(method, path, lambda: Request(current_store(), arguments, "ann"))


@pytest.fixture
def run():
    with mlflow.start_run(run_name="<b>bold</b>") as run:
        mlflow.log_params({"lr": 0.1, "kind": "tree"})
        for step in range(3):
            mlflow.log_metric("loss", 1 / (1 + step), step=step)
        mlflow.log_metric("bad", math.nan)
    return run.info.run_id


def test_runs_are_found_and_compared(run):
    status, answer = ask("POST", f"{API}/runs/search", experiment_ids=["0"], filter="metrics.loss < 0.5")
    assert status == 200
    assert [found["info"]["run_id"] for found in answer["runs"]] == [run]
    assert ("bad", "NaN") in {(one["key"], one["value"]) for one in answer["runs"][0]["data"]["metrics"]}
    status, answer = ask("POST", "views/compare", query={"run_ids": [run, "gone"]})
    assert (status, answer["missing"]) == (200, 1)
    values = dict(zip([column["id"] for column in answer["columns"]], answer["rows"][0]["values"], strict=True))
    assert values == {
        "params.lr": 0.1,
        "params.kind": "tree",
        "metrics.loss": pytest.approx(1 / 3),
        "metrics.bad": "NaN",
    }


def test_curves_are_plotly_figures(run):
    import plotly.graph_objects as go

    for x, first in (("step", 0), ("relative", None), ("time", None)):
        status, answer = ask("POST", "views/curves", run_ids=[run], key="loss", x=x)
        assert status == 200
        assert answer["keys"] == ["bad", "loss"]
        trace = go.Figure(answer["figure"]).data[0]
        assert list(trace.y) == pytest.approx([1, 1 / 2, 1 / 3])
        assert first is None or trace.x[0] == first


def test_a_stage_is_changed_and_the_audit_says_who(run, sql):
    mlflow.log_text("weights", "model/weights", run_id=run)
    mlflow.register_model(f"runs:/{run}/model", "wine")
    status, answer = ask("POST", f"{API}/model-versions/transition-stage", name="wine", version="1", stage="staging")
    assert (status, answer["model_version"]["current_stage"]) == (200, "Staging")
    status, answer = ask("GET", f"{API}/registered-models/search", max_results="10", filter="name ILIKE 'WI%'")
    assert answer["registered_models"][0]["latest_versions"][0]["current_stage"] == "Staging"
    assert ("ann", "stage") in [tuple(row) for row in sql("SELECT who, action FROM audit")]


def test_an_action_is_done_in_the_name_of_who_asks(run, sql):
    mlflow.log_text("weights", "model/weights", run_id=run)
    mlflow.register_model(f"runs:/{run}/model", "wine")
    status, answer = ask("POST", "views/models", search="WI")
    assert (status, [model["name"] for model in answer["models"]]) == (200, ["wine"])
    moving = {"name": "wine", "version": "1", "alias": "champion"}
    status, answer = ask("POST", "actions/move", **moving, comment="the best")
    assert (status, answer["version"]["aliases"]) == (200, ["champion"])
    assert sql("SELECT who, action, comment FROM audit ORDER BY change DESC LIMIT 1") == [("ann", "alias", "the best")]
    mlflow.registry.require("wine", alias="champion", rule=["metrics.loss < 0.1", "metrics.loss < 0.5"])
    status, answer = ask("POST", "actions/move", **moving)
    assert (status, answer["error_code"]) == (400, "INVALID_STATE")
    assert [verdict["passed"] for verdict in answer["verdicts"]] == [False, True]
    assert ask("POST", "actions/drop", name="wine")[0] == 404
    assert ask("GET", "actions/move", **moving)[0] == 404


def test_a_source_on_the_servers_machine_is_of_its_run(run, sql, tmp_path):
    mlflow.log_text("weights", "model/weights", run_id=run)
    place = mlflow.get_run(run).info.artifact_uri
    (tmp_path / "link").symlink_to("/etc")
    mlflow.MlflowClient().create_registered_model("wine")

    def register(source, **given):
        return ask("POST", f"{API}/model-versions/create", name="wine", source=source, **given)

    for source in (f"{place}/model", f"file://{place}/model", f"runs:/{run}/model", "s3://bucket/model"):
        assert register(source, run_id=run)[0] == 200, source
    strange = ("/etc", "file:///etc", "file://localhost/etc", "relative", "~", f"{place}/../../..", f"{place}-2", str(tmp_path / "link"), f"{place}/a\0b")
    for source in strange:
        for given in ({"run_id": run}, {}):
            status, answer = register(source, **given)
            assert (status, answer.get("error_code")) == (400, "INVALID_PARAMETER_VALUE"), source
    assert register(f"{place}/model")[0] == 400
    assert sql("SELECT count(*) FROM model_versions") == [(4,)]


def test_the_machine_is_named_only_where_it_may_be(monkeypatch, sql):
    monkeypatch.setenv("JUPYTER_MLOPS_CAPTURE_HOST", "0")
    ask("POST", f"{API}/registered-models/create", name="wine")
    assert sql("SELECT who, host FROM audit") == [("ann", None)]


def test_whatever_changes_something_is_a_write():
    assert all(one.writes for one in ENDPOINTS if one.path.startswith("actions/"))


def test_changes_move_with_every_change(run):
    before = ask("GET", "changes", since="0")[1]["change"]
    assert ask("GET", "changes")[1]["change"] == before
    mlflow.MlflowClient().set_tag(run, "a", "b")
    assert ask("GET", "changes")[1]["change"] > before


@pytest.mark.parametrize(
    ("method", "path", "arguments", "status", "code"),
    [
        ("GET", "nothing", {}, 404, "ENDPOINT_NOT_FOUND"),
        (
            "POST",
            f"{API}/runs/search",
            {"experiment_ids": ["0"], "filter": "metrics.a >"},
            400,
            "INVALID_PARAMETER_VALUE",
        ),
        ("POST", f"{API}/runs/search", {"experiment_ids": [1]}, 400, "INVALID_PARAMETER_VALUE"),
        (
            "POST",
            f"{API}/runs/search",
            {"experiment_ids": ["0"], "max_results": "many"},
            400,
            "INVALID_PARAMETER_VALUE",
        ),
        ("GET", f"{API}/runs/get", {"run_id": "gone"}, 404, "RESOURCE_DOES_NOT_EXIST"),
        ("GET", f"{API}/runs/get", {}, 400, "INVALID_PARAMETER_VALUE"),
        ("POST", "views/compare", {"query": {"run_ids": "all"}}, 400, "INVALID_PARAMETER_VALUE"),
        ("POST", "views/compare", {}, 400, "INVALID_PARAMETER_VALUE"),
        ("POST", "views/curves", {"run_ids": [], "x": "pi"}, 400, "INVALID_PARAMETER_VALUE"),
        ("POST", "views/curves", {"run_ids": [], "store": "x"}, 400, "INVALID_PARAMETER_VALUE"),
    ],
)
def test_what_is_wrong_is_said(method, path, arguments, status, code):
    found, answer = ask(method, path, **arguments)
    assert (found, answer["error_code"]) == (status, code)


def test_every_endpoint_is_documented():
    assert all(_doc(endpoint.answer) for endpoint in ENDPOINTS)


def _doc(function):
    return getattr(function, "func", function).__doc__


def test_many_models_of_one_run_leave_a_tag_that_can_be_read(run):
    for number in range(60):
        model = {"artifact_path": f"model-{number}", "flavors": {"python_function": {"env": "x" * 100}}, "utc_time_created": "now", "run_id": run}
        assert ask("POST", f"{API}/runs/log-model", run_id=run, model_json=json.dumps(model)) == (200, {})
    history = json.loads(mlflow.get_run(run).data.tags["mlflow.log-model.history"])
    assert history[-1]["artifact_path"] == "model-59"
