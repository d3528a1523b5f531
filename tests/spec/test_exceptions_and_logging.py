"""tracking.md 8: nothing is printed, messages are logged, errors carry MLflow's attributes."""

import json

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.exceptions import MlflowException

EVERYTHING = """
import io, logging, pathlib, warnings
import numpy as np, pandas as pd, matplotlib.figure, plotly.graph_objects
import jupyter_mlops as mlflow
from jupyter_mlops.entities import Metric
mlflow.set_tracking_uri("here.duckdb")
mlflow.set_experiment("a new one")
pathlib.Path("many").mkdir()
for n in range(200):
    pathlib.Path("many", f"{n}.txt").write_text("x" * 1000)
frame = pd.DataFrame({"a": [1.0, 2.0]})
with mlflow.start_run(run_name="quiet", description="d", log_system_metrics=True) as run:
    with mlflow.start_run(nested=True):
        mlflow.log_params({"a": 1})
    mlflow.log_param("a", 1); mlflow.log_metric("a", 1); mlflow.log_metrics({"b": 1}); mlflow.set_tags({"a": 1}); mlflow.log({"c": 1})
    mlflow.log_artifact("many"); mlflow.log_artifacts("many"); mlflow.log_text("a", "a.txt"); mlflow.log_dict({}, "a.json")
    mlflow.log_figure(matplotlib.figure.Figure(), "a.png"); mlflow.log_figure(plotly.graph_objects.Figure(), "a.html")
    mlflow.log_image(np.zeros((2, 2)), "b.png"); mlflow.log_image(np.zeros((2, 2)), key="b"); mlflow.log_table(frame, "t.json")
    mlflow.log_stream(io.BytesIO(b""), "s"); mlflow.log_input(mlflow.data.from_pandas(frame, source="a.csv"), "training")
    mlflow.sklearn.log_model(__import__("sklearn.dummy").dummy.DummyRegressor().fit(frame, [0, 1]), "model", pip_requirements=[], input_example=frame)
mlflow.register_model(f"runs:/{run.info.run_id}/model", "m")
client = mlflow.MlflowClient()
client.transition_model_version_stage("m", "1", "Production")
mlflow.pyfunc.load_model("models:/m/Production").predict(frame)
mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/many")
mlflow.load_table("t.json"); mlflow.search_runs(); mlflow.search_experiments(); mlflow.sql("FROM runs")
mlflow.search_registered_models(); mlflow.search_model_versions(); mlflow.metric_history_frame(run.info.run_id, "a")
mlflow.set_experiment_tags({"a": 1}); mlflow.delete_run(run.info.run_id); mlflow.restore_run(run.info.run_id)
mlflow.delete_experiment("1"); mlflow.restore_experiment("1"); mlflow.flush_async_logging()
"""


def test_nothing_is_printed_by_public_functions(python):
    done = python(EVERYTHING, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_warnings_are_messages_of_the_packages_logger(caplog):
    with mlflow.start_run():
        mlflow.log_param("a", "x" * 7000)
    assert [(record.name, record.levelname) for record in caplog.records] == [("jupyter_mlops.entities.names", "WARNING")]


def test_an_error_has_a_code_a_message_a_status_and_a_json_form():
    error = MlflowException("why", "RESOURCE_DOES_NOT_EXIST", run="r")
    assert (error.error_code, error.message, str(error), error.json_kwargs) == ("RESOURCE_DOES_NOT_EXIST", "why", "why", {"run": "r"})
    assert error.get_http_status_code() == 404
    assert json.loads(error.serialize_as_json()) == {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "why", "run": "r"}
    assert MlflowException.invalid_parameter_value("x").error_code == "INVALID_PARAMETER_VALUE"


def test_the_class_is_one_under_all_its_names():
    assert mlflow.MlflowException is mlflow.exceptions.MlflowException is mlflow.errors.MlflowException
    with pytest.raises(mlflow.MlflowException):
        mlflow.get_run("f" * 32)


@pytest.mark.parametrize("code", ["INTERNAL_ERROR", "INVALID_PARAMETER_VALUE", "RESOURCE_ALREADY_EXISTS", "INVALID_STATE", "BAD_REQUEST"])
def test_codes_are_texts(code):
    assert MlflowException("x", code).error_code == code
    assert MlflowException("x").error_code == "INTERNAL_ERROR"
