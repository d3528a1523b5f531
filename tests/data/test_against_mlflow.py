"""Digest, schema, profile and source of a data set are the texts that real MLflow stores for the same data."""

import json
import pathlib
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlops import data
from tests.data import describe_data

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5)
_WHOLE = st.integers(-100, 100)
_REAL = st.floats(width=32)
_KINDS = {
    "int64": _WHOLE, "int8": _WHOLE, "uint8": st.integers(0, 200), "uint32": st.integers(0, 200), "uint64": st.integers(0, 2**64 - 1),
    "float64": _REAL, "float32": _REAL, "float16": st.integers(-9, 9), "bool": st.booleans(), "Int64": _WHOLE | st.none(),
    "Float64": st.integers(-9, 9) | st.none(), "boolean": st.booleans() | st.none(), "str": _TEXT | st.none(), "string": _TEXT | st.none(),
    "category": st.sampled_from("abc"), "datetime64[ns]": st.sampled_from(["2020-01-01", "2021-05-06T07:08:09", None]),
    "timedelta64[ns]": st.integers(0, 9), "complex128": st.integers(0, 9),
    "object": st.sampled_from([
        1, 2.5, "x", "y", None, True, [1, 2], [], ["a"], {"k": 1}, {"k": None, "l": "m"}, {"bytes": "b"},
        {"date": "2020-01-01"}, {"time": "2020-01-01T02:03:04"},
    ]),
    "O": st.sampled_from([1, 2.5, "x", None, {"nan": ""}]),
}  # fmt: skip
_NAME = _TEXT | st.integers(0, 3)


@st.composite
def frames(draw):
    rows = draw(st.integers(1, 4))  # MLflow fails on an empty column of text
    dtypes = draw(st.lists(st.sampled_from(sorted(_KINDS)), max_size=4))
    columns = [(draw(_NAME), dtype, draw(st.lists(_KINDS[dtype], min_size=rows, max_size=rows))) for dtype in dtypes]
    index = draw(st.none() | st.lists(_WHOLE, min_size=4, max_size=4) | st.lists(_TEXT, min_size=4, max_size=4))
    names = [name for name, _, _ in columns if isinstance(name, str)]
    options = draw(
        st.fixed_dictionaries(
            {}, optional={key: st.sampled_from([*names, "none"]) for key in ("targets", "predictions")}
        )
    )
    return {"columns": columns, "index": index, "rows": rows, "options": options}


@st.composite
def arrays(draw):
    dtype = draw(
        st.sampled_from(["int64", "int16", "uint8", "float64", "float32", "bool", "complex64", "U3", "S2", "object"])
    )
    shape = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))  # MLflow has no schema for a single value
    size = 1
    for n in shape:
        size *= n
    value = {
        "U3": _TEXT.filter(str.isprintable),
        "S2": st.sampled_from(["a", "bc"]),
        "object": st.sampled_from([1, "x", None, 2.5]),
    }.get(dtype, st.integers(0, 1))
    values = draw(st.lists(value, min_size=size, max_size=size))
    return {"dtype": dtype, "shape": shape, "values": values, "fortran": draw(st.booleans())}


_PARTS = arrays() | st.fixed_dictionaries({"of": st.dictionaries(_TEXT, arrays(), min_size=1, max_size=3)})
_RECIPES = frames() | st.fixed_dictionaries({"features": _PARTS, "targets": st.none() | _PARTS})


@pytest.fixture(scope="module")
def mlflow_says(mlflow_python):
    """Ask a process with real MLflow what it would store."""
    script = str(pathlib.Path(describe_data.__file__))
    with subprocess.Popen(
        [mlflow_python, script, "mlflow.data"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:  # fmt: skip

        def ask(recipe):
            process.stdin.write(json.dumps(recipe) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield ask
        process.stdin.close()


def _ours(recipe):
    return describe_data.describe(data, json.loads(json.dumps(recipe)))


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(recipe=_RECIPES)
def test_all_that_is_stored_of_a_data_set(mlflow_says, recipe):
    assert _ours(recipe) == mlflow_says(recipe)


def test_long_and_known_data(mlflow_says):
    known = {"columns": [["a", "int64", [1, 2]], ["b", "object", ["x", "y"]]]}
    assert _ours(known) == mlflow_says(known)
    assert _ours(known)["digest"] == "695389ac"
    late = {
        "columns": [["a", "float64", [1.5, 2]], ["b", "object", ["x", 1]]],
        "times": 6000,
    }  # beyond the rows that count
    assert _ours(late) == mlflow_says(late)
    long = {
        "features": {"dtype": "float64", "shape": [4, 5000], "values": [n / 7 for n in range(20000)], "fortran": True}
    }
    assert _ours(long) == mlflow_says(long)
