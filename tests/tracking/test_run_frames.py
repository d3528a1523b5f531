"""DataFrames of runs: the columns are those of MLflow, by whatever road the runs come."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import jupyter_mlops as mlflow
from jupyter_mlops.entities.runs import Run, RunData, RunInfo
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.tracking import run_searches
from jupyter_mlops.tracking.run_frames import frame_of, runs_to_frame
from jupyter_mlops.tracking.settings import current_store

KEYS = st.sampled_from(["a", "b", "Z", "deep/key", "mit Leerzeichen", "é"])
TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=5)
NAMES = ("run_id", "experiment_id", "status", "artifact_uri")


def expected(runs):
    """What a frame of runs is, told cell by cell."""
    columns = {name: [getattr(run.info, name) for run in runs] for name in NAMES}
    for name in ("start_time", "end_time"):
        columns[name] = pd.to_datetime([getattr(run.info, name) for run in runs], unit="ms", utc=True)
    for group, missing in (("metrics", math.nan), ("params", None), ("tags", None)):
        met = [key for run in runs for key in sorted(getattr(run.data, group))]
        for key in dict.fromkeys(met):
            values = [getattr(run.data, group).get(key, missing) for run in runs]
            columns[f"{group}.{key}"] = np.array(values, float) if group == "metrics" else values
    return pd.DataFrame(columns)


@st.composite
def some_runs(draw):
    runs = []
    for number in range(draw(st.integers(0, 6))):
        end = draw(st.none() | st.integers(0, 2_000_000_000_000))
        info = RunInfo(f"{number:032x}", "1", "fox", "ann", "FINISHED", 1_700_000_000_000 + number, end, "active", "/x")
        data = RunData(
            draw(st.dictionaries(KEYS, st.floats())),
            draw(st.dictionaries(KEYS, TEXTS)),
            draw(st.dictionaries(KEYS, TEXTS)),
        )
        runs.append(Run(info, data))
    return runs


@given(some_runs())
def test_a_frame_of_runs_has_each_value_in_its_place(runs):
    pd.testing.assert_frame_equal(runs_to_frame(runs), expected(runs))


@pytest.fixture
def logged():
    for number in range(7):
        with mlflow.start_run(run_name=f"r{number}"):
            mlflow.log_params({"n": number} | ({"even": "yes"} if number % 2 == 0 else {}))
            mlflow.log_metrics({"acc": number / 10} | ({"bad": math.nan, "far": -math.inf} if number == 3 else {}))
    mlflow.start_run(run_name="open")
    yield
    mlflow.end_run()


@pytest.mark.parametrize("page_size", [1, 3, 10_000])
@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({}, 8),
        ({"max_results": 4}, 4),
        ({"max_results": 0}, 0),
        ({"order_by": ["metrics.acc"]}, 8),
        ({"filter_string": "params.n > 2"}, 4),
    ],
)
def test_a_search_gives_the_frame_of_the_runs_it_lists(logged, monkeypatch, page_size, wanted, count):
    """Column by column from the database, over any number of pages: the same as from the runs themselves."""
    monkeypatch.setattr(run_searches, "_PAGE", page_size)
    runs = mlflow.search_runs(output_format="list", **wanted)
    assert len(runs) == count
    pd.testing.assert_frame_equal(mlflow.search_runs(**wanted), expected(runs))


def test_a_store_that_reads_runs_one_by_one_gives_the_same_columns(logged):
    """What the contract of a store does by itself, for stores that have no columns of their own."""
    store = current_store()
    asked = (None, "", 1, 3, ["metrics.acc DESC"], None)
    own, plain = store.search_run_columns(*asked), TrackingStore.search_run_columns(store, *asked)
    assert own.token == plain.token
    pd.testing.assert_frame_equal(frame_of([own]), frame_of([plain]))


def test_a_run_whose_time_is_in_no_calendar_leaves_the_others_readable():
    client = mlflow.MlflowClient()
    for start in (1_700_000_000_000, 10**18):  # the second is of a clock that counts nanoseconds
        client.create_run("0", start_time=start)
    frame = mlflow.search_runs(order_by=["start_time"])
    assert frame["start_time"].isna().tolist() == [False, True]
    assert frame["start_time"][0].year == 2023
