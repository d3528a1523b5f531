"""The conversion table: which dtype may be used as which type."""

import datetime
import decimal

import numpy as np
import pandas as pd
import pytest

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models.conversions import convert_column
from jupyter_mlops.models.enforcement import fit_input, fit_params
from jupyter_mlops.types.schema import Array, ColSpec, Map, Object, ParamSchema, ParamSpec, Property, Schema, TensorSpec

TYPES = ("boolean", "integer", "long", "float", "double", "string", "binary", "datetime")
SMALL = {"integer": "int32", "long": "int64", "double": "float64"}
# pandas 3 has a type of its own for text; before it, a column of text is one of objects.
TEXT = {"string": "str", "binary": "str"}
if pd.Series(["x"]).dtype == object:
    TEXT = {"boolean": "object", "string": "object", "binary": "object"}
TABLE = [
    (pd.Series([True, False]), {"boolean": "bool"}),
    *[(pd.Series([1, 2], dtype=d), SMALL) for d in ("int8", "int16", "int32", "uint8", "uint16")],
    (pd.Series([1, 2]), {"long": "int64"}),
    (pd.Series([0, 1]), {"long": "int64", "float": "float32", "double": "float64"}),
    (pd.Series([1, 2], dtype="uint32"), {"long": "int64", "double": "float64"}),
    (pd.Series([1, 2], dtype="uint64"), {}),
    (pd.Series([1.5], dtype="float32"), {"float": "float32", "double": "float64"}),
    (pd.Series([1.5, None]), {"double": "float64"}),
    (pd.Series([1, 2], dtype="Int64"), {"long": "int64"}),
    (pd.Series([1, None], dtype="Int64"), {}),
    (pd.Series(["x"], dtype="str"), TEXT),
    (pd.Series([5, 6], dtype=object), {"long": "int64", "string": "object", "binary": "object"}),
    (pd.Series([1.5], dtype=object), {"double": "float64", "string": "object", "binary": "object"}),
    (pd.Series([b"x"]), {"boolean": "object", "string": "object", "binary": "object"}),
    (
        pd.Series([decimal.Decimal("1.5")]),
        {"boolean": "object", "double": "float64", "string": "object", "binary": "object"},
    ),
    (
        pd.Series([datetime.date(2024, 1, 2)]),
        {"boolean": "object", "string": "object", "binary": "object", "datetime": "datetime64[ns]"},
    ),
    (pd.Series(pd.to_datetime(["2024-01-02"])), {"datetime": "datetime64[ns]"}),
    (pd.Series(pd.to_datetime(["2024-01-02"]).tz_localize("UTC")), {}),
    (pd.Series(["2024-01-02"]), {**TEXT, "datetime": "datetime64[ns]"}),
    (pd.Series(["a"], dtype="category"), {}),
]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("row", range(len(TABLE)), ids=[f"{i}-{s.dtype}" for i, (s, _) in enumerate(TABLE)])
def test_table(row, dtype):
    values, allowed = TABLE[row]
    column = ColSpec(dtype).type
    if dtype in allowed:
        assert str(convert_column(values, column).dtype) == allowed[dtype]
    else:
        with pytest.raises(InvalidParameter):
            convert_column(values, column, "c")


def test_missing_integers_get_a_hint():
    with pytest.raises(InvalidParameter, match="missing values"):
        convert_column(pd.Series([1.0, None]), ColSpec("long").type)


NESTED = Schema([ColSpec(Object([Property("k", "double"), Property("o", "string", required=False)]), "x")])


@pytest.mark.parametrize("value", [{"k": 1.5}, {"k": 1.5, "o": "t"}])
def test_objects_have_their_keys(value):
    assert fit_input({"x": value}, NESTED)["x"].tolist() == [value]


@pytest.mark.parametrize("value", [{}, {"k": 1.5, "z": 1}, {"k": "t"}, 3])
def test_objects_with_other_keys_are_refused(value):
    with pytest.raises(InvalidParameter):
        fit_input({"x": value}, NESTED)


def test_arrays_and_maps():
    schema = Schema([ColSpec(Array("double"), "x"), ColSpec(Map("long"), "m")])
    fitted = fit_input({"x": [1.0, 2.0], "m": {"a": 1}}, schema)
    assert fitted.to_dict("records") == [{"x": [1.0, 2.0], "m": {"a": 1}}]
    with pytest.raises(InvalidParameter):
        fit_input({"x": ["t"], "m": {"a": 1}}, schema)


def test_columns_are_ordered_and_extra_ones_dropped(caplog):
    schema = Schema([ColSpec("double", "a"), ColSpec("double", "b", required=False)])
    assert list(fit_input(pd.DataFrame({"z": [1], "a": [1.0]}), schema).columns) == ["a"]
    assert "z" in caplog.text
    with pytest.raises(InvalidParameter, match=r"lacks what the model takes: a"):
        fit_input(pd.DataFrame({"b": [1.0]}), schema)


def test_unnamed_columns_are_taken_by_position():
    schema = Schema([ColSpec("double"), ColSpec("double")])
    assert fit_input(np.ones((2, 3)), schema).shape == (2, 2)
    with pytest.raises(InvalidParameter):
        fit_input(np.ones((2, 1)), schema)


@pytest.mark.parametrize("data", [np.ones((2, 3), "float32"), np.ones((2, 2)), np.ones(3), [[1.0, 2.0, 3.0]]])
def test_tensors_must_be_exactly_so(data):
    with pytest.raises(InvalidParameter):
        fit_input(data, Schema([TensorSpec(np.dtype("float64"), (-1, 3))]))


def test_frames_as_tensors():
    frame = pd.DataFrame({"a": [1, 2]})
    assert fit_input(frame, Schema([TensorSpec(np.dtype("float64"), (-1, 1))])).dtype == "float64"
    assert fit_input(frame.assign(b=3), Schema([TensorSpec(np.dtype("int64"), (-1, 2))])).shape == (2, 2)
    named = Schema([TensorSpec(np.dtype("float32"), (-1,), "a")])
    assert fit_input(frame, named)["a"].dtype == "float32"


def test_params(caplog):
    schema = ParamSchema([ParamSpec("k", "long", 3), ParamSpec("t", "double", 0.5)])
    assert fit_params({"t": 1, "unknown": 1}, schema) == {"k": 3, "t": 1.0}
    assert "unknown" in caplog.text
    with pytest.raises(InvalidParameter, match=r"'k'.*'t'"):
        fit_params({"k": "x", "t": "y"}, schema)


def test_details_can_be_hidden(monkeypatch):
    monkeypatch.setenv("MLFLOW_DISABLE_SCHEMA_DETAILS", "true")
    with pytest.raises(InvalidParameter) as caught:
        fit_input(pd.DataFrame({"b": [1.0]}), Schema([ColSpec("double", "secret_column"), ColSpec("long", "b")]))
    assert "Schema:" not in str(caught.value)
