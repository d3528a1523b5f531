"""Curves of compared runs: which metric is drawn, along what, and how few points and sessions it takes."""

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.charts.curves import curves

BEGIN = 1_700_000_000_000


def log(**histories):
    """A run with a metric of each name, one point a value."""
    client = mlflow.MlflowClient()
    run = client.create_run("0", start_time=BEGIN)
    for key, values in histories.items():
        points = [Metric(key, float(value), BEGIN + 500 * step, step) for step, value in enumerate(values)]
        client.log_batch(run.info.run_id, metrics=points)
    return run.info.run_id


@pytest.fixture
def sessions(monkeypatch):
    """Purposes of the sessions that the store was asked for."""
    asked, files = [], current_store().files
    reading = files.reading
    monkeypatch.setattr(files, "reading", lambda purpose="read": asked.append(purpose) or reading(purpose))
    return asked


def test_the_first_metric_that_draws_a_line_is_drawn(sessions):
    """However many metrics of one point stand before it, and in three sessions."""
    many = {f"a{number:02}": [1] for number in range(40)}
    runs = [log(**many), log(**many, loss=[3, 2, 1], zeta=[1, 2])]
    sessions.clear()
    found = curves(current_store(), runs)
    assert len(sessions) == 3
    assert (found["key"], found["keys"]) == ("loss", [*many, "loss", "zeta"])
    assert [(trace["x"], trace["y"]) for trace in found["figure"]["data"]] == [([0, 1, 2], [3.0, 2.0, 1.0])]
    assert curves(current_store(), runs, key="not there")["key"] == "loss"


def test_without_a_line_the_first_metric_is_drawn():
    found = curves(current_store(), [log(b=[1], a=[2])])
    assert (found["key"], found["figure"]["data"][0]["y"]) == ("a", [2.0])


def test_runs_without_metrics_have_no_curves():
    found = curves(current_store(), [log()])
    assert (found["key"], found["keys"], found["figure"]["data"]) == (None, [], [])


def test_a_curve_runs_along_steps_seconds_or_times():
    run = log(loss=[3, 2, 1])
    places = {
        x: curves(current_store(), [run], "loss", x)["figure"]["data"][0]["x"] for x in ("step", "relative", "time")
    }
    assert places == {"step": [0, 1, 2], "relative": [0.0, 0.5, 1.0], "time": [BEGIN, BEGIN + 500, BEGIN + 1000]}


def test_many_curves_have_fewer_points_each():
    runs = [log(loss=range(900)) for _ in range(300)]
    traces = curves(current_store(), runs, "loss")["figure"]["data"]
    assert len(traces) == 300
    assert all(len(trace["x"]) <= 666 and (trace["x"][0], trace["x"][-1]) == (0, 899) for trace in traces)


def test_a_long_curve_is_drawn_with_few_points_and_its_extremes():
    values = [0.5] * 5000
    values[1234], values[4321] = -7.0, 9.0
    for x in ("step", "relative"):
        (trace,) = curves(current_store(), [log(loss=values)], "loss", x)["figure"]["data"]
        assert len(trace["x"]) == len(trace["y"]) <= 2000
        unit = 1 if x == "step" else 0.5
        assert (trace["x"][0], trace["x"][-1]) == (0, 4999 * unit)
        assert (trace["x"][trace["y"].index(-7.0)], trace["x"][trace["y"].index(9.0)]) == (1234 * unit, 4321 * unit)
