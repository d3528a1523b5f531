"""Metrics: their values, their histories, and what a chart shows of them."""

from __future__ import annotations

import math
import time

import pytest

from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.storage.base import Store
from jupyter_mlops.testing.store_contracts.fixtures import START, StoreFixtures, begin_run

__all__ = ["MetricContract"]


def _points(count: int) -> list[Metric]:
    return [Metric("loss", math.sin(step / 50) + (step == 777) * 9, START + step * 10, step) for step in range(count)]


class MetricContract(StoreFixtures):
    """Tests of the metrics of a `TrackingStore`."""

    def test_a_metric_and_its_latest_value(self, store: Store, other: Store, run: Run) -> None:
        for value, timestamp, step in ((1.0, START, 0), (3.0, START + 2, 2), (2.0, START + 9, 1)):
            store.log_metric(run.info.run_id, "loss", value, timestamp, step)
        assert other.get_run(run.info.run_id).data.metrics == {"loss": 3.0}  # of the highest step
        store.log_metric(run.info.run_id, "loss", 5.0, START + 2, 2)
        store.log_metric(run.info.run_id, "loss", 4.0, START + 2, 2)
        assert other.get_run(run.info.run_id).data.metrics == {"loss": 5.0}  # at one time and step the greatest

    def test_a_history_is_in_order_and_has_nothing_twice(self, store: Store, other: Store, run: Run) -> None:
        given = [(2.0, START + 1, 1), (1.0, START, 3), (1.0, START + 1, 1), (1.0, START + 1, 0), (1.0, START, 3)]
        for point in given:
            store.log_metric(run.info.run_id, "a/b c", *point)
        found = other.get_metric_history(run.info.run_id, "a/b c")
        wanted = [(START, 3, 1.0), (START + 1, 0, 1.0), (START + 1, 1, 1.0), (START + 1, 1, 2.0)]
        assert [(point.key, point.timestamp, point.step, point.value) for point in found] == [("a/b c", *one) for one in wanted]
        assert other.get_metric_history(run.info.run_id, "none") == []

    def test_a_metric_without_time_is_of_now(self, store: Store, other: Store, run: Run) -> None:
        before = time.time() * 1000
        store.log_metric(run.info.run_id, "loss", 1.0, None, 0)
        [point] = other.get_metric_history(run.info.run_id, "loss")
        assert before - 2 <= point.timestamp <= time.time() * 1000

    def test_values_and_places_as_they_are(self, store: Store, other: Store, run: Run) -> None:
        values = [0.1 + 0.2, 1e308, -1e-300, 5e-324, 0.0, float(2**53 - 1), 1 / 3]
        for step, value in enumerate(values):
            store.log_metric(run.info.run_id, "v", value, START + step, step)
        for step in (-(2**62), -1, 2**62):
            store.log_metric(run.info.run_id, "s", 1.0, START, step)
        for timestamp in (0, 1, 4_102_444_800_000):
            store.log_metric(run.info.run_id, "t", 1.0, timestamp, 0)
        assert [point.value for point in other.get_metric_history(run.info.run_id, "v")] == values
        assert [point.step for point in other.get_metric_history(run.info.run_id, "s")] == [-(2**62), -1, 2**62]
        assert [point.timestamp for point in other.get_metric_history(run.info.run_id, "t")] == [0, 1, 4_102_444_800_000]

    def test_nan(self, store: Store, other: Store, run: Run) -> None:
        store.log_batch(run.info.run_id, [Metric("loss", math.nan, START, 0), Metric("loss", math.nan, START, 0)], [], [])
        [point] = other.get_metric_history(run.info.run_id, "loss")
        assert math.isnan(point.value)
        assert math.isnan(other.get_run(run.info.run_id).data.metrics["loss"])

    def test_infinities(self, store: Store, other: Store, run: Run) -> None:
        store.log_metric(run.info.run_id, "loss", math.inf, START, 0)
        store.log_metric(run.info.run_id, "loss", -math.inf, START + 1, 1)
        assert [point.value for point in other.get_metric_history(run.info.run_id, "loss")] == [math.inf, -math.inf]
        assert other.get_run(run.info.run_id).data.metrics == {"loss": -math.inf}

    def test_history_by_column(self, store: Store, other: Store, run: Run) -> None:
        points = _points(2500)
        store.log_batch(run.info.run_id, points, [], [])
        columns = other.metric_columns(run.info.run_id, "loss")
        assert {name: column.dtype.name for name, column in columns.items()} == {"value": "float64", "timestamp": "int64", "step": "int64"}
        for name, column in columns.items():
            assert column.tolist() == [getattr(point, name) for point in points]
        assert all(len(column) == 0 for column in other.metric_columns(run.info.run_id, "none").values())

    def test_lengths(self, store: Store, other: Store, experiment: str) -> None:
        runs = [begin_run(store, experiment, f"r{number}", metrics={"acc": 1.0}) for number in range(2)]
        store.log_batch(runs[1], _points(3), [], [])
        assert other.metric_lengths(runs) == {"acc": 1, "loss": 3}
        assert list(other.metric_lengths(runs)) == ["acc", "loss"]
        assert other.metric_lengths(runs[:1]) == {"acc": 1}
        assert other.metric_lengths([]) == {}

    @pytest.mark.parametrize("axis", ["step", "timestamp"])
    def test_curves(self, store: Store, other: Store, experiment: str, axis: str) -> None:
        short, long, without = (begin_run(store, experiment, f"r{number}") for number in range(3))
        store.log_batch(short, _points(5), [], [])
        store.log_batch(long, _points(2000), [], [])
        curves = other.metric_curves([short, long, without], "loss", axis, 100)  # type: ignore[arg-type]
        assert set(curves) == {short, long}
        assert curves[short].places == [getattr(point, axis) for point in _points(5)]
        assert curves[short].values == [point.value for point in _points(5)]
        places, values = curves[long]
        assert 50 <= len(places) <= 100
        assert places == sorted(places)
        whole = {getattr(point, axis): point.value for point in _points(2000)}
        assert {places[0], places[-1]} == {min(whole), max(whole)}
        assert all(whole[place] == value for place, value in zip(places, values, strict=True))
        assert (max(values), min(values)) == (max(whole.values()), min(whole.values()))

    @pytest.mark.parametrize("axis", ["step", "timestamp"])
    def test_parts_of_curves(self, store: Store, other: Store, experiment: str, axis: str) -> None:
        short, long = (begin_run(store, experiment, f"r{number}") for number in range(2))
        store.log_batch(short, _points(5), [], [])
        store.log_batch(long, _points(2000), [], [])
        all_places = [getattr(point, axis) for point in _points(2000)]
        some, many = (all_places[3], all_places[40]), (all_places[100], all_places[1900])
        curves = other.metric_curves([short, long], "loss", axis, 100, {short: some, long: some})  # type: ignore[arg-type]
        assert curves[short].places == all_places[3:5]
        assert curves[long].places == all_places[3:41]
        (curve,) = other.metric_curves([short, long], "loss", axis, 100, {long: many}).values()  # type: ignore[arg-type]
        assert 50 <= len(curve.places) <= 100
        assert (curve.places[0], curve.places[-1]) == many
