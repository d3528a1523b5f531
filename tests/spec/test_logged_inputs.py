"""data.md 2: what a run says of the data that went in."""

import pandas as pd
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowException
from jupyter_mlops.entities import Dataset, DatasetInput, InputTag


@pytest.fixture
def dataset():
    return mlflow.data.from_pandas(pd.DataFrame({"a": [1]}), source="a.csv", name="wine")


def code(call, *given, **named):
    with pytest.raises(MlflowException) as caught:
        call(*given, **named)
    return caught.value.error_code


def test_the_context_and_further_tags_are_tags_of_the_input(dataset, sql):
    with mlflow.start_run():
        mlflow.log_input(dataset, "training", {"part": "a"})
    assert sql("SELECT key, value FROM input_tags ORDER BY key") == [("mlflow.data.context", "training"), ("part", "a")]


def test_values_of_tags_are_texts_and_a_data_set_is_optional(dataset, value):
    with mlflow.start_run():
        mlflow.log_input()
        mlflow.log_input(model="accepted")
        assert code(mlflow.log_input, dataset, tags={"part": 1}) == "INVALID_PARAMETER_VALUE"
    assert value("SELECT count(*) FROM inputs") == 0


def test_several_at_once_are_as_many_as_their_contexts_and_tags(dataset, value):
    with mlflow.start_run():
        mlflow.log_inputs([dataset, dataset], ["training", "test"], [{"part": "a"}, None])
        assert code(mlflow.log_inputs, [dataset], ["a", "b"], [None]) == "INVALID_PARAMETER_VALUE"
    assert value("SELECT count(*) FROM input_tags") == 3


def test_the_client_logs_records():
    client = mlflow.MlflowClient()
    run_id = client.create_run("0").info.run_id
    given = DatasetInput(Dataset("n", "d", "local", "{}", "s", "p"), [InputTag("k", "v")])
    client.log_inputs(run_id, datasets=[given])
    assert client.get_run(run_id).inputs.dataset_inputs == [given]


def test_a_data_set_is_one_row_per_experiment_with_the_details_of_the_first_time(dataset, sql):
    again = mlflow.data.from_pandas(pd.DataFrame({"a": [1]}), source="b.csv", name="wine")
    for experiment in ("one", "two"):
        mlflow.set_experiment(experiment)
        for given in (dataset, again):
            with mlflow.start_run():
                mlflow.log_input(given)
    assert sql("SELECT experiment_id, name, digest, source FROM datasets ORDER BY 1") == [
        (number, "wine", dataset.digest, '{"uri": "a.csv"}') for number in (1, 2)
    ]
    assert sql("SELECT count(*) FROM inputs") == [(4,)]


def test_one_data_set_in_two_contexts_is_two_inputs_and_logged_again_still_two(dataset):
    with mlflow.start_run() as run:
        for context in ("training", "validation", "training"):
            mlflow.log_input(dataset, context=context)
    found = mlflow.get_run(run.info.run_id).inputs.dataset_inputs
    assert [(item.dataset.name, [tag.value for tag in item.tags]) for item in found] == [("wine", ["training"]), ("wine", ["validation"])]


def test_all_of_it_is_read_back_with_the_run(dataset):
    with mlflow.start_run() as run:
        mlflow.log_input(dataset)
    (item,) = mlflow.get_run(run.info.run_id).inputs.dataset_inputs
    assert item.dataset == Dataset(**dataset.to_dict())


def test_runs_are_found_by_name_digest_and_context(dataset):
    with mlflow.start_run() as run:
        mlflow.log_input(dataset, "training")
    for text in ("dataset.name = 'wine'", f"datasets.digest = '{dataset.digest}'", "dataset.context LIKE 'train%'"):
        assert list(mlflow.search_runs(filter_string=text)["run_id"]) == [run.info.run_id]
    assert len(mlflow.search_runs(filter_string="dataset.context = 'test'")) == 0


def test_deleted_runs_take_none(dataset):
    with mlflow.start_run() as run:
        pass
    mlflow.delete_run(run.info.run_id)
    given = [DatasetInput(Dataset(**dataset.to_dict()))]
    assert code(mlflow.MlflowClient().log_inputs, run.info.run_id, given) == "INVALID_PARAMETER_VALUE"
