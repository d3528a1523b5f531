"""What goes into a model must be what its signature says; what can be converted without loss is."""

from __future__ import annotations

import logging
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.types.columns import ColSpec, DataType
from jupyter_mlops.types.schema import ParamSchema, Schema, TensorSpec

__all__ = ["enforce_params", "enforce_schema"]

_log = logging.getLogger(__name__)
_WIDER = {
    DataType.integer: ("int8", "int16", "int32", "uint8", "uint16"),
    DataType.long: ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"),
    DataType.float: ("float32",),
    DataType.double: ("int8", "int16", "int32", "uint8", "uint16", "uint32", "float32", "float64"),
    DataType.boolean: ("bool",),
}


def enforce_schema(data: Any, schema: Schema) -> Any:
    """`data` as the model takes it.

    Parameters
    ----------
    data : DataFrame, Series, array, dict or list
    schema : Schema

    Returns
    -------
    DataFrame or array
        Columns in the schema's order, extra ones left out; or an array of the schema's shape and dtype.

    Raises
    ------
    InvalidParameter
        A column is missing, or a type, shape or dtype does not fit.
    """
    return _tensors(data, schema) if schema.is_tensor_spec() else _columns(data, schema)


def _columns(data: Any, schema: Schema) -> Any:
    import pandas as pd

    frame = _frame(data)
    if not schema.has_input_names():
        if frame.shape[1] < len(schema):
            raise InvalidParameter(f"The model takes {len(schema)} columns; the data has {frame.shape[1]}.")
        converted = {frame.columns[n]: _converted(frame.iloc[:, n], spec) for n, spec in enumerate(schema)}
        return pd.DataFrame(converted, index=frame.index)
    missing = [name for name in schema.required_input_names() if name not in frame.columns]
    if missing:
        extra = [str(name) for name in frame.columns if name not in schema.input_names()]
        raise InvalidParameter(
            f"Missing columns: {', '.join(map(str, missing))}. "
            f"The model takes {schema}." + (f" The data also has {', '.join(extra)}." if extra else "")
        )
    if extra := [str(name) for name in frame.columns if name not in schema.input_names()]:
        _log.warning("Columns that the model does not take are left out: %s.", ", ".join(extra))
    specs = [spec for spec in schema if spec.name in frame.columns]
    return pd.DataFrame({spec.name: _converted(frame[spec.name], spec) for spec in specs}, index=frame.index)


def _frame(data: Any) -> Any:
    import numpy as np
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, pd.Series):
        return data.to_frame()
    if isinstance(data, dict):
        scalars = all(np.isscalar(value) for value in data.values())
        return pd.DataFrame([data] if scalars else data)
    try:
        return pd.DataFrame([[data]] if np.isscalar(data) else data)
    except (ValueError, TypeError) as error:
        raise InvalidParameter(f"The model takes a table; {type(data).__name__} cannot be made one: {error}.") from None


def _converted(values: Any, spec: ColSpec | TensorSpec) -> Any:
    import numpy as np
    import pandas as pd

    kind, dtype = spec.type, values.dtype
    name = getattr(dtype, "name", str(dtype))
    if kind in _WIDER and name in _WIDER[kind]:
        return values.astype(kind.value)
    if kind in (DataType.double, DataType.float) and name == "int64" and values.isin((0, 1)).all():
        return values.astype(kind.value)
    if kind is DataType.long and name == "Int64" and not values.isna().any():
        return values.astype("int64")
    if kind in (DataType.string, DataType.binary) and (_is_object(dtype) or isinstance(dtype, pd.StringDtype)):
        return values
    if kind is DataType.datetime:
        if isinstance(dtype, np.dtype) and dtype.kind == "M":
            return values.astype("datetime64[ns]")
        if _is_object(dtype) or isinstance(dtype, pd.StringDtype):
            return _times(values, spec)
    if _is_object(dtype):
        inferred = values.infer_objects()
        if not _is_object(inferred.dtype):
            return _converted(inferred, spec)
    hint = (
        " Missing values turn integers to floats."
        if kind in (DataType.integer, DataType.long) and name == "float64"
        else ""
    )
    raise InvalidParameter(f"Column {spec.name!r} must be {kind}; {name} cannot become that without loss.{hint}")


def _is_object(dtype: Any) -> bool:
    return str(dtype) == "object"


def _times(values: Any, spec: ColSpec | TensorSpec) -> Any:
    import pandas as pd

    try:
        return pd.to_datetime(values).astype("datetime64[ns]")
    except (ValueError, TypeError):
        raise InvalidParameter(f"Column {spec.name!r} must be datetime; some of its values are not.") from None


def _tensors(data: Any, schema: Schema) -> Any:
    import numpy as np
    import pandas as pd

    if schema.has_input_names():
        given = data if isinstance(data, dict) else {schema.inputs[0].name: data}
        missing = set(schema.input_names()) - set(given)
        if missing:
            raise InvalidParameter(f"Missing tensors: {', '.join(sorted(missing))}. The model takes {schema}.")
        return {spec.name: _tensor(np.asarray(given[spec.name]), spec) for spec in schema}
    spec: Any = schema.inputs[0]
    if isinstance(data, pd.DataFrame):
        data = data.to_numpy()
        if data.shape[1] == 1:
            data = data.astype(spec.type).reshape(spec.shape)
    if not isinstance(data, np.ndarray) and not hasattr(data, "toarray"):
        raise InvalidParameter(f"The model takes an array, {spec}; not {type(data).__name__}.")
    return _tensor(data, spec)


def _tensor(array: Any, spec: Any) -> Any:
    fits = len(array.shape) == len(spec.shape) and all(
        want in (-1, have) for want, have in zip(spec.shape, array.shape, strict=True)
    )
    if not fits:
        raise InvalidParameter(f"Shape {array.shape} does not fit {spec.shape}, which the model takes.")
    if array.dtype != spec.type and not (array.dtype.kind == spec.type.kind and spec.type.kind in "US"):
        raise InvalidParameter(
            f"An array of {array.dtype} was given; the model takes {spec.type}, and arrays are not cast."
        )
    return array


def enforce_params(params: dict[str, Any] | None, schema: ParamSchema | None) -> dict[str, Any]:
    """Params of a prediction with the defaults of those that are missing; unknown ones are left out with a warning."""
    given = dict(params or {})
    known = {spec.name: spec for spec in schema.params} if schema else {}
    if unknown := set(given) - set(known):
        _log.warning("Params that the model does not take are left out: %s.", ", ".join(sorted(unknown)))
    return {name: given.get(name, spec.default) for name, spec in known.items()}
