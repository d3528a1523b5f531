"""The schema of data at hand."""

from __future__ import annotations

import datetime
import decimal
import sys
import warnings
from collections.abc import Mapping
from functools import reduce
from typing import Any

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.types.columns import ColSpec, TensorSpec
from jupyter_mlops.types.composites import AnyType, Array, BaseType, Object, Property
from jupyter_mlops.types.data_types import DataType, data_type_of
from jupyter_mlops.types.params import ParamSchema, ParamSpec
from jupyter_mlops.types.schema import Schema

__all__ = ["infer_param_schema", "infer_schema", "is_instance_of", "schema_of"]

_INTEGERS = (
    "The inferred schema has integer columns, which cannot hold missing values in pandas: if some may be missing when "
    "the model is used, convert them to float64 before infer_signature()."
)
_SCALARS: dict[type, DataType] = {
    bool: DataType.boolean, int: DataType.long, float: DataType.double, str: DataType.string, bytes: DataType.binary,
    bytearray: DataType.binary, datetime.date: DataType.datetime, datetime.datetime: DataType.datetime,
    decimal.Decimal: DataType.double,
}  # fmt: skip


def is_instance_of(value: Any, module: str, *names: str) -> bool:
    """Whether `value` is of a class of a library, which is not imported to find out."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(value, tuple(getattr(loaded, name) for name in names))


def infer_schema(data: Any) -> Schema:
    """The schema of a DataFrame, Series, array, dict, list or scalar.

    Raises
    ------
    MlflowException
        No type holds it: mixed values in a column, ``uint64``, unknown classes.
    """
    schema = schema_of(data)
    if not schema.is_tensor_spec() and {DataType.integer, DataType.long} & set(schema.input_types()):
        warnings.warn(_INTEGERS, UserWarning, stacklevel=4)
    return schema


def schema_of(data: Any) -> Schema:
    """The same without a warning of integer columns."""
    return _tensors(data) or Schema(_columns(data))


def _tensors(data: Any) -> Schema | None:
    if is_instance_of(data, "numpy", "ndarray") or _is_sparse(data):
        return Schema([_tensor(data)])
    if isinstance(data, Mapping) and data and all(is_instance_of(v, "numpy", "ndarray") for v in data.values()):
        return Schema([_tensor(value, name) for name, value in data.items()])
    return None


def _is_sparse(data: Any) -> bool:
    return "scipy.sparse" in sys.modules and sys.modules["scipy.sparse"].issparse(data)


def _tensor(data: Any, name: Any = None) -> TensorSpec:
    if not data.ndim:
        raise MlflowException(f"An array without dimensions is no tensor of rows: {data!r}.")
    return TensorSpec(data.data.dtype if _is_sparse(data) else data.dtype, (-1, *data.shape[1:]), name)


def _columns(data: Any) -> list[ColSpec]:
    if is_instance_of(data, "pandas", "DataFrame"):
        return [_column(data.iloc[:, i], name) for i, name in enumerate(data.columns)]
    if is_instance_of(data, "pandas", "Series"):
        return [_column(data, data.name)]
    if isinstance(data, Mapping):
        return _row(data)
    if isinstance(data, list):
        return _rows(data)
    return [ColSpec(_value_type(data))]


def _column(series: Any, name: Any) -> ColSpec:
    if hasattr(name, "item"):
        name = name.item()
    nulls = series.isna()
    required = not bool(nulls.any())
    if series.dtype.kind == "O":
        series = series.infer_objects()
    if series.dtype.kind != "O" or (str(series.dtype) in ("category", "string", "str") and not nulls.all()):
        return ColSpec(data_type_of(series.dtype), name, required)
    known = series[~nulls].infer_objects()
    if not len(known):
        return ColSpec(AnyType(), name, required=False)
    if known.dtype.kind != "O":
        return ColSpec(data_type_of(known.dtype), name, required)
    return ColSpec(reduce(_merge, map(_value_type, known)), name, required)


def _row(data: Mapping[Any, Any]) -> list[ColSpec]:
    if not data or not all(isinstance(key, str) for key in data):
        raise MlflowException(f"A dict needs text keys, at least one, to have a schema: {data!r}.")
    return [ColSpec(_value_type(value), key, value is not None) for key, value in data.items()]


def _rows(data: list[Any]) -> list[ColSpec]:
    if data and all(isinstance(row, Mapping) for row in data):
        merged = reduce(_merge, map(_value_type, data))
        assert isinstance(merged, Object)
        return [ColSpec(p.dtype, p.name, p.required) for p in merged.properties]
    array = _value_type(data)
    assert isinstance(array, Array)
    return [ColSpec(array.dtype if data else DataType.string)]


def _value_type(value: Any) -> DataType | BaseType:
    """The type of one Python or NumPy value."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return AnyType()
    if type(value) in _SCALARS:
        return _SCALARS[type(value)]
    if is_instance_of(value, "pandas", "Timestamp"):
        return DataType.datetime
    if is_instance_of(value, "numpy", "generic"):
        return data_type_of(value.dtype)
    if is_instance_of(value, "numpy", "ndarray"):
        return (
            _value_type(value.tolist()) if value.dtype.kind == "O" else _nested(data_type_of(value.dtype), value.ndim)
        )
    if isinstance(value, Mapping):
        return Object([Property(key, _value_type(v), v is not None) for key, v in value.items()])
    if isinstance(value, (list, tuple)):
        return Array(reduce(_merge, map(_value_type, value)) if value else AnyType())
    raise MlflowException(f"No type holds a {type(value).__name__}.")


def _nested(dtype: DataType | BaseType, depth: int) -> DataType | BaseType:
    return Array(_nested(dtype, depth - 1)) if depth else dtype


def _merge(one: DataType | BaseType, other: DataType | BaseType) -> DataType | BaseType:
    """The type that holds values of both."""
    if one == other or isinstance(other, AnyType):
        return one
    if isinstance(one, AnyType):
        return other
    if isinstance(one, Array) and isinstance(other, Array):
        return Array(_merge(one.dtype, other.dtype))
    if isinstance(one, Object) and isinstance(other, Object):
        return _merge_objects(one, other)
    raise MlflowException(f"Values of different types, {one!r} and {other!r}, have no schema in common.")


def _merge_objects(one: Object, other: Object) -> Object:
    left, right = ({p.name: p for p in o.properties} for o in (one, other))
    merged = []
    for name in {**left, **right}:
        a, b = left.get(name), right.get(name)
        if a is not None and b is not None:
            merged.append(Property(name, _merge(a.dtype, b.dtype), a.required and b.required))
        else:
            merged.append(Property(name, (a or b).dtype, required=False))  # type: ignore[union-attr]
    return Object(merged)


def infer_param_schema(params: Mapping[str, Any]) -> ParamSchema:
    """The schema of params, whose values become the defaults.

    Raises
    ------
    MlflowException
        A value that is neither a scalar nor a list of scalars.
    """
    if not isinstance(params, Mapping):
        raise MlflowException(f"Params are a dict, not {type(params).__name__}.")
    return ParamSchema([_param(name, value) for name, value in params.items()])


def _param(name: str, value: Any) -> ParamSpec:
    if isinstance(value, (list, tuple)) or (is_instance_of(value, "numpy", "ndarray") and value.ndim):
        array = _value_type(list(value))
        if not value.__len__() or not isinstance(array, Array) or not isinstance(array.dtype, DataType):
            raise MlflowException(f"Param {name!r} needs a list of scalars, at least one, not {value!r}.")
        return ParamSpec(name, array.dtype, list(value), (-1,))
    return ParamSpec(name, _value_type(value), value)
