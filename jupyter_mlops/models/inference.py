"""Signatures read off data."""

from __future__ import annotations

import datetime
import warnings
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models.signatures import ModelSignature
from jupyter_mlops.types.columns import ColSpec, DataType
from jupyter_mlops.types.schema import ParamSchema, ParamSpec, Schema, TensorSpec

__all__ = ["infer_schema", "infer_signature"]

_SMALL_INTEGERS = ("int8", "int16", "int32", "uint8", "uint16")


def infer_signature(
    model_input: Any = None, model_output: Any = None, params: dict[str, Any] | None = None
) -> ModelSignature:
    """Read a signature off an example of what goes into a model and what comes out.

    Parameters
    ----------
    model_input, model_output : DataFrame, Series or array of shape (n, ...)
        A DataFrame gives named columns, an array a tensor whose first size may be any.
    params : dict, optional
        Params of the prediction, with their defaults.

    Returns
    -------
    ModelSignature

    Raises
    ------
    InvalidParameter
        Data of another kind, or of a type that a schema cannot name.

    Notes
    -----
    Warns of integer columns: they turn to floats when a value is missing, and are refused then.

    Examples
    --------
    >>> import numpy as np
    >>> infer_signature(np.zeros((2, 3)), np.zeros(2)).inputs
    [Tensor('float64', (-1, 3))]
    """
    return ModelSignature(
        None if model_input is None else infer_schema(model_input),
        None if model_output is None else infer_schema(model_output),
        None if params is None else ParamSchema([_param(name, value) for name, value in params.items()]),
    )


def infer_schema(data: Any) -> Schema:
    """Schema of a DataFrame, Series or array."""
    import numpy as np
    import pandas as pd

    if isinstance(data, pd.Series):
        data = data.to_frame()
        named = data.columns[0] is not None and data.columns[0] != 0
        return Schema([_column(data.iloc[:, 0], str(data.columns[0]) if named else None)])
    if isinstance(data, pd.DataFrame):
        return Schema([_column(data[name], name if isinstance(name, str) else str(name)) for name in data.columns])
    if isinstance(data, dict) and data and all(isinstance(value, np.ndarray) for value in data.values()):
        return Schema([_tensor(value, name) for name, value in data.items()])
    if hasattr(data, "toarray") or isinstance(data, np.ndarray):
        return Schema([_tensor(data)])
    raise InvalidParameter(
        f"A schema is read off a DataFrame, Series or array, not {type(data).__name__}; give a ModelSignature instead."
    )


def _tensor(array: Any, name: str | None = None) -> TensorSpec:
    import numpy as np

    dtype = np.dtype(array.dtype.type) if array.dtype.kind in "US" else array.dtype
    return TensorSpec(dtype, (-1, *array.shape[1:]), name)


def _column(values: Any, name: str | None) -> ColSpec:
    kind = _type_of(values, name)
    if kind in (DataType.integer, DataType.long):
        warnings.warn(
            f"Column {name!r} holds integers. A missing value would turn it to floats, which the schema then refuses; "
            "make it float64 if values can be missing.", UserWarning, stacklevel=5,
        )  # fmt: skip
    return ColSpec(kind, name, required=not values.isna().any())


def _type_of(values: Any, name: str | None) -> DataType:
    import numpy as np
    import pandas as pd

    dtype = values.dtype
    if isinstance(dtype, (pd.CategoricalDtype, pd.StringDtype)):
        return DataType.string
    if pd.api.types.is_extension_array_dtype(dtype) and hasattr(dtype, "numpy_dtype"):
        dtype = np.dtype(dtype.numpy_dtype)
    if isinstance(dtype, np.dtype):
        if dtype.kind == "b":
            return DataType.boolean
        if dtype.name in _SMALL_INTEGERS:
            return DataType.integer
        if dtype.name in ("int64", "uint32"):
            return DataType.long
        if dtype.kind == "f" and dtype.itemsize <= 8:
            return DataType.float if dtype.itemsize <= 4 else DataType.double
        if dtype.kind == "M":
            return DataType.datetime
        if dtype.kind == "O":
            return _type_of_objects(values, name)
    raise InvalidParameter(f"Column {name!r} has type {values.dtype}, which a schema cannot name.")


def _type_of_objects(values: Any, name: str | None) -> DataType:
    kinds = {type(value) for value in values.dropna()}
    for wanted, kind in (
        ({str}, DataType.string), ({bytes}, DataType.binary), ({bool}, DataType.boolean), ({int}, DataType.long),
        ({float}, DataType.double), ({datetime.datetime, datetime.date}, DataType.datetime),
    ):  # fmt: skip
        if kinds and kinds <= wanted:
            return kind
    found = ", ".join(sorted(kind.__name__ for kind in kinds)) or "nothing but missing values"
    raise InvalidParameter(f"Column {name!r} holds {found}; a schema needs one type.")


def _param(name: str, value: Any) -> ParamSpec:
    first, shape = (value[0], (-1,)) if isinstance(value, (list, tuple)) and value else (value, None)
    for kind, dtype in (
        (bool, "boolean"),
        (int, "long"),
        (float, "double"),
        (str, "string"),
        (datetime.datetime, "datetime"),
    ):
        if isinstance(first, kind):
            return ParamSpec(name, dtype, value, shape)
    raise InvalidParameter(f"Param {name!r} must be a number, text, boolean or time, or a list of them, not {value!r}.")
