"""The JSON that a scoring server takes, as the data that a model takes."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.types.data_types import DataType
from jupyter_mlops.types.schema import Schema

__all__ = ["FORMS", "read_frame", "read_serving_input"]

FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")
"""Of which a request has one."""


def read_serving_input(
    payload: str | bytes | Mapping[str, Any], schema: Schema | None
) -> tuple[Any, dict[str, Any] | None]:
    """Data and params of a request.

    Parameters
    ----------
    payload : str, bytes or dict
        JSON with one of ``dataframe_split``, ``dataframe_records``, ``instances`` and ``inputs``, and maybe ``params``.
    schema : Schema, optional
        Of the model; JSON knows fewer types, so its numbers become those of the schema where nothing is lost.

    Raises
    ------
    InvalidParameter
        It is none.

    Examples
    --------
    >>> read_serving_input('{"inputs": ["a"], "params": {"top": 3}}', None)
    (['a'], {'top': 3})
    """
    form = payload if isinstance(payload, Mapping) else _parsed(payload)
    found = [name for name in FORMS if name in form]
    if len(found) != 1:  # other entries are left alone, as MLflow's server does
        old = " Rows and columns go into dataframe_split since MLflow 2." if {"columns", "data"} <= set(form) else ""
        raise InvalidParameter(
            f"A request has exactly one of {', '.join(FORMS)}, and maybe params; this one: {sorted(map(str, form))}.{old}"
        )
    params = form.get("params")
    if params is not None and not isinstance(params, Mapping):
        raise InvalidParameter(f"The params of a request are an object, not {params!r}.")
    try:
        return _data(found[0], form[found[0]], schema), None if params is None else dict(params)
    except InvalidParameter:
        raise
    except Exception as error:  # whatever pandas and numpy make of a stranger's JSON
        raise InvalidParameter(f"{found[0]} of the request cannot be read: {error}") from error


def _parsed(text: str | bytes) -> Mapping[str, Any]:
    try:
        form = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidParameter(f"The request is no JSON: {error}") from error
    if not isinstance(form, dict):
        raise InvalidParameter(f"A request is a JSON object with one of {', '.join(FORMS)}, not {type(form).__name__}.")
    return form


def _data(name: str, value: Any, schema: Schema | None) -> Any:
    is_tensor = schema is not None and schema.is_tensor_spec()
    if name == "inputs":
        return _tensors(value, schema) if schema is not None and is_tensor else value
    if name == "instances":
        if is_tensor or schema is None:
            return _instances(value, schema)
        return _columns(value, schema) if isinstance(value, Mapping) else _frame(value, schema)
    import pandas as pd  # the request is a frame

    if name == "dataframe_records":
        return _frame(value, schema)
    if not isinstance(value, Mapping) or "data" not in value or set(value) - {"columns", "data", "index"}:
        raise InvalidParameter(f"dataframe_split has data, and maybe columns and index, not {value!r}.")
    return read_frame(pd.DataFrame(value["data"], index=value.get("index"), columns=value.get("columns")), schema)


def _frame(rows: Any, schema: Schema | None) -> Any:
    import pandas as pd  # the request is a frame

    if not isinstance(rows, list):
        raise InvalidParameter(f"Rows are a list, not {type(rows).__name__}.")
    return read_frame(pd.DataFrame(rows), schema)


def _columns(lists: Mapping[str, Any], schema: Schema | None) -> Any:
    import pandas as pd  # the request is a frame

    return read_frame(pd.DataFrame(dict(lists)), schema)


def read_frame(frame: Any, schema: Schema | None) -> Any:
    """A frame out of JSON, CSV or another place that knows fewer types, whose columns get the schema's where nothing is lost.

    Raises
    ------
    InvalidParameter
        A column of whole numbers has another value; the message says where.
    """
    if schema is None or schema.is_tensor_spec():
        return frame
    import pandas as pd  # is loaded: here is one of its frames

    if not frame.columns.is_unique:
        raise InvalidParameter(f"The columns of the request have names that are not unique: {list(frame.columns)}.")
    names = schema.input_names() if schema.has_input_names() else list(frame.columns)
    types = {name: spec.type for name, spec in zip(names, schema.inputs, strict=False) if isinstance(spec.type, DataType)}
    columns = {name: frame[name] for name in frame.columns}
    typed = {name: _column(values, types[name], name) if name in types else values for name, values in columns.items()}
    is_changed = any(typed[name] is not columns[name] for name in columns)
    return pd.DataFrame(typed, index=frame.index) if is_changed else frame


def _column(values: Any, dtype: DataType, name: Any) -> Any:
    """A column with the dtype of a schema, unless that would lose something; a missing value is the schema's matter."""
    if dtype is DataType.binary:
        return values.map(lambda v: base64.b64decode(v) if isinstance(v, str) else v)
    if dtype in (DataType.string, DataType.datetime) or values.dtype == dtype.to_numpy():
        return values
    import numpy as np  # is loaded: these are its numbers
    import pandas as pd

    given = _numbers(values, dtype, name) if values.dtype.kind not in "iufb" else values.to_numpy()
    if dtype in (DataType.double, DataType.float):
        return given.astype(dtype.to_numpy())
    if given.dtype.kind == "f" and np.isnan(given).any():
        return pd.Series(given, index=values.index)
    with np.errstate(invalid="ignore"):  # infinity, and what is too large, are not the same afterwards
        converted = given.astype(dtype.to_numpy())
    _require_none(converted != given, values, dtype, name)
    return converted


def _numbers(values: Any, dtype: DataType, name: Any) -> Any:
    """Numbers of a column that has texts or nulls among them."""
    import pandas as pd  # is loaded: here is one of its columns

    numbers = pd.to_numeric(values, errors="coerce") if len(values) else values.astype("float64")
    _require_none((numbers.isna() & values.notna()).to_numpy(), values, dtype, name)
    return numbers.to_numpy()


def _require_none(wrong: Any, values: Any, dtype: DataType, name: Any) -> None:
    if wrong.any():
        row = int(wrong.argmax())
        (found,) = values.iloc[[row]].tolist()
        raise InvalidParameter(f"Column {name!r} is {dtype.name}, which row {row} cannot be: {found!r:.200}.")


def _instances(value: Any, schema: Schema | None) -> Any:
    if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        if others := [list(row) for row in value if row.keys() != value[0].keys()]:
            raise InvalidParameter(f"All rows have the same names, unlike {list(value[0])!r:.200} and {others[0]!r:.200}.")
        value = {name: [row[name] for row in value] for name in value[0]}
    return _tensors(value, schema)


def _tensors(value: Any, schema: Schema | None) -> Any:
    specs = {} if schema is None else schema.input_dict()
    if isinstance(value, Mapping):
        return {name: _tensor(v, getattr(specs.get(name), "type", None)) for name, v in value.items()}
    return _tensor(value, next(iter(specs.values())).type if len(specs) == 1 else None)


def _tensor(value: Any, dtype: Any) -> Any:
    import numpy as np  # the request is arrays

    array = np.array(value, dtype=dtype)
    if dtype is not None and array.dtype.kind in "iub":
        given = np.array(value)
        if given.dtype.kind in "iuf" and (wrong := given != array).any():
            raise InvalidParameter(f"The model takes a tensor of {dtype}, which {given[wrong][0].item()!r} cannot be.")
    return array
