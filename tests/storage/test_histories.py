"""Histories of metrics: whole and in order, or thinned to what a chart can show, whatever was logged."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jupyter_mlops as mlflow
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.errors import NotFound
from jupyter_mlops.tracking.settings import current_store

FAR = 2**63 - 1
POINT = st.tuples(
    st.integers(-9, 9).map(float) | st.sampled_from([math.nan, math.inf, -math.inf]) | st.floats(),
    st.integers(0, 50) | st.integers(0, 2_000_000_000_000),
    st.integers(-3, 40) | st.integers(-FAR, FAR),
)
FEW, MANY = st.lists(POINT, min_size=1, max_size=8), st.lists(POINT, min_size=20, max_size=40)


def log(points):
    """A run with those points of ``m``: value, timestamp, step."""
    run = mlflow.MlflowClient().create_run("0")
    mlflow.MlflowClient().log_batch(run.info.run_id, metrics=[Metric("m", *point) for point in points])
    return run.info.run_id


def told(points):
    """Points as text: so NaN is like NaN, and -0.0 like 0.0."""
    return sorted(str([float(value) + 0.0, *rest]) for value, *rest in points)


@settings(max_examples=30, deadline=None)
@given(FEW | MANY)
def test_a_history_is_whole_and_in_order(points):
    run_id = log(points + points[:3])
    found = mlflow.MlflowClient().get_metric_history(run_id, "m")
    assert told((p.value, p.timestamp, p.step) for p in found) == sorted(set(told(points)))
    places = [(p.timestamp, p.step) for p in found]
    assert places == sorted(places)
    assert all(type(p.value) is float and type(p.timestamp) is int and type(p.step) is int for p in found)


@settings(max_examples=30, deadline=None)
@given(FEW | MANY, st.sampled_from(["step", "timestamp"]), st.integers(6, 12))
def test_a_curve_keeps_ends_and_extremes(points, axis, most):
    run_id = log(points)
    places, values = current_store().metric_curves([run_id], "m", axis, most)[run_id]
    along = [(point[2] if axis == "step" else point[1], point[0]) for point in points]
    assert len(places) <= most
    assert places == sorted(places)
    assert (places[0], places[-1]) == (min(x for x, _ in along), max(x for x, _ in along))
    finite = [value for _, value in along if math.isfinite(value)]
    kept = [value for value in values if math.isfinite(value)]
    assert (finite == []) == (kept == [])
    if finite:
        assert (min(kept), max(kept)) == (min(finite), max(finite))
    assert {(x, v) for x, v in zip(places, values, strict=True) if math.isfinite(v)} <= set(along)
    if len(points) <= most:
        assert len(places) == len(set(told(points)))


def test_a_part_of_nothing_but_nan_is_a_gap():
    run_id = log([(math.nan if 400 <= step < 600 else 1.0, 0, step) for step in range(1000)])
    places, values = current_store().metric_curves([run_id], "m", "step", 24)[run_id]
    assert [place for place, value in zip(places, values, strict=True) if math.isnan(value)]
    assert all(390 <= place < 610 for place, value in zip(places, values, strict=True) if math.isnan(value))


def test_curves_of_long_and_short_runs_come_together():
    long, short, none = log([(step / 10, step, step) for step in range(100)]), log([(1.0, 5, 7)]), log([(2.0, 0, 0)])
    mlflow.MlflowClient().log_metric(none, "other", 1.0)
    store = current_store()
    curves = store.metric_curves([long, short, none, "f" * 32], "m", "step", 10)
    assert set(curves) == {long, short, none}
    assert (curves[short].places, curves[short].values) == ([7], [1.0])
    assert len(curves[long].places) <= 10
    assert store.metric_curves([long, none], "other", "step", 10).keys() == {none}
    assert store.metric_curves([], "m", "step", 10) == {}


def test_lengths_are_those_of_the_longest_run():
    runs = [log([(1.0, n, n) for n in range(count)]) for count in (2, 5, 1)]
    mlflow.MlflowClient().log_metric(runs[0], "acc", 0.5)
    log([(1.0, n, n) for n in range(9)])
    store = current_store()
    assert list(store.metric_lengths(runs).items()) == [("acc", 1), ("m", 5)]
    assert store.metric_lengths([]) == {}


def test_columns_are_arrays():
    run_id = log([(0.5, 2, 1), (math.nan, 1, 0), (math.nan, 1, 0), (0.5, 2, 1)])
    columns = current_store().metric_columns(run_id, "m")
    assert {name: column.dtype for name, column in columns.items()} == {
        "value": np.float64,
        "timestamp": np.int64,
        "step": np.int64,
    }
    assert [column.tolist()[1] for column in columns.values()] == [0.5, 2, 1]
    assert [len(column) for column in columns.values()] == [2, 2, 2]
    assert len(current_store().metric_columns(run_id, "other")["value"]) == 0
    with pytest.raises(NotFound):
        current_store().metric_columns("f" * 32, "m")


def test_a_long_history_that_was_read_is_read_again_when_more_comes(python):
    """Long histories are kept for whoever reads them by pages; what this or another process logs is seen all the same."""
    with mlflow.start_run() as run:
        for first in range(0, 60_000, 1000):
            mlflow.MlflowClient().log_batch(run.info.run_id, metrics=[Metric("m", 1.0, 1, step) for step in range(first, first + 1000)])
    store = current_store()

    def read():
        return store.metric_columns(run.info.run_id, "m")

    first = read()
    first["value"][:] = 7  # whoever was given it may change it
    assert len(read()["value"]) == 60_000 and read()["value"].max() == 1.0
    mlflow.MlflowClient().log_metric(run.info.run_id, "m", 2.0, step=60_000)
    assert len(read()["value"]) == 60_001 and read()["value"].max() == 2.0
    python("import sys, jupyter_mlops as m; m.MlflowClient().log_metric(sys.argv[1], 'm', 3.0, step=1)", run.info.run_id)
    assert len(read()["value"]) == 60_002 and read()["value"].max() == 3.0
