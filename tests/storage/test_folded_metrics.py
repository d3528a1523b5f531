"""The summary that folds keep of a metric equals one computed from all its points."""

import math
import types

import duckdb
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyter_mlops.storage.duckdb import folded_metrics
from jupyter_mlops.storage.duckdb.intakes import Intake
from jupyter_mlops.storage.duckdb.sessions import Session
from jupyter_mlops.storage.journal.operations import METRIC

values = st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -1.0, 1.0, 2.5]) | st.floats(-10, 10)
points = st.tuples(st.sampled_from("ab"), st.sampled_from(["x", "y"]), values, st.integers(0, 3), st.integers(-2, 2))
folds = st.lists(st.lists(points, min_size=1, max_size=8), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def session():
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS store")
        connection.execute(
            "CREATE TABLE store.metrics (rid BIGINT, key VARCHAR, value DOUBLE, timestamp BIGINT, step BIGINT)"
        )
        connection.execute(
            "CREATE TABLE store.latest_metrics (rid BIGINT, key VARCHAR, value DOUBLE, timestamp BIGINT, step BIGINT, min DOUBLE, "
            "min_step BIGINT, max DOUBLE, max_step BIGINT, first DOUBLE, first_timestamp BIGINT, first_step BIGINT, count BIGINT)"
        )
        yield Session(connection, "/")


def naive(all_points):
    groups = {}
    for run, key, value, timestamp, step in all_points:
        groups.setdefault(({"a": 1, "b": 2}[run], key), []).append((value, timestamp, step))
    answer = {}
    for group, rows in groups.items():
        latest = max(rows, key=lambda r: (r[2], r[1], 0.0 if math.isnan(r[0]) else r[0]))
        first = min((r[2], r[1]) for r in rows)
        real = [r[0] for r in rows if not math.isnan(r[0])]
        answer[group] = types.SimpleNamespace(
            latest=latest, first=first, least=min(real, default=math.nan), most=max(real, default=math.nan), rows=rows
        )
    return answer


def same(a, b):
    return a == b or (math.isnan(a) and math.isnan(b))


def rank(value):
    return 0.0 if math.isnan(value) else value


@settings(deadline=None, max_examples=150)
@given(folds)
@example([[("b", "x", math.nan, 0, 0), ("b", "x", math.inf, 0, 0)]])
@example([[("a", "x", math.nan, 0, 0)], [("a", "x", 1.0, 0, 1)]])
@example([[("a", "x", 1.0, 0, 0)], [("a", "x", math.nan, 0, 1)]])
@example([[("a", "x", -1.0, 0, 0)], [("a", "x", math.nan, 0, 0)]])
def test_summary_over_several_folds(session, several):
    session.rows("DELETE FROM store.metrics")
    session.rows("DELETE FROM store.latest_metrics")
    for fold in several:
        intake = Intake()
        for run, key, value, timestamp, step in fold:
            intake.take([METRIC, 0, run, key, value, timestamp, step], "writer")
        folded_metrics.take_in(session, intake, {"a": 1, "b": 2})
    everything = [point for fold in several for point in fold]
    assert session.row("SELECT count(*) FROM store.metrics") == (len(everything),)
    expected = naive(everything)
    rows = session.rows("FROM store.latest_metrics")
    assert {row[:2] for row in rows} == set(expected)
    assert len(rows) == len(expected)
    for (
        rid,
        key,
        value,
        timestamp,
        step,
        least,
        least_step,
        most,
        most_step,
        first,
        first_time,
        first_step,
        count,
    ) in rows:
        want = expected[rid, key]
        assert (step, timestamp, rank(value)) == (want.latest[2], want.latest[1], rank(want.latest[0]))
        assert any(same(value, row[0]) and (timestamp, step) == row[1:] for row in want.rows)
        assert same(least, want.least)
        assert same(most, want.most)
        assert any(same(least, row[0]) and least_step == row[2] for row in want.rows)
        assert any(same(most, row[0]) and most_step == row[2] for row in want.rows)
        assert (first_step, first_time) == want.first
        assert any(same(first, row[0]) and (first_time, first_step) == row[1:] for row in want.rows)
        assert count == len(want.rows)


def test_points_of_runs_that_are_not_there_are_not_taken():
    columns = {name: np.array([1, 1]) for name in ("rid", "key_index", "timestamp", "step")}
    summary = folded_metrics.summarise({**columns, "value": np.array([1.0, 3.0])})
    assert (summary["value"].tolist(), summary["count"].tolist()) == ([3.0], [2])
