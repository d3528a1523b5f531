"""What users of MLflow's client do, against the server that ``MLFLOW_TRACKING_URI`` names; prints a line for each call."""

import json
import os
import pathlib
import sys
import tempfile
import traceback

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

DONE = {}


def step(name):
    """Run a function as one line of the table."""

    def run(function):
        try:
            DONE[name] = function() or "ok"
        except Exception:
            traceback.print_exc()
            DONE[name] = "FAILED: " + traceback.format_exc(limit=-1).splitlines()[-1][:300]

    return run


client = MlflowClient()
state = {}


@step("set_experiment")
def _():
    state["experiment"] = mlflow.set_experiment("flow").experiment_id
    assert client.get_experiment(state["experiment"]).name == "flow"
    assert client.get_experiment_by_name("absent") is None


@step("start_run, log_param(s), log_metric(s), set_tag(s), end_run")
def _():
    with mlflow.start_run(run_name="first", tags={"a": "b"}) as run:
        mlflow.log_param("lr", 0.1)
        mlflow.log_params({"depth": 3, "empty": ""})
        for index in range(5):
            mlflow.log_metric("loss", 1 / (1 + index), step=index)
        mlflow.log_metrics({"acc": 0.9, "nan": float("nan"), "inf": float("inf")})
        mlflow.set_tag("team", "x")
        mlflow.set_tags({"one": 1, "gone": 2})
        mlflow.delete_tag("gone")
    state["run"] = run.info.run_id
    got = client.get_run(run.info.run_id)
    assert (got.info.status, got.info.run_name) == ("FINISHED", "first")
    assert got.data.params == {"lr": "0.1", "depth": "3", "empty": ""}, got.data.params
    assert got.data.metrics["loss"] == 0.2 and got.data.metrics["nan"] != got.data.metrics["nan"] and got.data.metrics["inf"] > 1e308
    assert got.data.tags["team"] == "x" and "gone" not in got.data.tags


@step("get_metric_history")
def _():
    points = client.get_metric_history(state["run"], "loss")
    assert [(p.step, p.value) for p in points] == [(index, 1 / (1 + index)) for index in range(5)]


@step("log_batch and its limits")
def _():
    run = client.create_run(state["experiment"])
    client.log_batch(run.info.run_id, [Metric("m", 1.0, 5, 0)], [Param("p", "q")], [RunTag("t", "u")])
    assert client.get_run(run.info.run_id).data.params == {"p": "q"}
    try:
        client.log_batch(run.info.run_id, params=[Param("p", "other")])
    except MlflowException as error:
        assert error.error_code == "INVALID_PARAMETER_VALUE", error.error_code
    else:
        raise AssertionError("another value of a param")
    client.set_terminated(run.info.run_id, "FAILED")
    client.update_run(run.info.run_id, name="renamed")
    assert client.get_run(run.info.run_id).info.run_name == "renamed"


@step("log_input")
def _():
    import numpy as np

    with mlflow.start_run(run_id=state["run"]):
        mlflow.log_input(mlflow.data.from_numpy(np.eye(3), name="eye"), context="training")
    (found,) = client.get_run(state["run"]).inputs.dataset_inputs
    assert (found.dataset.name, found.tags[0].value) == ("eye", "training")


@step("search_runs with pages")
def _():
    for index in range(5):
        with mlflow.start_run(run_name=f"run {index}"):
            mlflow.log_metric("score", index)
    frame = mlflow.search_runs(filter_string="metrics.score > 1", order_by=["metrics.score DESC"])
    assert list(frame["metrics.score"]) == [4, 3, 2]
    page = client.search_runs([state["experiment"]], "metrics.score >= 0", max_results=2)
    assert len(page) == 2 and page.token
    assert len(client.search_runs([state["experiment"]], "metrics.score >= 0", max_results=10, page_token=page.token)) == 3


@step("delete and restore runs and experiments")
def _():
    run = client.create_run(state["experiment"]).info.run_id
    client.delete_run(run)
    assert run in [r.info.run_id for r in client.search_runs([state["experiment"]], run_view_type=ViewType.DELETED_ONLY)]
    client.restore_run(run)
    other = client.create_experiment("other", tags={"k": "v"})
    client.rename_experiment(other, "renamed")
    client.set_experiment_tag(other, "k", "w")
    client.delete_experiment(other)
    assert "renamed" in [e.name for e in client.search_experiments(view_type=ViewType.DELETED_ONLY)]
    client.restore_experiment(other)
    assert client.get_experiment(other).tags["k"] == "w"


