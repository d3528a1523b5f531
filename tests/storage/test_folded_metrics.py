"""The summary that folds keep of a metric equals one computed from all its points."""

import math

import duckdb
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyter_mlops.storage.duckdb import folded_metrics
from jupyter_mlops.storage.duckdb.checks import wrong_summaries
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
    """By run and key: value, timestamp, step, min, min_step, max, max_step, first, first_timestamp, first_step, count."""
    groups = {}
    for run, key, value, timestamp, step in all_points:
        groups.setdefault(({"a": 1, "b": 2}[run], key), []).append((value, timestamp, step))
    answer = {}
    for group, rows in groups.items():
        latest, first = max(rows, key=order), min(rows, key=order)
        real = [row for row in rows if not math.isnan(row[0])] or [(math.nan, 0, min(row[2] for row in rows))]
        least = min(real, key=lambda row: (row[0], row[2]))
        most = max(real, key=lambda row: (row[0], -row[2]))
        answer[group] = (*latest, least[0], least[2], most[0], most[2], *first, len(rows))
    return answer


def order(row):
    value, timestamp, step = row
    return (step, timestamp, 0.0 if math.isnan(value) else value, math.isnan(value))


def same(a, b):
    return a == b or (math.isnan(a) and math.isnan(b))


@settings(deadline=None, max_examples=60)
@given(folds)
@example([[("b", "x", math.nan, 0, 0), ("b", "x", math.inf, 0, 0)]])
@example([[("a", "x", math.nan, 0, 0)], [("a", "x", 1.0, 0, 1)]])
@example([[("a", "x", 1.0, 0, 0)], [("a", "x", math.nan, 0, 1)]])
@example([[("a", "x", -1.0, 0, 0)], [("a", "x", math.nan, 0, 0)]])
@example([[("a", "x", 1.0, 5, 9)], [("a", "x", 1.0, 5, 3)]])
@example([[("a", "x", math.nan, 0, 2)], [("a", "x", math.nan, 0, 1)], [("a", "x", -math.inf, 0, 3)]])
@example([[("a", "x", 0.0, 0, 0)], [("a", "x", math.nan, 0, 0)], [("a", "x", -1.0, 0, -(2**63))]])
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
    assert len(rows) == len(expected)
    for rid, key, *summary in rows:
        assert all(map(same, summary, expected[rid, key])), (summary, expected[rid, key])
    assert wrong_summaries(session, 1, 2, repair=False) == 0


def test_points_of_runs_that_are_not_there_are_not_taken():
    columns = {name: np.array([1, 1]) for name in ("rid", "key_index", "timestamp", "step")}
    summary = folded_metrics.summarise({**columns, "value": np.array([1.0, 3.0])})
    assert (summary["value"].tolist(), summary["count"].tolist()) == ([3.0], [2])
