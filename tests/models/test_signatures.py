"""Signatures: read off data, written as MLflow writes them, and kept to."""

import numpy as np
import pandas as pd
import pytest

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models import ModelSignature, infer_signature
from jupyter_mlops.models.enforcement import enforce_schema
from jupyter_mlops.types.schema import ColSpec, ParamSchema, ParamSpec, Schema, TensorSpec

pytestmark = pytest.mark.filterwarnings("ignore:Column .* holds integers")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.array([True]), "boolean"), (np.array([1], "int8"), "integer"), (np.array([1], "uint16"), "integer"),
        (np.array([1]), "long"), (np.array([1], "uint32"), "long"), (np.array([1], "float32"), "float"),
        (np.array([1.0]), "double"), (["a"], "string"), ([b"a"], "binary"), (pd.to_datetime(["2020-01-01"]), "datetime"),
        (pd.Categorical(["a"]), "string"),
    ],
)  # fmt: skip
def test_columns_have_the_type_of_their_values(values, kind):
    spec = infer_signature(pd.DataFrame({"a": values})).inputs.inputs[0]
    assert (spec.type.name, spec.name, spec.required) == (kind, "a", True)


def test_missing_values_make_a_column_optional():
    assert infer_signature(pd.DataFrame({"a": [1.0, None]})).inputs.inputs[0].required is False


def test_integers_are_warned_of():
    with pytest.warns(UserWarning, match="integers"):
        infer_signature(pd.DataFrame({"a": [1]}))


@pytest.mark.parametrize("data", [pd.DataFrame({"a": np.array([1], "uint64")}), pd.DataFrame({"a": [1, "x"]}), object()])
def test_what_has_no_type_is_refused(data):
    with pytest.raises(InvalidParameter):
        infer_signature(data)


def test_arrays_are_tensors_of_any_length():
    signature = infer_signature(np.zeros((7, 2, 3), "float32"), np.zeros(7, "int64"))
    assert repr(signature.inputs) == "[Tensor('float32', (-1, 2, 3))]"
    assert repr(signature.outputs) == "[Tensor('int64', (-1,))]"


def test_a_signature_survives_its_dict():
    signature = ModelSignature(
        Schema([ColSpec("double", "a"), ColSpec("string", "b", required=False)]),
        Schema([TensorSpec(np.dtype("float64"), (-1, 2))]),
        ParamSchema([ParamSpec("t", "double", 0.5)]),
    )
    assert ModelSignature.from_dict(signature.to_dict()) == signature


ACCEPTED = {
    ("int32", "integer"): "int32", ("int32", "long"): "int64", ("int32", "double"): "float64", ("uint8", "integer"): "int32",
    ("uint8", "long"): "int64", ("uint8", "double"): "float64",
    ("int64", "long"): "int64", ("uint32", "long"): "int64", ("uint32", "double"): "float64", ("float32", "float"): "float32",
    ("float32", "double"): "float64", ("float64", "double"): "float64", ("bool", "boolean"): "bool",
}  # fmt: skip


@pytest.mark.parametrize("given", ["bool", "int32", "uint8", "int64", "uint32", "uint64", "float32", "float64"])
@pytest.mark.parametrize("declared", ["boolean", "integer", "long", "float", "double", "string", "binary", "datetime"])
def test_only_what_loses_nothing_is_converted(given, declared):
    frame = pd.DataFrame({"a": np.array([7, 9]).astype(given)})
    schema = Schema([ColSpec(declared, "a")])
    if (given, declared) in ACCEPTED:
        assert enforce_schema(frame, schema)["a"].dtype == ACCEPTED[given, declared]
    else:
        with pytest.raises(InvalidParameter, match="'a'"):
            enforce_schema(frame, schema)


def test_unnamed_columns_are_checked_too():
    schema = Schema([ColSpec("double"), ColSpec("double")])
    assert enforce_schema([[1.0, 2.0, 3.0]], schema).shape == (1, 2)
    with pytest.raises(InvalidParameter):
        enforce_schema([[1.0]], schema)
    with pytest.raises(InvalidParameter):
        enforce_schema([["a", "b"]], schema)
