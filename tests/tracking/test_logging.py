"""Params, metrics and tags: limits, conversions, all-or-nothing, which value is the latest."""

import math

import numpy as np
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient
from jupyter_mlops.entities import Metric, Param, RunTag
from jupyter_mlops.errors import InvalidParameter, NotFound, ParamAlreadyLogged

BAD_KEYS = ["", ".", "..", "../a", "/a", "a//b", "a/../b", "a/", "a\n", "a#b", "a" * 251, None, 5]


@pytest.fixture
def run():
    with mlflow.start_run() as active:
        yield active


def now(run):
    return mlflow.get_run(run.info.run_id).data


@pytest.mark.parametrize("key", BAD_KEYS)
def test_names_that_cannot_be(run, value, key):
    for log in (
        lambda: mlflow.log_metric(key, 1.0), lambda: mlflow.log_param(key, 1), lambda: mlflow.set_tag(key, 1),
        lambda: mlflow.log_metrics({"fine": 1.0, key: 1.0}), lambda: mlflow.log_params({"fine": 1, key: 1}),
        lambda: mlflow.set_tags({"fine": 1, key: 1}),
    ):  # fmt: skip
        with pytest.raises(InvalidParameter) as error:
            log()
        assert error.value.error_code == "INVALID_PARAMETER_VALUE"
    assert value("SELECT (SELECT count(*) FROM metrics) + (SELECT count(*) FROM params)") == 0
    assert "fine" not in now(run).tags


@pytest.mark.parametrize("key", ["a", "a/b", "a b", "a:b", "A.b-c_d", "größe", "a" * 250])
def test_names_that_can_be(run, sql, key):
    mlflow.log_metric(key, 1.0)
    mlflow.log_param(key, 2)
    mlflow.set_tag(key, 3)
    assert (now(run).metrics[key], now(run).params[key], now(run).tags[key]) == (1.0, "2", "3")
    assert sql("SELECT key FROM metrics UNION SELECT key FROM params") == [(key,)]


def test_keys_have_a_case(run):
    mlflow.log_metrics({"m": 1.0, "M": 2.0})
    assert now(run).metrics == {"m": 1.0, "M": 2.0}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (1, 1.0), (True, 1.0), ("0.5", 0.5), (np.float32(0.25), 0.25), (np.int64(3), 3.0), (np.array([2.0]), 2.0),
        (np.array(2.5), 2.5), (np.bool_(True), 1.0), (math.inf, math.inf), (-math.inf, -math.inf), (1e308, 1e308),
    ],
)  # fmt: skip
def test_values_that_become_numbers(run, value, given, kept):
    mlflow.log_metric("m", given)
    assert now(run).metrics["m"] == kept
    assert float(value("SELECT value::VARCHAR FROM metrics")) == kept


def test_nan_is_kept_as_nan(run, value):
    mlflow.log_metric("m", math.nan)
    assert math.isnan(now(run).metrics["m"])
    assert math.isnan(MlflowClient().get_metric_history(run.info.run_id, "m")[0].value)
    assert value("SELECT isnan(value) FROM metrics") is True
    assert value("SELECT isnan(value) AND isnan(min) AND isnan(max) AND isnan(first) FROM latest_metrics") is True


@pytest.mark.parametrize("given", [None, "abc", [1, 2], np.array([1.0, 2.0]), {}, object(), 1j])
def test_values_that_become_none(run, value, given):
    for log in (lambda: mlflow.log_metric("m", given), lambda: mlflow.log_metrics({"ok": 1.0, "m": given})):
        with pytest.raises(InvalidParameter):
            log()
    assert value("SELECT count(*) FROM metrics") == 0


@pytest.mark.parametrize(("given", "kept"), [(None, 0), (-5, -5), (2.0, 2), (np.int64(7), 7), (2**63 - 1, 2**63 - 1)])
def test_steps(run, value, given, kept):
    mlflow.log_metric("m", 1.0, step=given)
    assert value("SELECT step FROM metrics") == kept


