"""tracking.md 4: what may be logged, what it becomes, which value holds."""

import math
import time

import numpy as np
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient, MlflowException
from jupyter_mlops.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag
from jupyter_mlops.errors import InvalidParameter

INF = math.inf


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


def test_calls_log_to_a_named_run(run, client, sql):
    other = client.create_run("0", run_name="other").info.run_id
    mlflow.log_params({"a": 1}, run_id=other)
    mlflow.log_metric("b", 1, run_id=other)
    mlflow.log_metrics({"c": 1}, run_id=other)
    names = sql("SELECT run_name, key FROM runs JOIN (SELECT rid, key FROM params UNION ALL SELECT rid, key FROM metrics) USING (rid) ORDER BY key")
    assert names == [("other", "a"), ("other", "b"), ("other", "c")]


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


@pytest.mark.parametrize("log", [mlflow.log_param, mlflow.log_metric, mlflow.set_tag, mlflow.set_experiment_tag], ids=lambda log: log.__name__)
def test_keys_that_cannot_be_and_keys_that_can(run, log, sql):
    for key in ("", ".", "..", "..a", "/a", "a//b", "a/../b", "a/", "a#", "a\n", None, "k" * 251):
        assert code(log, key, 1) == "INVALID_PARAMETER_VALUE", key
    good = ["a", "a/b", "a.b", "a-b", "a b", "a:b", "größe_1", "k" * 250]
    for key in good:
        log(key, 1)
    kept = "SELECT key FROM params UNION SELECT key FROM metrics UNION SELECT key FROM tags WHERE NOT regexp_matches(key, '^(mlflow|jupyter_mlops)\\.')"
    assert {key for (key,) in sql(kept + " UNION SELECT key FROM experiment_tags")} == set(good)


def test_params_of_6000_and_tags_of_8000_characters_are_kept_longer_ones_cut_with_a_warning(run, sql, caplog):
    mlflow.log_params({"fits": "p" * 6000, "long": "p" * 6001})
    mlflow.set_tags({"fits": "t" * 8000, "long": "t" * 8001})
    assert [record.getMessage().partition(" has")[0] for record in caplog.records] == ["The value of param 'long'", "The value of tag 'long'"]
    lengths = sql("SELECT key, length(value) FROM params UNION ALL SELECT key, length(value) FROM tags WHERE key IN ('fits', 'long') ORDER BY ALL")
    assert lengths == [("fits", 6000), ("fits", 8000), ("long", 6000), ("long", 8000)]


def test_tags_of_experiments_are_never_cut(value):
    mlflow.set_experiment_tag("a", "x" * 20000)
    assert code(mlflow.set_experiment_tag, "a", "x" * 20001) == "INVALID_PARAMETER_VALUE"
    assert code(mlflow.set_experiment_tag, "k" * 251, "x") == "INVALID_PARAMETER_VALUE"
    assert value("SELECT length(value) FROM experiment_tags") == 20000


def test_large_batches_are_split_by_the_client(run, client, sql):
    mlflow.log_params({f"p{n}": n for n in range(150)})
    mlflow.set_tags({f"t{n}": n for n in range(150)})
    client.log_batch(run, metrics=[Metric("m", n, 0, n) for n in range(1500)])
    counts = "SELECT (SELECT count(*) FROM params), (SELECT count(*) FROM tags WHERE key LIKE 't%'), (SELECT count(*) FROM metrics)"
    assert sql(counts) == [(150, 150, 1500)]


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


def test_values_become_text(run, sql):
    texts = {"None": None, "{'a': [1]}": {"a": [1]}, "True": True, "0.1": 0.1, "": ""}
    for number, given in enumerate(texts.values()):
        mlflow.log_param(str(number), given)
        mlflow.set_tag(str(number), given)
    kept = sql("SELECT p.value, t.value FROM params p JOIN tags t USING (rid, key) ORDER BY key")
    assert kept == [(text, text) for text in texts]


# 4.2 params are written once


def test_an_equal_value_is_no_change_and_another_one_an_error_that_explains(run, sql):
    mlflow.log_param("a", 1)
    mlflow.log_param("a", "1")
    with pytest.raises(InvalidParameter, match="Params are written once: start a new run"):
        mlflow.log_param("a", 2)
    assert sql("SELECT value FROM params") == [("1",)]


def test_log_params_is_all_or_nothing(run, sql):
    mlflow.log_param("a", 1)
    assert code(mlflow.log_params, {"b": 1, "a": 2}) == "INVALID_PARAMETER_VALUE"
    assert sql("SELECT key FROM params") == [("a",)]


