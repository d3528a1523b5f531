"""A profile says of data what drift needs, is read as it was written, and from nobody else's file more than that."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.data.columns import Logged, log_frame
from jupyter_mlops.data.profiles import frame_profile, keep_profile, profile_of, read_profile
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.monitoring.drifts import drifts, stability_index

COLUMNS = st.lists(st.one_of(st.none(), st.floats(), st.integers(), st.text(max_size=3), st.booleans()), min_size=1, max_size=60)


@settings(max_examples=100, deadline=None)
@given(COLUMNS, COLUMNS)
def test_a_profile_is_read_as_it_was_written(tmp_path_factory, values, others):
    data = {"one": values, "\ud83d": [*reversed(values)]}
    profile = profile_of(data)
    with open(keep_profile(data, str(tmp_path_factory.mktemp("profile"))), "rb") as file:
        read = read_profile(file.read())
    assert all(column.rows == len(values) for column in read.columns)
    now = pd.DataFrame({column.name: others for column in read.columns})
    assert drifts(read.columns, now) == drifts(profile.columns, now)


def test_a_category_that_is_new_is_drift_and_one_that_was_rare_is_not_made_more_of():
    """A text that all rows share is not among the others of a column of different texts; the 21st value was not absent."""
    texts = pd.DataFrame({"text": [f"text {row}" for row in range(1000)]})
    assert [one.band for one in drifts(frame_profile(texts).columns, texts.assign(text="the same"))] == ["large"]
    halls = pd.DataFrame({"hall": [f"hall {row % 21}" for row in range(2100)]})
    profile = frame_profile(halls)
    assert len(profile.columns[0].values) == 20
    (rare,) = {*halls["hall"]} - {*profile.columns[0].values}
    now = pd.DataFrame({"hall": [*halls["hall"][:1800], *[rare] * 200]})
    (found,) = drifts(profile.columns, now)
    truth = stability_index(*(side["hall"].value_counts().sort_index() for side in (halls, now)))
    assert found.psi == pytest.approx(truth, rel=0.02)


@pytest.mark.parametrize(
    "text",
    [
        b"", b"[", b"{}", b'{"rows": -1, "columns": []}', b'{"rows": 1, "columns": [{"name": "n", "kind": "number", "missing": 0, "counts": [1], "edges": [1]}]}',
        b'{"rows": 2, "columns": [{"name": "n", "kind": "number", "missing": 0, "counts": [1, 1, 0], "edges": [2, 1]}]}',
        b'{"rows": 2, "columns": [{"name": "n", "kind": "number", "missing": 0, "counts": [1, 1], "edges": ["NaN"]}]}',
        b'{"rows": 2, "columns": [{"name": "n", "kind": "number", "missing": 0, "counts": [1, 1], "edges": ["many"]}]}',
        b'{"rows": 0, "columns": [{"name": "n", "kind": "number", "missing": 0, "counts": [' + b"0," * 10_000 + b'0], "edges": [' + b"1," * 9_999 + b"1]}]}",
        b'{"rows": 2, "columns": [{"name": "n", "kind": "category", "missing": 0, "counts": [1, 1, 0], "values": ["a", "a"]}]}',
        b'{"rows": 2, "columns": [' + b",".join([b'{"name": "n", "kind": "time", "missing": 0, "counts": [2]}'] * 2) + b"]}",
    ],
)  # fmt: skip
def test_what_is_no_profile_is_refused(text):
    with pytest.raises(InvalidParameter, match="No profile of data"):
        read_profile(text)


def test_large_data_are_looked_at_in_part():
    wide = np.random.default_rng(0).normal(size=(20_000, 300))
    begin = time.process_time()
    profile = profile_of(wide)
    print(f"{time.process_time() - begin:.3f} s for a profile of {wide.shape}")
    assert (profile.rows, len(profile.columns)) == (2500, 200)
    assert profile_of(pd.DataFrame(wide[:, :3], index=np.zeros(len(wide)))).rows == 10_000
    named = pd.DataFrame(wide, columns=[f"c{place}" for place in range(300)])
    assert [column.name for column in profile_of(named, ["c250", "c3"]).columns] == ["c3", "c250"]
    mixed = [*wide[:8, 0].tolist(), "a text that is not among those looked at", *wide[8:, 0].tolist()]
    assert profile_of(mixed).columns[0].kind == "number"
    assert profile_of(np.broadcast_to(0.0, (20_000, 10**6, 10**6))) is None  # images, whose copy no memory has room for


def test_categories_are_compared_with_the_values_that_requests_have():
    """A gap makes floats of whole numbers, on either side."""
    codes = [None, 1, 2, 3] * 150
    for trained, asked in ((codes, codes), (codes[1:4] * 150, [*codes[1:4] * 150, None])):
        log = log_frame([Logged(pd.DataFrame({"code": asked}), None, {"_status": 200})])
        (found,) = drifts(profile_of(pd.DataFrame({"code": pd.Categorical(trained)})).columns, log)
        assert found.band == "stable"
