"""tracking.md 1: where runs are kept, to which experiment they belong, what the environment says."""

import logging
import os
import pathlib

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.entities import Param
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.tracking.run_operations import RunOperations


def experiment_of_a_new_run(**given):
    with mlflow.start_run(**given) as run:
        return mlflow.get_experiment(run.info.experiment_id).name


def test_the_default_store_is_a_file_in_the_current_folder_and_absolute_when_reported(tmp_path):
    assert mlflow.get_tracking_uri() == str(tmp_path / "mlops.duckdb")
    assert not mlflow.is_tracking_uri_set()


@pytest.mark.parametrize("kind", [str, pathlib.Path])
def test_set_tracking_uri_takes_text_or_a_path_and_exports_it_to_children(kind, tmp_path, python):
    mlflow.set_tracking_uri(kind(tmp_path / "here.duckdb"))
    assert mlflow.is_tracking_uri_set()
    assert os.environ["MLFLOW_TRACKING_URI"] == mlflow.get_tracking_uri() == str(tmp_path / "here.duckdb")
    assert python("import jupyter_mlops as m; print(m.get_tracking_uri())") == f"{tmp_path}/here.duckdb\n"
    mlflow.set_tracking_uri(None)
    assert "MLFLOW_TRACKING_URI" not in os.environ
    assert mlflow.get_tracking_uri() == str(tmp_path / "mlops.duckdb")


def test_an_active_run_stays_where_it_began(sql):
    with mlflow.start_run():
        mlflow.set_tracking_uri("other.duckdb")
        mlflow.log_param("a", 1)
    assert sql("SELECT key FROM params", "mlops.duckdb") == [("a",)]


def test_the_tracking_uri_is_the_explicit_value_then_the_environments_then_the_default(monkeypatch, tmp_path):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "theirs.duckdb")
    assert mlflow.get_tracking_uri() == str(tmp_path / "theirs.duckdb")
    monkeypatch.setenv("JUPYTER_MLOPS_TRACKING_URI", "ours.duckdb")
    assert mlflow.get_tracking_uri() == str(tmp_path / "ours.duckdb")
    assert mlflow.is_tracking_uri_set()
    mlflow.set_tracking_uri("explicit.duckdb")
    assert mlflow.get_tracking_uri() == str(tmp_path / "explicit.duckdb")


def test_the_registry_is_where_runs_are_unless_it_is_set(monkeypatch, tmp_path, sql):
    assert mlflow.get_registry_uri() == mlflow.get_tracking_uri()
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", "models.duckdb")
    assert mlflow.get_registry_uri() == str(tmp_path / "models.duckdb")
    mlflow.set_registry_uri("explicit.duckdb")
    assert mlflow.get_registry_uri() == str(tmp_path / "explicit.duckdb")
    mlflow.MlflowClient().create_registered_model("a")
    assert sql("SELECT name FROM registered_models", "explicit.duckdb") == [("a",)]


@pytest.mark.parametrize("uri", ["foo://x", "http//localhost:5000", "postgresql://ann:secret@host/db", "mysql+pymysql://host/db", "mssql://host/db"])
def test_schemes_that_hold_no_runs_are_an_error_without_secrets(uri):
    with pytest.raises(InvalidParameter, match="Cannot keep runs at") as caught:
        mlflow.set_tracking_uri(uri)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("uri", ["sqlite:///mlflow.db", "file:mlflow", "./mlflow.duckdb"])
def test_schemes_of_files_are_stores_of_ours_opened_once(uri, tmp_path):
    mlflow.set_tracking_uri(uri)
    assert mlflow.get_tracking_uri() == str(tmp_path / "mlflow.duckdb")
    assert mlflow.MlflowClient(uri)._store is mlflow.MlflowClient(str(tmp_path / "mlflow.duckdb"))._store


def test_the_experiment_is_the_arguments_then_set_experiments_then_the_environments_name_then_id_then_the_default(monkeypatch):
    assert experiment_of_a_new_run() == "Default"
    known = mlflow.create_experiment("known")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", known)
    assert experiment_of_a_new_run() == "known"
    monkeypatch.delenv("MLFLOW_EXPERIMENT_ID")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "made")
    assert experiment_of_a_new_run() == "made"
    mlflow.set_experiment("set")
    assert experiment_of_a_new_run() == "set"
    assert experiment_of_a_new_run(experiment_id=int(known)) == "known"


def test_an_experiment_id_of_the_environment_must_exist_and_agree_with_the_name(monkeypatch):
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "77")
    with pytest.raises(InvalidParameter, match="77"):
        mlflow.start_run()
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "made")
    with pytest.raises(InvalidParameter, match="unset one"):
        mlflow.start_run()


