"""Which column of which dtype may be used as which type, and what becomes of it.

The rule: the same kind and not narrower; unsigned integers as wider signed ones; integers of at most four bytes as
double. Nothing numeric becomes float32 but float32 itself and an int64 column of zeros and ones.
"""

from __future__ import annotations

import decimal
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.types.composites import AnyType, Array, BaseType, Map, Object
from jupyter_mlops.types.data_types import DataType

__all__ = ["convert_column", "convert_value"]

_HINT = (
    " A likely cause are missing values, which make an integer column a float column. Infer the "
    "signature from data with missing values, or declare the column as double."
)


def convert_column(values: Any, dtype: DataType | BaseType, name: Any = None, required: bool = True) -> Any:
    """A Series with the dtype that a schema declares.

    Raises
    ------
    InvalidParameter
        That would lose or invent something.
    """
    if isinstance(dtype, AnyType):
        return values
    if isinstance(dtype, DataType):
        return _convert_scalars(values, dtype, name)
    if required and values.isna().any() and not isinstance(values.iloc[0], (list, dict)):
        raise InvalidParameter(f"Column {name!r} is required but has missing values.")
    import pandas as pd  # only when data is looked at

    cells = [convert_value(v, dtype, name, required) for v in values]
    return pd.Series(cells, index=values.index, name=values.name, dtype=object)


def _convert_scalars(values: Any, dtype: DataType, name: Any) -> Any:
    if _is_text(values) and dtype in (DataType.string, DataType.binary):
        return values
    if values.dtype == object:
        if dtype in (DataType.string, DataType.binary):
            return values
        found = values.infer_objects()
        if found.dtype == object and dtype is DataType.boolean:
            return values  # a cast would make False of None
        values = values if _is_text(found) else found
    wanted = dtype.to_numpy()
    if values.dtype == wanted or (dtype is DataType.binary and values.dtype.kind == "S"):
        return values
    if dtype is DataType.datetime:
        return _to_datetimes(values, name)
    if dtype is DataType.double and values.dtype == object and _is_decimal(values):
        return values.astype("float64")
    if _is_safe(values, wanted):
        try:
            return values.astype(wanted)
        except (TypeError, ValueError) as error:
            raise InvalidParameter(f"Column {name!r} cannot be converted to {dtype!r}: {error}") from error
    raise _refusal(values, dtype, name)


def _is_text(values: Any) -> bool:
    return str(values.dtype) in ("str", "string")


def _is_decimal(values: Any) -> bool:
    known = values.dropna()
    return len(known) > 0 and all(isinstance(v, decimal.Decimal) for v in known)


def _is_safe(values: Any, wanted: Any) -> bool:
    kind, size = values.dtype.kind, getattr(values.dtype, "itemsize", 0)
    if str(values.dtype) == "category" or kind == "O":
        return False
    if kind == wanted.kind:
        return bool(size <= wanted.itemsize)
    if kind == "u" and wanted.kind == "i":
        return bool(size < wanted.itemsize)
    if kind in "iu" and wanted == "float64" and size <= 4:
        return True
    return bool(values.dtype == "int64" and wanted.kind == "f" and values.isin([0, 1]).all())


def _to_datetimes(values: Any, name: Any) -> Any:
    import pandas as pd  # only when data is looked at

    if getattr(values.dtype, "tz", None) is not None:
        raise InvalidParameter(f"Column {name!r} has times with a time zone: convert them to naive UTC first.")
    if values.dtype.kind != "M" and not (values.dtype == object or _is_text(values)):
        raise _refusal(values, DataType.datetime, name)
    try:
        if values.dtype.kind != "M":
            values = pd.to_datetime(values, format="ISO8601" if _is_text(values) else None)
        return values.astype("datetime64[ns]")
    except (TypeError, ValueError) as error:
        raise InvalidParameter(f"Column {name!r} cannot be read as dates: {error}") from error


def _refusal(values: Any, dtype: DataType, name: Any) -> InvalidParameter:
    hint, wanted = "", dtype.to_numpy()
    if values.dtype == "float64" and wanted.kind in "iu" and values.hasnans and (values.dropna() % 1 == 0).all():
        hint = _HINT
    return InvalidParameter(
        f"Column {name!r} is {dtype!r} ({wanted}); {values.dtype} was given, which cannot become that without loss.{hint}"
    )


def convert_value(value: Any, dtype: DataType | BaseType, name: Any = None, required: bool = True) -> Any:
    """One cell as its type: arrays, objects and maps go down to their scalars.

    Raises
    ------
    InvalidParameter
        It is of another form, or a key is missing or not declared.
    """
    if isinstance(dtype, AnyType):
        return value
    if value is None:
        if required:
            raise InvalidParameter(f"{name!r} is required but is missing.")
        return None
    if isinstance(dtype, DataType):
        return _elements([value], dtype, name)[0]
    if isinstance(dtype, Array):
        return _array(value, dtype, name)
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise InvalidParameter(f"{name!r} is {dtype!r}, so a dict with text keys is needed, not {value!r}.")
    if isinstance(dtype, Map):
        return {k: convert_value(v, dtype.value_type, k, required=False) for k, v in value.items()}
    assert isinstance(dtype, Object)
    return _object(value, dtype, name)


def _array(value: Any, dtype: Array, name: Any) -> Any:
    is_array = hasattr(value, "tolist") and getattr(value, "ndim", 0) > 0
    if not is_array and not isinstance(value, list):
        raise InvalidParameter(f"{name!r} is {dtype!r}, so a list or array is needed, not {value!r}.")
    if isinstance(dtype.dtype, DataType):
        if getattr(value, "ndim", 1) != 1:
            raise InvalidParameter(f"{name!r} is {dtype!r}, but the array has {value.ndim} dimensions.")
        return _elements(value, dtype.dtype, name)
    return [convert_value(v, dtype.dtype, name, required=False) for v in value]


def _elements(values: Any, dtype: DataType, name: Any) -> Any:
    import pandas as pd  # only when data is looked at

    converted = _convert_scalars(pd.Series(values), dtype, name)
    return converted.to_numpy() if hasattr(values, "tolist") else converted.tolist()


def _object(value: Mapping[str, Any], dtype: Object, name: Any) -> dict[str, Any]:
    known = {p.name: p for p in dtype.properties}
    missing = [k for k, p in known.items() if p.required and k not in value]
    extra = [k for k in value if k not in known]
    if missing or extra:
        raise InvalidParameter(f"{name!r} is {dtype!r}: missing keys {missing}, undeclared keys {extra}.")
    return {k: convert_value(v, known[k].dtype, k, known[k].required) for k, v in value.items()}
