"""How far data have moved: nothing from themselves, far when shifted, and no more than chance between two samples."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy

from jupyter_mlops.data.profiles import frame_profile
from jupyter_mlops.monitoring.drifts import column_drift, drifts, stability_index

COUNTS = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), min_size=1, max_size=30)
VALUES = st.lists(st.one_of(st.none(), st.floats(), st.text(max_size=3), st.booleans()), min_size=1, max_size=60)
NUMBERS = st.lists(st.one_of(st.floats(), st.just(0.0)), min_size=1, max_size=60)


def drift(before, now):
    (column,) = frame_profile(pd.DataFrame({"c": before})).columns
    return column_drift(column, pd.Series(now))


def band(before, now):
    return drift(before, now).band


@given(COUNTS)
def test_the_index_is_no_less_than_nothing_and_the_same_both_ways(counts):
    before, now = zip(*counts, strict=True)
    assert stability_index(before, now) >= -1e-12
    assert stability_index(before, now) == pytest.approx(stability_index(now, before))
    assert stability_index(before, before) == 0


@pytest.mark.parametrize("shift", [0.1, 0.3, 1.0])
def test_the_index_of_a_column_is_the_divergence_of_its_tenths_both_ways(shift):
    """Jeffreys' divergence, which the index is, of NumPy's quantiles and histograms."""
    chance = np.random.default_rng(1)
    before, now = chance.normal(size=20_000), chance.normal(shift, size=30_000)
    edges = [-np.inf, *np.quantile(before, np.arange(0.1, 1, 0.1)), np.inf]
    p, q = (np.histogram(side, edges)[0] for side in (before, now))
    found = drift(before, now)
    assert found.psi == pytest.approx(entropy(p, q) + entropy(q, p), rel=0.01)
    assert (found.bins_before, found.bins_now) == (pytest.approx(p / 20_000, abs=1e-3), pytest.approx(q / 30_000, abs=1e-3))


def test_what_is_no_number_is_missing_among_numbers():
    """One request that sends a text makes a column of texts of all that are read."""
    found = drift(np.arange(400.0), [*map(str, np.arange(399.0)), "none"])
    assert (found.kind, found.band, found.missing_now) == ("number", "stable", 1 / 400)


@given(st.one_of(VALUES, NUMBERS), st.randoms())
@settings(max_examples=60)
def test_data_have_not_moved_from_themselves_in_any_order(values, chance):
    mixed = list(values)
    chance.shuffle(mixed)
    found = drift(values, mixed)
    assert found.psi == pytest.approx(0, abs=1e-9)
    assert found.missing_before == found.missing_now


@pytest.mark.parametrize("seed", range(5))
def test_two_samples_of_one_population_are_stable_and_a_shifted_one_is_not(seed):
    chance = np.random.default_rng(seed)
    before, now = chance.normal(size=2000), chance.normal(size=3000)
    assert band(before, now) == "stable"
    assert band(before, now + 0.4) in ("moderate", "large")
    assert band(before, now + 1) == "large"
    assert band(before, now * 3) == "large"
    assert band(chance.integers(0, 3, 2000), chance.integers(0, 3, 3000)) == "stable"
    halls = chance.choice(["north", "south", "east"], 5000, p=[0.5, 0.3, 0.2])
    assert band(halls[:2000], halls[2000:]) == "stable"
    assert band(halls[:2000], np.where(halls[2000:] == "north", "west", halls[2000:])) == "large"


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ([1.0] * 500, [2.0] * 500),  # a constant, up and down
        ([1.0] * 500, [0.0] * 500),
        ([0.0] * 450 + [5.0] * 50, [0.0] * 250 + [5.0] * 250),  # most are one value
        ([True, False] * 250, [True] * 500),
        ([1.0, 2.0] * 250, [1.0, None] * 250),
        (["a"] * 500, [None] * 500),
        ([1, 2] * 250, ["one", "two"] * 250),
        (list(map(str, range(500))), ["all the same"] * 500),
    ],
)
def test_what_has_moved_far(before, now):
    assert band(before, now) == "large"


def test_texts_that_are_all_different_are_stable():
    assert band(list(map(str, range(500))), list(map(str, range(500, 1000)))) == "stable"


def test_few_rows_and_times_say_nothing():
    days = pd.Series(pd.date_range("2026-01-01", periods=400))
    assert band([1.0, 2.0, 3.0], [7.0, 8.0, 9.0]) == "few rows"
    assert band([1.0] * 300, []) == "few rows"
    assert (band(days[:200], days[200:]), drift(days[:200], days[200:]).kind) == ("stable", "time")


def test_a_column_that_is_gone_comes_first():
    before = pd.DataFrame({"kept": np.arange(500.0), "gone": np.arange(500.0)})
    first, second = drifts(frame_profile(before).columns, before[["kept"]].assign(new=1))
    assert (first.column, first.band, first.missing_now) == ("gone", "large", 1)
    assert (second.column, second.psi) == ("kept", 0)
