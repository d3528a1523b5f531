"""The JSON that a scoring server takes, as the data that a model takes."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.types.data_types import DataType
from jupyter_mlops.types.schema import Schema

__all__ = ["read_serving_input"]

_FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")


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
    found = [name for name in _FORMS if name in form]
    if len(found) != 1 or set(form) - {*found, "params"}:
        raise InvalidParameter(
            f"A request has exactly one of {', '.join(_FORMS)}, and maybe params; this one: {sorted(form)}."
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
        raise InvalidParameter(f"The request is a JSON object, not {type(form).__name__}.")
    return form


def _data(name: str, value: Any, schema: Schema | None) -> Any:
    is_tensor = schema is not None and schema.is_tensor_spec()
    if name == "inputs":
        return _tensors(value, schema) if schema is not None and is_tensor else value
    if name == "instances":
        return _instances(value, schema) if is_tensor or schema is None else _frame(value, schema)
    import pandas as pd  # the request is a frame

    if name == "dataframe_records":
        return _frame(value, schema)
    if not isinstance(value, Mapping) or "data" not in value or set(value) - {"columns", "data", "index"}:
        raise InvalidParameter(f"dataframe_split has data, and maybe columns and index, not {value!r}.")
    return _typed(pd.DataFrame(value["data"], index=value.get("index"), columns=value.get("columns")), schema)


def _frame(rows: Any, schema: Schema | None) -> Any:
    import pandas as pd  # the request is a frame

    if not isinstance(rows, list):
        raise InvalidParameter(f"Rows are a list, not {type(rows).__name__}.")
    return _typed(pd.DataFrame(rows), schema)


def _typed(frame: Any, schema: Schema | None) -> Any:
    if schema is None or schema.is_tensor_spec():
        return frame
    names = schema.input_names() if schema.has_input_names() else list(frame.columns)
    for name, spec in zip(names, schema.inputs, strict=False):
        if name in frame.columns and isinstance(spec.type, DataType):
            frame[name] = _column(frame[name], spec.type)
    return frame


def _column(values: Any, dtype: DataType) -> Any:
    """A column with the dtype of a schema, unless that would lose something: the schema says what then."""
    if dtype is DataType.binary:
        return values.map(lambda v: base64.b64decode(v) if isinstance(v, str) else v)
    if dtype in (DataType.string, DataType.datetime) or values.dtype.kind not in "iuf" or values.isna().any():
        return values.astype("float64") if dtype is DataType.double and values.dtype.kind in "iu" else values
    if dtype is DataType.boolean:
        return values
    converted = values.astype(dtype.to_pandas())
    return converted if dtype is DataType.float or (converted == values).all() else values


def _instances(value: Any, schema: Schema | None) -> Any:
    if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        value = {name: [row[name] for row in value] for name in value[0]}
    return _tensors(value, schema)


def _tensors(value: Any, schema: Schema | None) -> Any:
    import numpy as np  # the request is arrays

    specs = {} if schema is None else schema.input_dict()
    if isinstance(value, Mapping):
        return {name: np.array(v, dtype=getattr(specs.get(name), "type", None)) for name, v in value.items()}
    dtype = next(iter(specs.values())).type if len(specs) == 1 else None
    return np.array(value, dtype=dtype)
