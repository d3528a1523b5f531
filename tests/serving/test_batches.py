"""``jupyter mlops models predict``: files of rows in and out, read back by pandas and DuckDB themselves."""

import json
import os
import subprocess
import sys

import duckdb
import pandas as pd
import pytest

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.serving import batches

ROWS = batches._ROWS * 2 + 7


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """Three pieces of rows as CSV, Parquet and JSON, and what the model says to them."""
    folder = tmp_path_factory.mktemp("rows")
    frame = pd.DataFrame({"a": [(i % 100) / 100 for i in range(ROWS)], "b": range(ROWS)})
    frame["b"] %= 50
    frame.to_csv(folder / "rows.csv", index=False)
    duckdb.from_df(frame).write_parquet(str(folder / "rows.parquet"))
    (folder / "rows.json").write_text(json.dumps({"dataframe_split": frame.to_dict(orient="split")}))
    return folder, frame


def predict(*options, code=0, **more):
    done = subprocess.run([sys.executable, "-m", "jupyter_mlops", "models", "predict", *map(str, options)], capture_output=True, text=True, check=False, **more)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("kind", ["csv", "parquet", "json"])
@pytest.mark.parametrize("into", ["csv", "parquet", "json"])
def test_rows_of_every_kind_into_every_kind(kind, into, rows, model, tmp_path):
    import jupyter_mlops as mlflow

    folder, frame = rows
    done = predict("-m", model, "-i", folder / f"rows.{kind}", "-o", tmp_path / f"out.{into}")
    assert done.stderr == f"Predicted {ROWS:,} rows into {tmp_path}/out.{into}.\n"
    if into == "json":
        found = json.loads((tmp_path / "out.json").read_text())["predictions"]
    elif into == "csv":
        found = pd.read_csv(tmp_path / "out.csv")["prediction"].tolist()
    else:
        found = [row[0] for row in duckdb.read_parquet(str(tmp_path / "out.parquet")).fetchall()]
    assert found == mlflow.pyfunc.load_model(str(model)).predict(frame).tolist()
    assert [path.name for path in tmp_path.iterdir()] == [f"out.{into}"]


def test_by_pipes_and_by_a_type_that_is_said(model):
    assert predict("-m", model, input="{", code=1).stdout == ""
    columns = predict("-m", model, "-o", os.devnull, input='{"inputs": {"a": [0.1, 0.2, 0.9], "b": [1, 1, 1]}}')
    assert columns.stderr.startswith("Predicted 3 rows")
    assert predict("-m", model, input='{"inputs": {"a": [0.1], "b": [1]}}').stdout == '{"predictions":[false]}\n'
    assert predict("-m", model, "-t", "csv", input="a,b\n0.1,1\n0.9,40\n").stdout == '{"predictions":[false,true]}\n'


def test_a_table_that_is_read_as_json_a_folder_that_is_not_there_and_a_target_that_is_the_source(model, tmp_path):
    (tmp_path / "in.txt").write_text("a,b\n0.1,1\n")
    for target, kind, error, said in (("out.csv", None, InvalidParameter, "If it is CSV, say so"), ("none/out.csv", "csv", FileNotFoundError, "no folder .*none: make it"), ("in.txt", "csv", InvalidParameter, "another file")):
        with pytest.raises(error, match=said):
            batches.predict_file(str(model), str(tmp_path / "in.txt"), str(tmp_path / target), kind=kind)
    assert os.listdir(tmp_path) == ["in.txt"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("bad.csv", "a,b\n" + "0.1,1\n" * (batches._ROWS + 3) + "0.1,1.5\n", "Rows 20,480 to 20,483, counted from 0 there: Column 'b' is long, which row 3 cannot be: 1.5."),
        ("few.csv", "a,b\n0.1,1\n0.1,x\n", "Column 'b' is long, which row 1 cannot be: 'x'."),
        ("none.csv", "", "cannot be read as CSV"),
        ("late.parquet", f"SELECT 0.1 AS a, if(i = {batches._ROWS + 3}, 1.5, 1)::DOUBLE AS b FROM range({batches._ROWS + 4}) t(i)", "Rows 20,480 to 20,483, counted from 0 there: Column 'b' is long, which row 3 cannot be: 1.5."),
        ("bad.parquet", "PAR1", "can't be read as parquet"),
        ("bad.json", "{", "The request is no JSON"),
        ("column.csv", "a\n0.1\n", "lacks what the model takes: b"),
    ],
)  # fmt: skip
def test_what_cannot_be_predicted_leaves_what_was_there(name, text, said, model, tmp_path):
    if name == "late.parquet":
        duckdb.sql(text).write_parquet(str(tmp_path / name))
    else:
        (tmp_path / name).write_text(text)
    (tmp_path / "out.csv").write_text("as before")
    done = predict("-m", model, "-i", tmp_path / name, "-o", tmp_path / "out.csv", code=1)
    assert done.stderr.startswith("Error: ")
    assert said in done.stderr
    assert (tmp_path / "out.csv").read_text() == "as before"
    assert {path.name for path in tmp_path.iterdir()} == {name, "out.csv"}
