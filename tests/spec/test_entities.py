"""tracking.md 2: records, their attributes and how they look."""

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import entities
from jupyter_mlops.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    ExperimentTag,
    FileInfo,
    InputTag,
    Metric,
    PagedList,
    Param,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunStatus,
    RunTag,
    ViewType,
)

ATTRIBUTES = {
    Run: ["info", "data", "inputs"],
    RunInfo: ["run_id", "experiment_id", "run_name", "user_id", "status", "start_time", "end_time", "lifecycle_stage", "artifact_uri"],
    RunData: ["metrics", "params", "tags"],
    RunInputs: ["dataset_inputs"],
    DatasetInput: ["dataset", "tags"],
    Dataset: ["name", "digest", "source_type", "source", "schema", "profile"],
    InputTag: ["key", "value"],
    Experiment: ["experiment_id", "name", "artifact_location", "lifecycle_stage", "tags", "creation_time", "last_update_time"],
    Metric: ["key", "value", "timestamp", "step"],
    Param: ["key", "value"],
    RunTag: ["key", "value"],
    ExperimentTag: ["key", "value"],
    FileInfo: ["path", "is_dir", "file_size"],
}


@pytest.mark.parametrize("kind", ATTRIBUTES, ids=lambda kind: kind.__name__)
def test_an_entity_has_its_attributes_and_a_repr_with_sorted_fields(kind):
    assert getattr(entities, kind.__name__) is kind
    record = kind(*range(len(ATTRIBUTES[kind])))
    assert [getattr(record, name) for name in ATTRIBUTES[kind]] == list(range(len(ATTRIBUTES[kind])))
    fields = ", ".join(f"{name}={getattr(record, name)!r}" for name in sorted(ATTRIBUTES[kind]))
    assert repr(record) == f"<{kind.__name__}: {fields}>"


def test_a_run_as_it_is_read_has_texts_numbers_and_dicts():
    with mlflow.start_run() as active:
        assert active.info.end_time is None
        mlflow.log_metric("m", 1)
        mlflow.log_param("p", 1)
    run = mlflow.get_run(active.info.run_id)
    assert (type(run.info.experiment_id), run.info.status, run.info.lifecycle_stage) == (str, "FINISHED", "active")
    assert type(run.info.start_time) is type(run.info.end_time) is int
    assert (run.data.metrics, run.data.params, run.data.tags["mlflow.runName"]) == ({"m": 1.0}, {"p": "1"}, run.info.run_name)
    assert run.info.run_uuid == run.info.run_id
    assert run.to_dictionary()["info"]["run_id"] == run.info.run_id
    assert run.to_dictionary()["data"]["params"] == {"p": "1"}


def test_a_metric_equals_another_in_all_fields():
    assert len({Metric("a", 1.0, 2, 3), Metric("a", 1.0, 2, 3), Metric("a", 1.0, 2, 4)}) == 2


def test_pairs_of_different_kinds_differ():
    assert Param("a", "b") != RunTag("a", "b")


def test_statuses_have_numbers_and_names():
    assert [RunStatus.RUNNING, RunStatus.SCHEDULED, RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED] == [1, 2, 3, 4, 5]
    assert RunStatus.all_status() == [1, 2, 3, 4, 5]
    assert [RunStatus.to_string(RunStatus.from_string(name)) for name in ("FINISHED", "KILLED")] == ["FINISHED", "KILLED"]
    assert [RunStatus.is_terminated(number) for number in RunStatus.all_status()] == [False, False, True, True, True]
    for call in (RunStatus.from_string, RunStatus.to_string):
        with pytest.raises(Exception, match="Unknown run status") as caught:
            call("finished")
        assert caught.type is Exception


def test_view_types_have_numbers():
    assert (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL) == (1, 2, 3)


def test_a_folder_has_no_size_and_paths_are_relative_with_slashes():
    with mlflow.start_run() as run:
        mlflow.log_text("abc", "deep/a.txt")
    client = mlflow.MlflowClient()
    assert client.list_artifacts(run.info.run_id) == [FileInfo("deep", True, None)]
    assert client.list_artifacts(run.info.run_id, "deep") == [FileInfo("deep/a.txt", False, 3)]


def test_a_page_is_a_list_with_a_token_that_is_none_on_the_last():
    for name in "ab":
        mlflow.create_experiment(name)
    client = mlflow.MlflowClient()
    first = client.search_experiments(max_results=2)
    assert isinstance(first, PagedList) and isinstance(first, list)
    last = client.search_experiments(max_results=2, page_token=first.token)
    assert (len(first), len(last), last.token) == (2, 1, None)