@step("log_text, log_dict, log_artifact(s), list, download")
def _():
    with tempfile.TemporaryDirectory() as folder, mlflow.start_run(run_id=state["run"]):
        path = pathlib.Path(folder)
        (path / "sub").mkdir()
        (path / "sub" / "b ü.txt").write_text("b")
        (path / "a.bin").write_bytes(bytes(range(256)) * 5000)
        mlflow.log_text("hello", "notes/hello.txt")
        mlflow.log_dict({"a": 1}, "config.json")
        mlflow.log_artifact(str(path / "a.bin"), "files")
        mlflow.log_artifacts(folder, "all")
        assert sorted(f.path for f in client.list_artifacts(state["run"])) == ["all", "config.json", "files", "notes"]
        assert [(f.path, f.file_size) for f in client.list_artifacts(state["run"], "files")] == [("files/a.bin", 1280000)]
        got = client.download_artifacts(state["run"], "all", folder)
        assert (pathlib.Path(got) / "sub" / "b ü.txt").read_text() == "b"
        assert mlflow.artifacts.load_dict(f"runs:/{state['run']}/config.json") == {"a": 1}


@step("log_model, register, stages, aliases, load_model")
def _():
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 2.0])
    with mlflow.start_run() as run:
        info = mlflow.sklearn.log_model(model, "model", registered_model_name="line", pip_requirements=["scikit-learn"])
    state["model_run"], state["model_id"] = run.info.run_id, getattr(info, "model_id", None)
    assert round(mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model").predict([[3.0]])[0], 6) == 6.0
    version = client.get_model_version("line", "1")
    assert version.run_id == run.info.run_id, version
    client.transition_model_version_stage("line", "1", "Production")
    client.set_registered_model_alias("line", "champion", "1")
    for uri in ("models:/line/1", "models:/line/Production", "models:/line@champion", "models:/line/latest"):
        assert round(mlflow.sklearn.load_model(uri).predict([[3.0]])[0], 6) == 6.0, uri


@step("metrics of a logged model")
def _():
    if state["model_id"] is None:
        return  # only MLflow 3 has any
    from mlflow.entities import LoggedModelInput

    with mlflow.start_run() as run:  # as its evaluate() does
        client.log_inputs(run.info.run_id, models=[LoggedModelInput(state["model_id"])])
        mlflow.log_metrics({"accuracy": 0.9}, model_id=state["model_id"])
    assert ("accuracy", 0.9) in [(one.key, one.value) for one in client.get_logged_model(state["model_id"]).metrics]


@step("autolog")
def _():
    from sklearn.linear_model import LinearRegression

    mlflow.sklearn.autolog(log_models=False)
    with mlflow.start_run() as run:
        LinearRegression().fit([[0.0], [1.0], [2.0]], [0.0, 2.0, 4.0])
    mlflow.sklearn.autolog(disable=True)
    found = client.get_run(run.info.run_id).data
    assert found.params["fit_intercept"] == "True", found.params
    assert round(found.metrics["training_r2_score"], 6) == 1, found.metrics


@step("registered models: create, update, rename, tags, search, delete")
def _():
    client.create_registered_model("m", tags={"k": "v"}, description="words")
    client.update_registered_model("m", "other")
    client.set_registered_model_tag("m", "task", "x")
    client.delete_registered_model_tag("m", "k")
    client.rename_registered_model("m", "n")
    got = client.get_registered_model("n")
    assert (got.description, got.tags) == ("other", {"task": "x"})
    found = [m.name for m in client.search_registered_models("name ILIKE 'N%'")]
    assert found == ["n"], found
    client.delete_registered_model("n")
    try:
        client.get_registered_model("n")
    except MlflowException as error:
        assert error.error_code == "RESOURCE_DOES_NOT_EXIST"


@step("model versions: create, update, tags, search, latest, delete")
def _():
    source = client.get_run(state["model_run"]).info.artifact_uri + "/model"
    version = client.create_model_version("line", source, state["model_run"], tags={"a": "b"}, description="second")
    assert str(version.version) == "2"
    client.update_model_version("line", "2", "words")
    client.set_model_version_tag("line", "2", "checked", "yes")
    client.delete_model_version_tag("line", "2", "a")
    (found,) = client.search_model_versions("name = 'line' AND version_number = 2")
    assert (found.description, found.tags) == ("words", {"checked": "yes"})
    assert {str(v.version) for v in client.get_latest_versions("line")} == {"1", "2"}
    client.delete_registered_model_alias("line", "champion")
    client.copy_model_version("models:/line/2", "copy")
    client.delete_model_version("line", "2")


@step("errors")
def _():
    for call, code in (
        (lambda: client.get_run("f" * 32), "RESOURCE_DOES_NOT_EXIST"),
        (lambda: client.create_experiment("flow"), "RESOURCE_ALREADY_EXISTS"),
        (lambda: client.search_runs([state["experiment"]], "metrics.a >"), "INVALID_PARAMETER_VALUE"),
        (lambda: client.get_model_version_by_alias("line", "none"), "INVALID_PARAMETER_VALUE"),
    ):
        try:
            call()
        except MlflowException as error:
            assert error.error_code == code, (error.error_code, code)
        else:
            raise AssertionError(code)


pathlib.Path(sys.argv[1]).write_text(json.dumps(DONE))
os._exit(0)