def test_a_batch_with_a_failing_param_writes_no_metrics_and_tags(run, client, value):
    mlflow.log_param("a", 1)
    assert code(client.log_batch, run, [Metric("m", 1, 0, 0)], [Param("a", "2")], [RunTag("t", "1")]) == "INVALID_PARAMETER_VALUE"
    assert value("SELECT (SELECT count(*) FROM metrics) + (SELECT count(*) FROM tags WHERE key = 't')") == 0


@pytest.mark.parametrize("second", ["1", "2"])
def test_a_key_twice_in_one_batch_is_an_error(run, client, value, second):
    assert code(client.log_batch, run, params=[Param("a", "1"), Param("a", second)]) == "INVALID_PARAMETER_VALUE"
    assert value("SELECT count(*) FROM params") == 0


# 4.3 metrics


def test_what_becomes_a_number_and_what_does_not(run, sql):
    numbers = [0.5, 1, True, "0.5", np.float32(0.5), np.array(2.0), np.array([[3]]), np.int64(4)]
    for step, given in enumerate(numbers):
        mlflow.log_metric("a", given, step)
    for given in ("x", None, [1], {}, np.array([1, 2]), np.array([])):
        assert code(mlflow.log_metric, "a", given) == "INVALID_PARAMETER_VALUE", given
    assert [kept for (kept,) in sql("SELECT value FROM metrics ORDER BY step")] == [0.5, 1.0, 1.0, 0.5, 0.5, 2.0, 3.0, 4.0]


def test_times_are_milliseconds_now_by_default_and_zero_means_now_but_for_the_client(run, client, sql):
    before = time.time_ns() // 1_000_000
    mlflow.log_metric("default", 1)
    mlflow.log_metric("zero", 1, timestamp=0)
    client.log_metric(run, "client", 1, timestamp=0)
    times = dict(sql("SELECT key, timestamp FROM metrics"))
    assert times.pop("client") == 0
    assert all(before <= moment <= before + 60_000 for moment in times.values())
    assert code(mlflow.log_metric, "a", 1, timestamp=-1) == "INVALID_PARAMETER_VALUE"


def test_steps_are_whole_numbers_zero_by_default(run, sql):
    for key, step in {"default": None, "negative": -3, "integral": 2.0, "numpy": np.int64(4)}.items():
        mlflow.log_metric(key, 1, step=step)
    assert dict(sql("SELECT key, step FROM metrics")) == {"default": 0, "negative": -3, "integral": 2, "numpy": 4}
    assert code(mlflow.log_metric, "a", 1, step=0.5) == "INVALID_PARAMETER_VALUE"


def test_nan_and_infinity_are_kept_as_they_are(run, sql):
    mlflow.log_metrics({"nan": math.nan, "inf": INF, "-inf": -INF})
    assert sql("SELECT key, isnan(value), isinf(value) FROM metrics ORDER BY key") == [("-inf", False, True), ("inf", False, True), ("nan", True, False)]
    metrics = mlflow.get_run(run).data.metrics
    assert (metrics["inf"], metrics["-inf"], math.isnan(metrics["nan"])) == (INF, -INF, True)


def test_identical_points_are_one_and_the_history_is_by_time_step_and_value(run, client):
    points = [(3.0, 5, 1), (1.0, 5, 1), (1.0, 5, 1), (2.0, 4, 7), (2.0, 5, 0)]
    for given, moment, step in points:
        client.log_metric(run, "a", given, moment, step)
    assert [(p.value, p.timestamp, p.step) for p in client.get_metric_history(run, "a")] == [(2.0, 4, 7), (2.0, 5, 0), (1.0, 5, 1), (3.0, 5, 1)]
    assert client.get_metric_history(run, "unknown") == []


@pytest.mark.parametrize(
    ("points", "latest"),
    [
        ([(1.0, 9, 2), (2.0, 10, 1)], 1.0), ([(1.0, 5, 0), (2.0, 4, 0)], 1.0), ([(1.0, 5, 0), (2.0, 5, 0)], 2.0),
        ([(-1.0, 5, 0), (math.nan, 5, 0)], "nan"), ([(1.0, 5, 0), (math.nan, 5, 0)], 1.0),
    ],
)  # fmt: skip
def test_the_latest_value_is_the_greatest_by_step_time_and_value_nan_as_zero(run, client, points, latest):
    for given, moment, step in reversed(points):
        client.log_metric(run, "a", given, moment, step)
    found = mlflow.get_run(run).data.metrics["a"]
    assert math.isnan(found) if latest == "nan" else found == latest


def test_keys_have_a_case(run):
    mlflow.log_metrics({"m": 1, "M": 2})
    assert mlflow.get_run(run).data.metrics == {"M": 2.0, "m": 1.0}


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
