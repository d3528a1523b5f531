"""Schemas and their JSON, against MLflow's own texts."""

import json

import numpy as np
import pytest

from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.types.schema import (
    AnyType,
    Array,
    ColSpec,
    DataType,
    Map,
    Object,
    ParamSchema,
    ParamSpec,
    Property,
    Schema,
    TensorSpec,
)

SCHEMAS = [
    (Schema([ColSpec("long", "a")]), [{"type": "long", "name": "a", "required": True}]),
    (Schema([ColSpec(AnyType())]), [{"type": "any", "required": True}]),
    (
        Schema([ColSpec(Array(Array("double")), "x", required=False)]),
        [{"type": "array", "items": {"type": "array", "items": {"type": "double"}}, "name": "x", "required": False}],
    ),
    (
        Schema([ColSpec(Object([Property("k", "string", required=False)]), "o")]),
        [{"type": "object", "properties": {"k": {"type": "string", "required": False}}, "name": "o", "required": True}],
    ),
    (Schema([ColSpec(Map("long"))]), [{"type": "map", "values": {"type": "long"}, "required": True}]),
    (
        Schema([TensorSpec(np.dtype("float64"), (-1, 2), "t")]),
        [{"name": "t", "type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 2]}}],
    ),
]


@pytest.mark.parametrize(("schema", "form"), SCHEMAS, ids=lambda x: "")
def test_json_is_mlflows_both_ways(schema, form):
    assert json.loads(schema.to_json()) == form
    assert Schema.from_json(json.dumps(form)) == schema


@pytest.mark.parametrize(("form", "required"), [({}, True), ({"optional": True}, False), ({"required": False}, False)])
def test_older_files_say_optional_or_nothing(form, required):
    schema = Schema.from_json(json.dumps([{"type": "long", "name": "a", **form}]))
    assert schema.inputs[0].required is required


def test_reprs():
    assert repr(Schema([ColSpec("double", "a"), ColSpec("string", "b", required=False)])) == (
        "['a': double (required), 'b': string (optional)]"
    )
    assert repr(Schema([TensorSpec(np.dtype("float32"), (-1, 3))])) == "[Tensor('float32', (-1, 3))]"


@pytest.mark.parametrize(
    "inputs",
    [
        [],
        [ColSpec("long", "a"), ColSpec("long")],
        [ColSpec("long", "a"), TensorSpec(np.dtype("int64"), (-1,), "b")],
        [TensorSpec(np.dtype("int64"), (-1,)), TensorSpec(np.dtype("int64"), (-1,))],
    ],
)
def test_what_is_no_schema(inputs):
    with pytest.raises(MlflowException):
        Schema(inputs)


def test_an_unknown_type_is_refused():
    with pytest.raises(MlflowException, match="int65"):
        ColSpec("int65")


@pytest.mark.parametrize(
    ("dtype", "given", "kept"),
    [
        ("long", np.int32(3), 3),
        ("float", 2, 2.0),
        ("double", np.float32(0.5), 0.5),
        ("datetime", "2024-01-02T03:04:05", "2024-01-02T03:04:05"),
        ("string", "x", "x"),
    ],
)
def test_params_are_converted_only_safely(dtype, given, kept):
    schema = ParamSchema([ParamSpec("p", dtype, given)])
    assert json.loads(schema.to_json()) == [{"name": "p", "default": kept, "shape": None, "type": dtype}]
    assert ParamSchema.from_json(schema.to_json()) == schema


@pytest.mark.parametrize(
    ("dtype", "default", "shape"),
    [("long", 1.5, None), ("long", True, None), ("string", 1, None), ("long", 1, (-1,)), ("binary", b"", None)],
)
def test_params_of_another_type_are_refused(dtype, default, shape):
    with pytest.raises(InvalidParameter):
        ParamSpec("p", dtype, default, shape)


def test_params_need_different_names():
    with pytest.raises(InvalidParameter):
        ParamSchema([ParamSpec("p", "long", 1), ParamSpec("p", "long", 2)])


def test_types_know_numpy_and_python():
    assert DataType.long.to_numpy() == np.dtype("int64")
    assert DataType.string.to_pandas() == np.dtype("object")
    assert DataType.double.to_python() is float