@pytest.mark.parametrize("step", [1.5, "x", 2**63, math.nan, math.inf])
def test_steps_that_cannot_be(run, value, step):
    with pytest.raises(InvalidParameter):
        mlflow.log_metric("m", 1.0, step=step)
    assert value("SELECT count(*) FROM metrics") == 0


def test_timestamps(run, sql):
    client = MlflowClient()
    mlflow.log_metric("m", 1.0, step=1, timestamp=123)
    mlflow.log_metric("m", 1.0, step=2, timestamp=0)  # MLflow: now
    client.log_metric(run.info.run_id, "m", 1.0, timestamp=0, step=3)
    for bad in (-1, "x"):
        with pytest.raises(InvalidParameter):
            mlflow.log_metric("m", 1.0, timestamp=bad)
    rows = dict(sql("SELECT step, timestamp FROM metrics"))
    assert (rows[1], rows[3], len(rows)) == (123, 0, 3)
    assert rows[2] > 1_700_000_000_000


@pytest.mark.parametrize(
    ("points", "latest"),
    [
        ([(1.0, 10, 0), (2.0, 5, 1)], 2.0),  # the step decides
        ([(2.0, 5, 1), (1.0, 10, 0)], 2.0),
        ([(1.0, 10, 1), (2.0, 5, 1)], 1.0),  # then the time
        ([(3.0, 5, 1), (2.0, 5, 1)], 3.0),  # then the value
        ([(-1.0, 5, 1), (math.nan, 5, 1)], math.nan),  # where NaN counts as 0
        ([(1.0, 5, 1), (math.nan, 5, 1)], 1.0),
        ([(5.0, 9, -1), (4.0, 1, 0)], 4.0),
    ],
)
@pytest.mark.parametrize("between", [False, True])
def test_which_value_is_the_latest(run, points, latest, between):
    for number, timestamp, step in points:
        mlflow.log_metric("m", number, step=step, timestamp=timestamp)
        if between:
            now(run)
    assert now(run).metrics["m"] == pytest.approx(latest, nan_ok=True)


def test_history(run, sql):
    client = MlflowClient()
    for number, timestamp, step in [(3.0, 30, 0), (1.0, 10, 2), (2.0, 10, 1), (2.0, 10, 1)]:
        client.log_metric(run.info.run_id, "m", number, timestamp, step)
    assert client.get_metric_history(run.info.run_id, "m") == [
        Metric("m", 2.0, 10, 1), Metric("m", 1.0, 10, 2), Metric("m", 3.0, 30, 0),
    ]  # fmt: skip
    assert client.get_metric_history(run.info.run_id, "other") == []
    with pytest.raises(NotFound):
        client.get_metric_history("f" * 32, "m")
    assert sql("SELECT count, min, max, first FROM latest_metrics")[0][1:] == (1.0, 3.0, 3.0)


@pytest.mark.parametrize("text", [1, "", None, True, {"a": 1}, 0.1, "x" * 6000, "ü\n\0"])
def test_params_are_text(run, value, text):
    assert mlflow.log_param("p", text) is text
    assert now(run).params == {"p": str(text)}
    assert value("SELECT value FROM params") == str(text)


def test_text_that_is_none_is_kept_readable(run, sql):
    mlflow.log_param("p", "a\ud800b")
    mlflow.set_tag("t", "\udcff")
    assert sql("SELECT value FROM params") == [("a\\ud800b",)]
    assert now(run).tags["t"] == "\\udcff"


def test_long_values_are_cut_with_a_warning(run, caplog):
    mlflow.log_param("p", "x" * 6001)
    mlflow.set_tag("t", "y" * 8001)
    assert (len(now(run).params["p"]), len(now(run).tags["t"])) == (6000, 8000)
    assert caplog.text.count("are kept") == 2


