"""Curves of a hundred runs of a million points: how long, and how much is read and sent."""

import json

import pytest

from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.views.requests import answer
from tests.storage.long_curves import PEAK, PIT, make

RUNS, POINTS = 100, 1_000_000
WHAT = "100 runs of 1,000,000 points, as a figure: "


@pytest.fixture(scope="module")
def long_runs(tmp_path_factory):
    place = str(tmp_path_factory.mktemp("long") / "mlops.duckdb")
    return open_store(place), make(place, RUNS, POINTS)


def _ask(long_runs, **asked):
    store, ids = long_runs
    return json.dumps(answer(store, "chart_curves", {"query": {"run_ids": ids}, "keys": ["loss"], **asked}))


def _check(text, most):
    figure = json.loads(text)["figure"]
    assert len(figure["data"]) == RUNS
    assert sum(len(trace["x"]) for trace in figure["data"]) <= most
    assert len(text) < 12_000_000
    return figure


def test_first(benchmark, long_runs):
    """Every point is looked at once, and every extreme is in the figure."""
    benchmark.extra_info.update(what=WHAT + "the first time")
    figure = _check(benchmark.pedantic(_ask, args=(long_runs,), rounds=1), RUNS * 2000)
    assert all((max(trace["y"]), min(trace["y"])) == (PEAK, PIT) for trace in figure["data"])


def test_again(benchmark, long_runs):
    _ask(long_runs)
    benchmark.extra_info.update(what=WHAT + "again")
    _check(benchmark.pedantic(_ask, args=(long_runs,), kwargs={"log": "y"}, rounds=5, warmup_rounds=1), RUNS * 2000)


def test_part(benchmark, long_runs):
    benchmark.extra_info.update(what=WHAT + "a tenth of it, zoomed into")
    parts = iter(range(100_000, 900_000, 50_000))

    def zoomed():
        start = next(parts)
        return _ask(long_runs, between=[start, start + 100_000])

    _check(benchmark.pedantic(zoomed, rounds=3), RUNS * 2000)
