"""Whatever a schema is, its JSON is read back; whatever data are, enforcing a schema on them gives data or our own error."""

import datetime
import json
import warnings

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.models import ModelSignature, infer_signature
from jupyter_mlops.models.enforcement import fit_input, fit_params
from jupyter_mlops.pyfunc.serving_inputs import read_serving_input
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

NAMES = st.text(max_size=8)
SCALARS = st.sampled_from(list(DataType))
TYPES = st.recursive(
    SCALARS | st.builds(AnyType),
    lambda inner: (
        st.builds(Array, inner)
        | st.builds(Map, inner)
        | st.lists(st.builds(Property, NAMES, inner, st.booleans()), min_size=1, max_size=3, unique_by=lambda p: p.name).map(Object)
    ),
    max_leaves=5,
)  # fmt: skip
COLUMNS = st.lists(st.builds(ColSpec, TYPES, NAMES, st.booleans()), min_size=1, max_size=4, unique_by=lambda c: c.name)
TENSORS = st.builds(
    TensorSpec,
    st.sampled_from(["bool", "int8", "int64", "uint64", "float16", "float32", "float64", "str", "bytes"]).map(np.dtype),
    st.lists(st.integers(-1, 4), max_size=4).map(tuple),
)
SCHEMAS = (COLUMNS | st.lists(st.builds(ColSpec, TYPES), min_size=1, max_size=3) | st.lists(TENSORS, min_size=1, max_size=1)).map(Schema)  # fmt: skip
VALUES = {
    DataType.boolean: st.booleans(), DataType.integer: st.integers(-9, 9), DataType.long: st.integers(-9, 9),
    DataType.float: st.floats(allow_nan=False, width=32), DataType.double: st.floats(allow_nan=False),
    DataType.string: st.text(), DataType.datetime: st.datetimes(),
}  # fmt: skip
PARAMS = st.lists(
    st.sampled_from(list(VALUES)).flatmap(
        lambda dtype: (
            st.builds(ParamSpec, NAMES, st.just(dtype), VALUES[dtype])
            | st.builds(ParamSpec, NAMES, st.just(dtype), st.lists(VALUES[dtype]), st.just((-1,)))
        )
    ),
    max_size=4, unique_by=lambda p: p.name,
).map(ParamSchema)  # fmt: skip
ATOMS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5) | st.datetimes()
    | st.decimals(allow_nan=True) | st.just(pd.NA) | st.just(pd.NaT) | st.sampled_from([np.float32(1), np.int8(3), np.datetime64("2024")])
    | st.just(datetime.timedelta(1)) | st.complex_numbers()
)  # fmt: skip
ANYTHING = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.integers(), inner, max_size=3),
    max_leaves=8,
)
FRAMES = st.lists(st.lists(ATOMS | st.lists(ATOMS, max_size=2), min_size=2, max_size=2), max_size=3).map(
    lambda rows: pd.DataFrame(rows, columns=["a", "b"], dtype=None)
)
ARRAYS = st.sampled_from(["float32", "int64", "bool", "U3", "object", "M8[ns]"]).flatmap(
    lambda dtype: st.lists(st.integers(0, 3), max_size=3).map(lambda shape: np.zeros(shape, dtype))
)
DATA = ANYTHING | FRAMES | ARRAYS | FRAMES.map(lambda frame: frame["a"]) | st.dictionaries(NAMES, ARRAYS, max_size=2)
quick = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def only_ours(function, *arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*arguments)
        except MlflowException:
            return None


@quick
@given(SCHEMAS)
def test_schemas_come_back(schema):
    assert Schema.from_json(schema.to_json()) == schema
    assert hash(Schema.from_json(schema.to_json())) == hash(schema)
    signature = ModelSignature(schema, schema)
    assert ModelSignature.from_dict(json.loads(json.dumps(signature.to_dict()))) == signature


@quick
@given(PARAMS)
def test_params_come_back(params):
    again = ParamSchema.from_json(params.to_json())
    assert again == params
    assert fit_params({}, again) == {p.name: p.default for p in params.params}


@quick
@given(DATA, SCHEMAS)
def test_enforcement_raises_nothing_else(data, schema):
    only_ours(fit_input, data, schema)


@quick
@given(st.data(), FRAMES, TYPES, TYPES, st.booleans())
def test_enforcement_of_columns_that_are_there_raises_nothing_else(draw, frame, one, other, required):
    schema = Schema([ColSpec(one, "a", required), ColSpec(other, "b", required)])
    fitted = only_ours(fit_input, frame, schema)
    if fitted is not None:
        assert list(fitted.columns) == ["a", "b"]
        assert len(fitted) == len(frame)


@quick
@given(DATA)
def test_inferring_raises_nothing_else_and_fits_what_it_was_inferred_from(data):
    signature = only_ours(infer_signature, data)
    if signature is not None and signature.inputs is not None:
        assert Schema.from_json(signature.inputs.to_json()) == signature.inputs


@quick
@given(st.dictionaries(NAMES, ANYTHING, max_size=3), PARAMS)
def test_params_raise_nothing_else(given_params, schema):
    only_ours(fit_params, {**given_params, **dict.fromkeys([p.name for p in schema.params[:1]], object())}, schema)
    only_ours(fit_params, given_params, schema)


@quick
@given(st.sampled_from(["dataframe_split", "dataframe_records", "instances", "inputs"]), ANYTHING, SCHEMAS)
def test_requests_raise_nothing_else(form, value, schema):
    only_ours(read_serving_input, {form: value}, schema)
