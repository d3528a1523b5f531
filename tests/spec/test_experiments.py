"""tracking.md 5: experiments, by the fluent functions and by the client."""

import os
import threading

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient, MlflowException
from jupyter_mlops.entities import PagedList, ViewType


@pytest.fixture
def client():
    return MlflowClient()


def code(call, *given, **named):
    with pytest.raises(MlflowException) as caught:
        call(*given, **named)
    return caught.value.error_code


def test_a_name_is_taken_by_a_deleted_experiment_too():
    number = mlflow.create_experiment("a")
    assert code(mlflow.create_experiment, "a") == "RESOURCE_ALREADY_EXISTS"
    mlflow.delete_experiment(number)
    assert code(mlflow.create_experiment, "a") == "RESOURCE_ALREADY_EXISTS"


def test_locations_are_absolute_below_the_artifacts_by_default_and_never_those_of_runs(tmp_path):
    def location(*given):
        return mlflow.get_experiment(mlflow.create_experiment(*given)).artifact_location

    assert location("default") == str(tmp_path / "mlartifacts" / "1")
    assert location("relative", "some/folder") == str(tmp_path / "some" / "folder")
    assert location("remote", "s3://bucket/folder") == "s3://bucket/folder"
    assert code(mlflow.create_experiment, "runs", "runs:/x") == "INVALID_PARAMETER_VALUE"


def test_tags_become_text(sql):
    mlflow.create_experiment("a", tags={"version": 1.5, "b": None})
    assert sql("SELECT key, value FROM experiment_tags ORDER BY key") == [("b", "None"), ("version", "1.5")]


def test_deleted_ones_are_found_by_id_and_by_name_which_has_a_case():
    mlflow.delete_experiment(number := mlflow.create_experiment("Gone"))
    assert mlflow.get_experiment(number).lifecycle_stage == mlflow.get_experiment_by_name("Gone").lifecycle_stage == "deleted"
    assert mlflow.get_experiment_by_name("gone") is None


def test_set_experiment_takes_exactly_one_argument_and_makes_what_is_missing_by_name(caplog):
    assert code(mlflow.set_experiment) == code(mlflow.set_experiment, "a", "0") == "INVALID_PARAMETER_VALUE"
    with caplog.at_level("INFO"):
        assert mlflow.set_experiment("a").name == "a"
    assert "created" in caplog.text
    assert code(mlflow.set_experiment, experiment_id="99") == "RESOURCE_DOES_NOT_EXIST"
    mlflow.delete_experiment(mlflow.get_experiment_by_name("a").experiment_id)
    assert code(mlflow.set_experiment, "a") == "INVALID_PARAMETER_VALUE"


def test_set_experiment_holds_for_all_threads_and_children_and_leaves_active_runs_alone(sql):
    found = []
    with mlflow.start_run():
        chosen = mlflow.set_experiment("a")
        mlflow.log_metric("a", 1)

    def log():
        with mlflow.start_run() as run:
            found.append(run.info.experiment_id)

    thread = threading.Thread(target=log)
    thread.start()
    thread.join()
    assert found == [chosen.experiment_id] == [os.environ["MLFLOW_EXPERIMENT_ID"]]
    assert sql("SELECT experiment_id FROM runs ORDER BY rid") == [(0,), (1,)]


def test_deletion_is_soft_takes_the_runs_along_and_cannot_be_repeated(sql):
    number = mlflow.create_experiment("a")
    with mlflow.start_run(experiment_id=number):
        pass
    before = mlflow.get_experiment(number).last_update_time
    mlflow.delete_experiment(number)
    assert sql("SELECT e.lifecycle_stage, r.lifecycle_stage FROM experiments e JOIN runs r USING (experiment_id)") == [("deleted", "deleted")]
    assert mlflow.get_experiment(number).last_update_time >= before
    assert code(mlflow.delete_experiment, number) == code(mlflow.delete_experiment, "99") == "RESOURCE_DOES_NOT_EXIST"


def test_the_default_experiment_can_be_deleted():
    mlflow.delete_experiment("0")
    assert code(mlflow.start_run) == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize("restore", [mlflow.restore_experiment, lambda number: MlflowClient().restore_experiment(number)])
def test_restoring_brings_all_runs_back_those_deleted_before_too(restore, sql):
    number = mlflow.create_experiment("a")
    for _ in range(2):
        with mlflow.start_run(experiment_id=number) as run:
            pass
    mlflow.delete_run(run.info.run_id)
    mlflow.delete_experiment(number)
    restore(number)
    assert sql("SELECT DISTINCT lifecycle_stage FROM runs") == [("active",)]
    assert code(restore, number) == "RESOURCE_DOES_NOT_EXIST"


def test_searches_give_a_list_of_all_or_a_page_newest_first(client):
    for name in "abc":
        mlflow.create_experiment(name)
    mlflow.delete_experiment("2")
    assert [e.name for e in mlflow.search_experiments()] == ["c", "a", "Default"]
    assert type(mlflow.search_experiments()) is list
    assert [e.name for e in mlflow.search_experiments(ViewType.DELETED_ONLY)] == ["b"]
    assert [e.name for e in mlflow.search_experiments(ViewType.ALL, 2, order_by=["name"])] == ["Default", "a"]
    assert isinstance(client.search_experiments(), PagedList)
    assert code(client.search_experiments, max_results=None) == "INVALID_PARAMETER_VALUE"


def test_tags_of_a_deleted_experiment_and_absent_ones(client):
    number = client.create_experiment("a", tags={"k": "v"})
    client.delete_experiment_tag(number, "k")
    assert code(client.delete_experiment_tag, number, "k") == "RESOURCE_DOES_NOT_EXIST"
    client.delete_experiment(number)
    assert code(client.set_experiment_tag, number, "k", "v") == "INVALID_PARAMETER_VALUE"


def test_fluent_tags_are_those_of_the_current_experiment(sql):
    mlflow.set_experiment("a")
    mlflow.set_experiment_tag("k", 1)
    mlflow.set_experiment_tags({"l": 2, "mlflow.note.content": "what it is about"})
    mlflow.delete_experiment_tag("k")
    assert sql("SELECT experiment_id, key, value FROM experiment_tags ORDER BY key") == [(1, "l", "2"), (1, "mlflow.note.content", "what it is about")]
