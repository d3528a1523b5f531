"""Signatures inferred from data."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from jupyter_mlops.models import ModelSignature, infer_signature


@pytest.mark.filterwarnings("ignore:The inferred schema has integer columns")
@pytest.mark.parametrize(
    ("data", "text"),
    [
        (pd.Series([True]), "[boolean (required)]"),
        (pd.Series([1], dtype="int8", name="n"), "['n': integer (required)]"),
        (pd.Series([1], dtype="uint16"), "[integer (required)]"),
        (pd.Series([1], dtype="uint32"), "[long (required)]"),
        (pd.Series([1]), "[long (required)]"),
        (pd.Series([1.0], dtype="float16"), "[float (required)]"),
        (pd.Series([1.0, None], name="n"), "['n': double (optional)]"),
        (pd.Series(["x", None], name="n"), "['n': string (optional)]"),
        (pd.Series(["x"], dtype="category"), "[string (required)]"),
        (pd.Series([b"x"]), "[binary (required)]"),
        (pd.Series(pd.to_datetime(["2024-01-01"])), "[datetime (required)]"),
        (pd.Series([None, None], name="n"), "['n': Any (optional)]"),
        (pd.Series([[1.0], [2.0, 3.0]]), "[Array(double) (required)]"),
        (pd.Series([1], dtype="Int64"), "[long (required)]"),
        (np.zeros((2, 3), "float32"), "[Tensor('float32', (-1, 3))]"),
        (np.array(["ab"]), "[Tensor('str', (-1,))]"),
        (scipy.sparse.csr_matrix(np.eye(2)), "[Tensor('float64', (-1, 2))]"),
        ({"x": np.zeros((2, 3))}, "['x': Tensor('float64', (-1, 3))]"),
        ({"x": 1.5, "y": ["a"]}, "['x': double (required), 'y': Array(string) (required)]"),
        ([{"x": 1.5}, {"x": 2.5, "y": "a"}], "['x': double (required), 'y': string (optional)]"),
        (["a", "b"], "[string (required)]"),
        ([], "[string (required)]"),
        ("a", "[string (required)]"),
        (pd.Series([1], dtype="uint64"), "[Any (required)]"),
        (pd.Series([1, "a"], dtype=object), "[Any (required)]"),
    ],
)
def test_data_and_schema(data, text):
    assert repr(infer_signature(data).inputs) == text


def test_integer_columns_warn():
    with pytest.warns(UserWarning, match="missing values"):
        infer_signature(pd.DataFrame({"a": [1]}))


def test_params():
    signature = infer_signature(params={"k": 3, "cuts": [0.5, 1.0], "on": True})
    assert repr(signature.params) == (
        "['k': long (default: 3), 'cuts': double (default: [0.5, 1.0]) (shape: (-1,)), 'on': boolean (default: True)]"
    )
    assert ModelSignature.from_dict(signature.to_dict()) == signature


def test_what_is_no_signature():
    with pytest.raises(ValueError, match="needs"):
        ModelSignature()
    with pytest.raises(TypeError):
        ModelSignature(inputs="long")


def test_the_door_loads_nothing_heavy():
    script = (
        "import sys; from jupyter_mlops.models import infer_signature, ModelSignature, Model;"
        "print([m for m in ('numpy', 'pandas', 'sklearn', 'skops', 'cloudpickle', 'duckdb') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert set(eval(done.stdout)) <= {"duckdb"}