def test_long_values_are_refused_where_one_wants_that(run, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRUNCATE_LONG_VALUES", "false")
    for log in (lambda: mlflow.log_param("p", "x" * 6001), lambda: mlflow.set_tag("t", "y" * 8001)):
        with pytest.raises(InvalidParameter):
            log()
    assert now(run).params == {}


def test_a_param_is_written_once(run, value):
    mlflow.log_param("p", 1)
    mlflow.log_param("p", "1")
    with pytest.raises(ParamAlreadyLogged) as error:
        mlflow.log_param("p", 2)
    assert (error.value.old, error.value.new, error.value.error_code) == ("1", "2", "INVALID_PARAMETER_VALUE")
    with pytest.raises(ParamAlreadyLogged):
        mlflow.log_params({"q": 1, "p": 2})
    with pytest.raises(ParamAlreadyLogged):
        MlflowClient().log_param(run.info.run_id, "p", 3)
    assert now(run).params == {"p": "1"}
    assert value("SELECT count(*) FROM conflicts") == 0


def test_a_batch_is_all_or_nothing(run, sql):
    client, run_id = MlflowClient(), run.info.run_id
    mlflow.log_param("p", 1)
    for params, tags in (
        ([Param("q", "1"), Param("p", "2")], []), ([Param("q", "1"), Param("q", "2")], []), ([Param("q", "1")], [RunTag("", "x")]),
    ):  # fmt: skip
        with pytest.raises(InvalidParameter):
            client.log_batch(run_id, [Metric("m", 1.0, 1, 0)], params, [RunTag("t", "x"), *tags])
    assert sql("SELECT key, value FROM params") == [("p", "1")]
    assert sql("SELECT count(*) FROM metrics") == [(0,)]
    assert "t" not in now(run).tags
    client.log_batch(run_id, [Metric("m", 1.0, 1, 0)], [Param("q", "1")], [RunTag("t", "x")])
    assert (now(run).metrics, now(run).params["q"], now(run).tags["t"]) == ({"m": 1.0}, "1", "x")


def test_large_batches(run, value):
    mlflow.log_params({f"p{n}": n for n in range(1500)})
    mlflow.log_metrics({f"m{n}": n for n in range(2500)}, step=3)
    assert value("SELECT count(*) FROM params") == 1500
    assert value("SELECT count(*) FROM metrics WHERE step = 3") == 2500


def test_a_batch_that_no_reader_would_take_is_refused_whole(run, value):
    client, run_id = MlflowClient(), run.info.run_id
    with pytest.raises(InvalidParameter, match="several calls"):
        client.log_batch(run_id, params=[Param(f"p{n}", "x" * 6000) for n in range(12_000)])
    client.log_batch(run_id, params=[Param(f"p{n}", "x" * 6000) for n in range(2_000)])
    mlflow.log_metric("after", 1.0)
    assert value("SELECT count(*) FROM params") == 2000
    assert value("SELECT count(*) FROM rejected") == 0
    assert now(run).metrics == {"after": 1.0}


def test_tags(run, sql):
    mlflow.set_tag("t", 1)
    mlflow.set_tags({"t": 2, "u": None})
    assert (now(run).tags["t"], now(run).tags["u"]) == ("2", "None")
    mlflow.set_tag("t", 3)
    mlflow.delete_tag("t")
    assert "t" not in now(run).tags
    assert sql("SELECT count(*) FROM tags WHERE key = 't'") == [(0,)]
    with pytest.raises(NotFound) as error:
        mlflow.delete_tag("t")
    assert error.value.error_code == "RESOURCE_DOES_NOT_EXIST"
    mlflow.set_tag("t", 4)
    assert now(run).tags["t"] == "4"


def test_logging_to_a_named_run(run):
    other = MlflowClient().create_run("0").info.run_id
    mlflow.log_metric("m", 1.0, run_id=other)
    mlflow.log_metrics({"n": 2.0}, run_id=other)
    mlflow.log_params({"p": 1}, run_id=other)
    data = mlflow.get_run(other).data
    assert (data.metrics, data.params) == ({"m": 1.0, "n": 2.0}, {"p": "1"})
    assert now(run).metrics == {}


def test_a_run_object_is_a_snapshot(run):
    mlflow.log_metric("m", 1.0)
    assert run.data.metrics == {}
