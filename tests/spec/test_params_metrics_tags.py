"""tracking.md 4: what may be logged, what it becomes, which value holds."""

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient, MlflowException
from jupyter_mlops.entities import Dataset, DatasetInput, InputTag, Param
from jupyter_mlops.errors import InvalidParameter


@pytest.fixture
def run():
    with mlflow.start_run() as active:
        yield active.info.run_id


@pytest.fixture
def client():
    return MlflowClient()


def code(call, *given, **named):
    with pytest.raises(MlflowException) as caught:
        call(*given, **named)
    return caught.value.error_code


def test_what_calls_return(run, client):
    thing = object()
    assert mlflow.log_param("a", thing) is thing
    assert client.log_param(run, "b", thing) is thing
    assert (mlflow.log_params({"c": 1}), mlflow.log_metric("a", 1), mlflow.log_metrics({"a": 1}), mlflow.set_tag("a", 1)) == (None,) * 4
    assert (mlflow.set_tags({"b": 1}), mlflow.delete_tag("b"), client.log_batch(run), client.log_metric(run, "a", 1)) == (None,) * 4


def test_the_client_takes_the_time_before_the_step_the_fluent_function_the_step_first(run, client, sql):
    client.log_metric(run, "client", 1, 2, 3)
    mlflow.log_metric("fluent", 1, 2, None, 3)
    assert sql("SELECT key, timestamp, step FROM metrics ORDER BY key") == [("client", 2, 3), ("fluent", 3, 2)]


def test_arguments_of_mlflow_3_are_taken(run, client, value):
    mlflow.log_metric("a", 1, model_id="m-1", dataset=None)
    mlflow.log_metrics({"b": 1}, model_id="m-1", dataset=None)
    client.log_metric(run, "c", 1, dataset_name="d", dataset_digest="e", model_id="m-1")
    mlflow.log_input(None, model=None)
    client.log_inputs(run, models=[])
    assert value("SELECT count(*) FROM metrics") == 3


def test_without_waiting_there_is_something_to_wait_for(run, sql):
    operations = [
        mlflow.log_param("a", 1, synchronous=False), mlflow.log_metric("a", 1, synchronous=False), mlflow.set_tag("a", 1, synchronous=False),
    ]  # fmt: skip
    assert [type(operation) for operation in operations] == [mlflow.RunOperations] * 3
    assert operations[0].wait() is None
    mlflow.flush_async_logging()
    assert sql("SELECT value FROM params") == [("1",)]


# 4.1 limits


def test_tags_of_experiments_are_never_cut(value):
    mlflow.set_experiment_tag("a", "x" * 20000)
    assert code(mlflow.set_experiment_tag, "a", "x" * 20001) == "INVALID_PARAMETER_VALUE"
    for key in ("", "..", "/a", "a//b", "a#", None, "k" * 251):
        assert code(mlflow.set_experiment_tag, key, "x") == "INVALID_PARAMETER_VALUE", key
    assert value("SELECT length(value) FROM experiment_tags") == 20000


def test_limits_of_data_sets(run, client, value):
    for wrong in (
        {"name": "n" * 501}, {"digest": "d" * 37}, {"source": "s" * 65536}, {"schema": "s" * 1048576}, {"profile": "p" * 16777216},
        {"key": "k" * 256}, {"value": "v" * 501}, {"count": 1001},
    ):  # fmt: skip
        assert code(client.log_inputs, run, inputs(**wrong)) == "INVALID_PARAMETER_VALUE", list(wrong)
    assert value("SELECT count(*) FROM inputs") == 0


def inputs(**wrong):
    known = {"name": "n", "digest": "d", "source": "s", "schema": None, "profile": None, "key": "k", "value": "v", "count": 1} | wrong
    dataset = Dataset(known["name"], known["digest"], "local", known["source"], known["schema"], known["profile"])
    return [DatasetInput(dataset, [InputTag(known["key"], known["value"])])] * known["count"]


# 4.2 params are written once


def test_an_equal_value_is_no_change_and_another_one_an_error_that_explains(run, sql):
    mlflow.log_param("a", 1)
    mlflow.log_param("a", "1")
    with pytest.raises(InvalidParameter, match="Params are written once: start a new run"):
        mlflow.log_param("a", 2)
    assert sql("SELECT value FROM params") == [("1",)]


@pytest.mark.parametrize("second", ["1", "2"])
def test_a_key_twice_in_one_batch_is_an_error(run, client, value, second):
    assert code(client.log_batch, run, params=[Param("a", "1"), Param("a", second)]) == "INVALID_PARAMETER_VALUE"
    assert value("SELECT count(*) FROM params") == 0


# 4.4 tags


def test_tags_are_overwritten_also_after_the_end_and_absent_ones_cannot_be_deleted(client, sql):
    with mlflow.start_run() as active:
        mlflow.set_tag("a", 1)
    client.set_tag(active.info.run_id, "a", 2)
    assert sql("SELECT value FROM tags WHERE key = 'a'") == [("2",)]
    client.delete_tag(active.info.run_id, "a")
    assert sql("SELECT value FROM tags WHERE key = 'a'") == []
    assert code(client.delete_tag, active.info.run_id, "a") == "RESOURCE_DOES_NOT_EXIST"


def test_the_tag_of_the_name_renames_the_run_and_the_reverse(run, client, sql):
    mlflow.set_tag("mlflow.runName", "by tag")
    assert sql("SELECT run_name FROM runs") == [("by tag",)]
    client.update_run(run, name="by name")
    assert sql("SELECT run_name, value FROM runs JOIN tags USING (rid) WHERE key = 'mlflow.runName'") == [("by name", "by name")]


def test_reserved_tags_are_not_protected(run, value):
    mlflow.set_tags({"mlflow.source.type": "JOB", "mlflow.anything": "x"})
    assert value("SELECT count(*) FROM tags WHERE value IN ('JOB', 'x')") == 2
