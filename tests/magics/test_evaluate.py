"""``%evaluate`` in a real kernel."""

import json
import sys
import types

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

from jupyter_mlops.magics.evaluate import _type_of
from jupyter_mlops.models.trust import SIGNATURE_FILE
from jupyter_mlops.views.formats.bundles import MIME

pytestmark = pytest.mark.filterwarnings("default")
LOAD = """
%env JUPYTER_MLOPS_PROGRESS=0
%load_ext jupyter_mlops
import pandas as pd
data = pd.DataFrame({"x": range(40), "hall": ["north", "south"] * 20})
data["y"] = (data.x > 20).astype(int)
data["z"] = data.x * 1.5
def guess(rows): return (rows.x > 22).astype(int)
def line(rows): return rows.x * 1.4
None
"""


def test_targets_of_polars_say_what_kind_of_model_it_is():
    polars = pytest.importorskip("polars", reason="pip install polars")
    data = polars.DataFrame({"whole": [0, 1, 0], "parts": [0.5, 1.0, 2.0], "words": ["a", "b", "a"]})
    assert [_type_of(data, name) for name in data.columns] == ["classifier", "regressor", "classifier"]


def test_targets_of_spark_do_so_too(monkeypatch):
    """By a stand-in: Spark itself needs Java."""

    class DataFrame:
        columns = ("y", "z")

        def select(self, name):
            self.name = name
            return self

        def limit(self, count):
            return self

        def toPandas(self):
            return pd.DataFrame({"y": [0, 1], "z": [0.5, 1.5]})[[self.name]]

    monkeypatch.setitem(sys.modules, "pyspark.sql", types.SimpleNamespace(DataFrame=DataFrame))
    assert [_type_of(DataFrame(), name) for name in "yz"] == ["classifier", "regressor"]


def test_a_model_is_evaluated_by_a_line(tmp_path):
    cells = [
        "%evaluate guess data --target y --slice hall",
        "result = %evaluate line data -t z --prefix val_ --level 0.9\nprint(sorted(result.metrics)[0], result.intervals['val_r2_score'].level)",
        "%evaluate guess nothing --target y",
        "%evaluate guess data",
        "%evaluate guess data --target y --level 95",
        "%evaluate guess data --target y --require accuracy_score>=0.9 --require 'log_loss <= 0.1'",
        "%evaluate guess data --target y --require accuracy_score",
        "%evaluate guess data --target y --require f1_score>=2 --require f1_score>=0",
        "%evaluate guess data --target y --env-manager uv",
        "import jupyter_mlops, os\njupyter_mlops.pyfunc.save_model('unsigned', python_model=guess, pip_requirements=[])\n"
        f"os.remove('unsigned/{SIGNATURE_FILE}')\n%evaluate unsigned data --target y --trust",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (LOAD, *cells)])
    NotebookClient(book, timeout=60, allow_errors=True, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown, kept, absent, untold, wide, unkept, unruly, twice, nowhere, trusted = (cell.outputs for cell in book.cells[1:])
    data = next(output["data"] for output in shown if MIME in output.get("data", ()))
    assert data[MIME]["report"]["kind"] == "classifier"
    assert "Slices, the worst first" in data["text/html"]
    assert "val_example_count 0.9" in json.dumps(kept)
    for outputs in (unkept, trusted):
        assert any(MIME in output.get("data", ()) for output in outputs)
    refused = (
        (absent, "no variable 'nothing'"), (untold, "--target COLUMN"), (wide, "--level is a number between 0 and 1"),
        (unruly, "--require is a metric, >= or <=, and a number, as accuracy_score>=0.9"),
        (twice, "one rule of a metric"), (nowhere, "given by its URI, to predict in an environment of its own"),
    )  # fmt: skip
    for outputs, says in (*refused, (unkept, "log_loss is missing")):
        assert says in json.dumps(outputs)
        assert "Traceback" not in json.dumps(outputs)
