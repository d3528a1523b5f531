"""Curves of a hundred long runs: how much is read at once, what is answered, and what is read again."""

import pytest

from jupyter_mlops.storage.opened import open_store
from tests.storage.long_curves import BEGIN, EVERY, PEAK, PIT, make

RUNS, POINTS = 100, 100_000  # a million of each: tests/benchmarks/test_long_curves.py
ONE_LEASE = 4_000_000


@pytest.fixture(scope="module")
def long_runs(tmp_path_factory):
    """A store and the ids of its runs."""
    place = str(tmp_path_factory.mktemp("long") / "mlops.duckdb")
    return open_store(place), make(place, RUNS, POINTS)


@pytest.fixture
def leases(long_runs, monkeypatch):
    """Purposes of the sessions of the store."""
    files, asked = long_runs[0].files, []
    reading = files.reading
    monkeypatch.setattr(files, "reading", lambda purpose="read": asked.append(purpose) or reading(purpose))
    return asked


def test_a_hundred_long_runs(long_runs, leases):
    """Few points with every extreme in them, in leases of so many points that none is long; then none is read again."""
    store, ids = long_runs
    curves = store.metric_curves(ids, "loss", "step", 2000)
    assert set(curves) == set(ids)
    for number, run_id in enumerate(ids, 1):
        places, values = curves[run_id]
        assert len(places) <= 2000
        assert (places[0], places[-1]) == (0, POINTS - 1)
        assert values[places.index(1000 + number)] == PEAK == max(values)
        assert values[places.index(POINTS - 1000 - number)] == PIT == min(values)
    assert len(leases) == -(-RUNS * POINTS // ONE_LEASE)
    leases.clear()
    assert store.metric_curves(ids, "loss", "step", 2000) == curves
    assert len(leases) == 1


def test_a_part_shows_every_point_when_it_is_small(long_runs):
    store, ids = long_runs
    span = (50_000, 50_999)
    curves = store.metric_curves(ids[:10], "loss", "step", 2000, dict.fromkeys(ids[:10], span))
    assert all(curve.places == list(range(50_000, 51_000)) for curve in curves.values())
    wide = (BEGIN + 40_000 * EVERY, BEGIN + 60_000 * EVERY)
    (curve,) = store.metric_curves(ids[:1], "loss", "timestamp", 500, {ids[0]: wide}).values()
    assert 400 <= len(curve.places) <= 500
    assert (curve.places[0], curve.places[-1]) == wide
