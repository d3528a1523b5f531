"""A model's input made to fit its signature, or refused."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.entities.variables import DISABLE_SCHEMA_DETAILS
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.models.conversions import convert_column
from jupyter_mlops.models.tensors import fit_tensors
from jupyter_mlops.types.composites import Array
from jupyter_mlops.types.data_types import DataType
from jupyter_mlops.types.inference import is_instance_of
from jupyter_mlops.types.params import ParamSchema
from jupyter_mlops.types.schema import Schema

__all__ = ["fit_input", "fit_params", "validate_schema"]

_log = logging.getLogger(__name__)
_NUMBERS = frozenset((DataType.boolean, DataType.integer, DataType.long, DataType.float, DataType.double))


def fit_input(data: Any, schema: Schema | None) -> Any:
    """`data` as the schema declares it; untouched without a schema.

    Raises
    ------
    InvalidParameter
        It does not fit; the text has the schema unless ``MLFLOW_DISABLE_SCHEMA_DETAILS`` is set.
    """
    if schema is None:
        return data
    try:
        return fit_tensors(data, schema) if schema.is_tensor_spec() else _fit_columns(data, schema)
    except Exception as error:  # data are the user's, as are the objects in them: whatever pandas makes of these
        details = "" if DISABLE_SCHEMA_DETAILS.get() else f" The model takes {schema}."
        raise InvalidParameter(f"{error}{details}") from error


def validate_schema(data: Any, expected_schema: Schema) -> None:
    """Check data against a schema.

    Raises
    ------
    InvalidParameter
        It does not fit.
    """
    fit_input(data, expected_schema)


def _fit_columns(data: Any, schema: Schema) -> Any:
    frame = _to_frame(data, schema)
    if _fits(frame, schema):
        return frame.copy()  # what a model does with it is not done to the caller's
    frame = _named(frame, schema) if schema.has_input_names() else _positional(frame, schema)
    known = schema.input_dict() if schema.has_input_names() else dict(zip(frame.columns, schema.inputs, strict=True))
    return _converted(frame, known)


def _fits(frame: Any, schema: Schema) -> bool:
    """Whether these are the schema's columns in its order, numbers all, and of its types."""
    specs = schema.inputs
    if not schema.has_input_names() or len(specs) != len(frame.columns):
        return False
    if not all(isinstance(spec.type, DataType) and spec.type in _NUMBERS and spec.name == name for spec, name in zip(specs, frame.columns, strict=True)):
        return False
    return all(dtype == spec.type.to_numpy() for spec, dtype in zip(specs, frame.dtypes, strict=True))


def _converted(frame: Any, known: Mapping[Any, Any]) -> Any:
    import pandas as pd  # only when data is looked at

    columns = {n: convert_column(frame[n], known[n].type, n, known[n].required) for n in frame.columns}
    return pd.DataFrame(columns, index=frame.index)


def _named(frame: Any, schema: Schema) -> Any:
    names = schema.input_names()
    missing = [n for n in schema.required_input_names() if n not in frame.columns]
    extra = [n for n in frame.columns if n not in set(names)]
    if missing:
        unused = f" Columns that it does not take: {', '.join(map(str, extra))}." if extra else ""
        raise InvalidParameter(f"The data lacks what the model takes: {', '.join(map(str, missing))}.{unused}")
    if extra:
        _log.warning("Columns that the model does not take are left out: %s.", extra)
    return frame[[n for n in names if n in frame.columns]]


def _positional(frame: Any, schema: Schema) -> Any:
    wanted = len(schema.inputs)
    if len(frame.columns) < wanted:
        raise InvalidParameter(
            f"The data lacks what the model takes: {wanted} columns, {len(frame.columns)} were given."
        )
    return frame.iloc[:, :wanted]


def _to_frame(data: Any, schema: Schema) -> Any:
    import pandas as pd  # only when data is looked at

    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, pd.Series):
        return data.to_frame()
    if isinstance(data, Mapping):
        return pd.DataFrame([dict(data)]) if _is_one_row(data, schema) else pd.DataFrame(dict(data))
    if isinstance(data, list) or is_instance_of(data, "numpy", "ndarray"):
        if len(schema.inputs) == 1 and isinstance(schema.inputs[0].type, Array) and isinstance(data, list):
            return pd.DataFrame({0: data})
        return pd.DataFrame(data)
    if isinstance(data, (str, bytes, int, float, bool)) or is_instance_of(data, "numpy", "generic"):
        return pd.DataFrame([data])
    raise InvalidParameter(f"Expected a DataFrame, or data that makes one, not {type(data).__name__}.")


def _is_one_row(data: Mapping[Any, Any], schema: Schema) -> bool:
    arrays = {n for n, x in schema.input_dict().items() if isinstance(x.type, Array)}
    for name, value in data.items():
        is_list = isinstance(value, (list, tuple)) or getattr(value, "ndim", 0) > 0
        if not is_list:
            return True
        if name in arrays and not (len(value) and (isinstance(value[0], list) or getattr(value[0], "ndim", 0) > 0)):
            return True
    return False


def fit_params(params: Mapping[str, Any] | None, schema: ParamSchema | None) -> dict[str, Any]:
    """Params with defaults for those not given; unknown ones are left out with a warning.

    Raises
    ------
    InvalidParameter
        Values of other types than declared; all are listed.
    """
    given = dict(params or {})
    if schema is None:
        if given:
            _log.warning("The model's signature has no params, so these are ignored: %s.", sorted(map(str, given)))
        return {}
    known = {p.name: p for p in schema.params}
    if unknown := [name for name in given if name not in known]:
        _log.warning("Params that the model's signature does not have are ignored: %s.", unknown)
    fitted, wrong = {}, []
    for name, spec in known.items():
        try:
            fitted[name] = spec.convert(given[name]) if name in given else spec.default
        except InvalidParameter as error:
            wrong.append(str(error))
    if wrong:
        raise InvalidParameter("Invalid params: " + " ".join(wrong))
    return fitted