def test_a_run_id_of_the_environment_is_resumed_once(monkeypatch, value):
    with mlflow.start_run() as before:
        pass
    monkeypatch.setenv("MLFLOW_RUN_ID", before.info.run_id)
    with mlflow.start_run() as run:
        assert run.info.run_id == before.info.run_id
        assert "MLFLOW_RUN_ID" not in os.environ
        monkeypatch.setenv("MLFLOW_RUN_ID", "another")
    assert "MLFLOW_RUN_ID" not in os.environ  # and again when the run ends
    mlflow.end_run()
    assert value("SELECT count(*) FROM runs") == 1


def test_async_logging_of_the_environment_is_what_synchronous_none_means(monkeypatch, value):
    with mlflow.start_run():
        assert mlflow.log_metric("a", 1) is None
    monkeypatch.setenv("MLFLOW_ENABLE_ASYNC_LOGGING", "true")
    client = mlflow.MlflowClient()
    with mlflow.start_run() as run:
        answers = [
            mlflow.log_metric("a", 1), mlflow.log_param("b", 1), mlflow.log_metrics({"c": 1}), mlflow.log_params({"d": 1}),
            mlflow.set_tag("e", 1), mlflow.set_tags({"f": 1}), client.log_metric(run.info.run_id, "g", 1),
            client.log_param(run.info.run_id, "h", 1), client.set_tag(run.info.run_id, "i", 1),
            client.log_batch(run.info.run_id, params=[Param("j", "1")]),
        ]  # fmt: skip
        assert {type(answer) for answer in answers} == {RunOperations}
        assert [answer.wait() for answer in answers] == [None] * len(answers)
        assert mlflow.log_param("k", 1, synchronous=True) == 1
    assert value("SELECT count(*) FROM params") == 5


def test_a_variable_that_cannot_be_understood_leaves_no_open_run(monkeypatch, sql):
    monkeypatch.setenv("MLFLOW_ENABLE_ASYNC_LOGGING", "2")
    with pytest.raises(InvalidParameter, match="MLFLOW_ENABLE_ASYNC_LOGGING"):
        mlflow.start_run()
    monkeypatch.delenv("MLFLOW_ENABLE_ASYNC_LOGGING")
    with mlflow.start_run():
        pass
    assert sql("SELECT status FROM runs") == [("FINISHED",)]


def test_the_run_context_of_the_environment_is_merged_into_automatic_tags(monkeypatch, sql, caplog):
    monkeypatch.setenv("MLFLOW_RUN_CONTEXT", '{"team": "a", "count": 2}')
    with mlflow.start_run():
        pass
    assert {("team", "a"), ("count", "2")} <= set(sql("SELECT key, value FROM tags"))
    monkeypatch.setenv("MLFLOW_RUN_CONTEXT", "no JSON")
    with mlflow.start_run():
        pass
    assert "MLFLOW_RUN_CONTEXT is a JSON object, not 'no JSON'" in caplog.text
    monkeypatch.setenv("MLFLOW_RUN_CONTEXT", '{"a//b": "x"}')
    with mlflow.start_run():
        pass
    assert "Invalid tag name 'a//b'" in caplog.text
    assert sql("SELECT count(*) FROM tags WHERE value = 'x'") == [(0,)]


def test_artifact_locations_have_a_greatest_length(monkeypatch):
    for create in (mlflow.create_experiment, mlflow.MlflowClient().create_experiment):
        with pytest.raises(InvalidParameter, match="at most 2048"):
            create("long", artifact_location="/" + "x" * 2048)
    monkeypatch.setenv("MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH", "3000")
    mlflow.create_experiment("long", artifact_location="/" + "x" * 2048)


def test_messages_go_where_the_variables_say(python, monkeypatch):
    script = "import jupyter_mlops as m; m.set_experiment('new'); m.start_run(); m.log_param('a', 'x' * 7000)"
    assert python(script, check=False).stderr == "The value of param 'a' has 7000 characters; the first 6000 are kept.\n"
    monkeypatch.setenv("MLFLOW_CONFIGURE_LOGGING", "true")
    lines = python(script.replace("new", "newer"), check=False).stderr.splitlines()
    assert [line[20:] for line in lines] == [
        "INFO jupyter_mlops.tracking.settings: Experiment 'newer' is not there yet and is created.",
        "WARNING jupyter_mlops.entities.names: The value of param 'a' has 7000 characters; the first 6000 are kept.",
    ]
    monkeypatch.delenv("MLFLOW_CONFIGURE_LOGGING")
    monkeypatch.setenv("MLFLOW_LOGGING_LEVEL", "ERROR")
    assert python(script.replace("new", "newest"), check=False).stderr == ""
    assert logging.getLogger("jupyter_mlops").handlers == []
