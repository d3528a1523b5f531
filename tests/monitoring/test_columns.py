"""What strangers send becomes columns that every database takes."""

import duckdb
import numpy as np
import pandas as pd
import pytest

from jupyter_mlops.data.columns import OWN, Logged, beginning, input_frame, joined, log_frame
from jupyter_mlops.errors import StoreError
from jupyter_mlops.storage.duckdb.tables import newest_rows, write_parquet

NAMES = ['a"; DROP TABLE x; --', "A", "a", "", "\n", "_time", "_Prediction", "_row", "🍷", "ä\ud83d", "x" * 5000, "' || '", "*", "Ä", "a (2)"]


def request(data, predictions=None, **own):
    return Logged(beginning(data), beginning(predictions), {"_status": 200, **own})


def test_hostile_names_and_values_are_kept_apart_and_read_by_duckdb(tmp_path):
    data = pd.DataFrame([[f"{place} \ud83d" for place in range(len(NAMES))]] * 2, columns=pd.Index(NAMES, dtype=object), dtype=object)
    frame = log_frame([request(data, [1, 2])])
    path = str(tmp_path / "log.parquet")
    write_parquet(frame, path)
    with pytest.raises(StoreError, match=r"nowhere/log\.parquet can't be written"):  # such as on a full disk
        write_parquet(frame, str(tmp_path / "nowhere/log.parquet"))
    with duckdb.connect() as engine:
        rows = engine.execute(f"FROM '{path}'").fetchall()
        names = [row[0] for row in engine.execute(f"DESCRIBE FROM '{path}'").fetchall()]
    assert names[:2] == ["_status", "_row"]
    assert names[-1] == "_prediction"
    assert len({name.lower() for name in names}) == len(names) == len(NAMES) + 3
    assert rows[0] == (200, 0, *(f"{place} ?" for place in range(len(NAMES))), 1)
    assert {"A", "a (2)", "input _time", "input _Prediction", "input _row", "🍷", "*"} <= set(names)


def test_only_what_the_model_takes_and_nobody_forbade_is_kept():
    data = pd.DataFrame({"age": [30], "name": ["Ann"], "unasked": ["secret"]})
    back = pd.DataFrame({"score": [0.5], "name": ["Ann"], "why": ["Ann is 30"]})  # a model that gives back what it was given
    frame = log_frame([request(data, back)], ["name", "_prediction_why"], ["age", "name"])
    assert list(frame) == ["_status", "_row", "age", "_prediction_score"]
    assert list(log_frame([request([[30, "Ann"]])], ["name"], ["age", "name"])) == ["_status", "_row", "age"]
    nothing = log_frame([request(data[["name"]], [1])], ["name", "_prediction"], None)
    assert nothing.to_dict("records") == [{"_status": 200, "_row": 0}]


@pytest.mark.parametrize(
    ("data", "columns"),
    [
        (np.ones((3, 2)), ["0", "1"]),
        (np.arange(3), ["0"]),
        ({"a": [1, 2, 3], "b": np.ones(3)}, ["a", "b"]),
        ([{"a": 1}, {"a": 2}, {"b": 3}], ["a", "b"]),
        (["x", "y", None], ["0"]),
        (pd.Series([1, 2, 3]), ["0"]),
        (pd.DataFrame({"when": pd.date_range("2026-01-01", periods=3, tz="Europe/Vienna"), "deep": [[1], {}, None]}), ["when", "deep"]),
    ],
)
def test_data_of_every_kind_are_rows(data, columns, tmp_path):
    frame = log_frame([request(data)])
    assert list(frame) == ["_status", "_row", *columns]
    assert frame["_row"].tolist() == [0, 1, 2]
    assert list(input_frame(data)) == columns
    write_parquet(frame, str(tmp_path / "a.parquet"))
    assert duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/a.parquet'").fetchall() == [(3,)]


@pytest.mark.parametrize("data", ["text", 3, None, np.ones((2, 2, 2)), {"a": 1}, {"a": [1], "b": [1, 2]}, [], [{"a": 1}, [2]]])
def test_what_is_no_table_is_one_row(data):
    assert log_frame([request(data)]).to_dict("records") == [{"_status": 200, "_row": 0}]


def test_requests_have_bounds():
    frame = log_frame([request(np.ones((5000, 300))), request(pd.DataFrame({f"other {place}": [1] for place in range(500)}))])
    assert frame.shape == (1001, 202)
    wide = [{f"{number} {place}": 0 for place in range(300)} for number in range(1000)]  # a table of them has 300 million cells
    assert log_frame([request(wide)]).shape == log_frame([request(wide)], known=[*wide[0]]).shape == (1000, 202)
    assert log_frame([request([[0] * 100_000] * 2)], known=range(100_000)).shape == (2, 202)
    assert log_frame([request({"n": [[0] * 100_000]})])["n"].str.len().tolist() == [600]
    many = [log_frame([request(pd.DataFrame([[1] * 150], columns=[f"{number} {place}" for place in range(150)]))]) for number in range(5)]
    assert joined(many).shape[1] == len(OWN) + 400


def test_columns_keep_one_type_over_requests_and_files(tmp_path):
    """Gaps, errors between answers, and a request that sends texts for numbers."""
    rows = [
        request([{"n": 1, "flag": True, "text": "x"}], [0.5]), request([{"n": None, "flag": None, "text": None}], [0.25]),
        request(None, None, _status=400),
    ]  # fmt: skip
    assert len(log_frame([request([{"n": 1}]), request([{"n": 10**400}])])) == 2  # beyond all floats
    frame = joined([log_frame(rows[:1]), log_frame(rows[1:])])
    assert [str(frame[name].dtype) for name in ("n", "flag", "_prediction")] == ["float64", "boolean", "float64"]
    write_parquet(frame.assign(_time=[1, 2, 3]), str(tmp_path / "1.parquet"))
    write_parquet(log_frame([request([{"n": "many", "flag": False, "new": "x" * 1000}], _time=4)]), str(tmp_path / "2.parquet"))
    read, total = newest_rows([str(tmp_path / "1.parquet"), str(tmp_path / "2.parquet")], "_time", 3)
    assert (read["_time"].tolist(), total) == ([2, 3, 4], 4)
    assert read["n"].tolist()[2] == "many"
    assert read["new"].str.len().tolist()[2] == 200
    assert read["flag"].isna().tolist() == [True, True, False]
