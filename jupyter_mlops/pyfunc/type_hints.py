"""Type hints of a model's ``predict``: the schema that they say, and data made to be what they say.

A hint for many rows is ``list[...]`` of a scalar (int, float, str, bool, bytes, datetime), of a pydantic model, of lists or
dicts of them, or of ``Any``. Hints of data frames, series and arrays say nothing of columns and are no schema.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import inspect
import logging
import math
import sys
import types
import typing
from collections.abc import Callable
from typing import Any, NamedTuple

from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.types.columns import ColSpec
from jupyter_mlops.types.composites import AnyType, Array, Map, Object, Property
from jupyter_mlops.types.data_types import DataType
from jupyter_mlops.types.inference import is_instance_of
from jupyter_mlops.types.schema import Schema

__all__ = [
    "FuncInfo", "Hints", "InvalidHint", "checked", "convert_rows", "find_hints", "is_schema_hint", "schema_of_hint",
    "takes_context", "validate_model_input",
]  # fmt: skip

_log = logging.getLogger(__name__)
_SCALARS = {
    int: DataType.long, str: DataType.string, bool: DataType.boolean, float: DataType.double, bytes: DataType.binary,
    datetime.datetime: DataType.datetime,
}  # fmt: skip
_UNIONS = (typing.Union, types.UnionType)
_WANTED = (
    "Type hints of a model's input are list[...] of int, float, str, bool, bytes, datetime, a pydantic model, lists or "
    "dicts of these, or typing.Any."
)
_DATA = (("pandas", "DataFrame"), ("pandas", "Series"), ("numpy", "ndarray"), ("scipy.sparse", "csr_matrix"), ("scipy.sparse", "csc_matrix"))  # fmt: skip


class InvalidHint(InvalidParameter):
    """A hint that can never be a schema, such as ``list`` or ``dict[int, str]``: to be corrected, or left away."""


@dataclasses.dataclass
class Hints:
    """Hints of a function's data and of what it returns; None where there are none. MLflow's pickles hold it, too."""

    input: Any = None
    output: Any = None


class FuncInfo(NamedTuple):
    """Which argument a checked function looks at; MLflow's pickles hold it under this name."""

    input_type_hint: Any
    input_param_name: str


def takes_context(function: Callable[..., Any]) -> bool:
    """Whether a ``predict`` wants the context before its data: there are two arguments beside ``params``."""
    names = [name for name in inspect.signature(function).parameters if name not in ("self", "params")]
    return "context" in names or len(names) == 2


def _data_name(function: Callable[..., Any]) -> str | None:
    names = [name for name in inspect.signature(function).parameters if name != "self"]
    position = int(takes_context(function))
    return names[position] if position < len(names) else None


def find_hints(function: Callable[..., Any]) -> Hints:
    """Hints of a ``predict`` or of a function of data alone; none where they cannot be resolved."""
    function = function if hasattr(function, "__annotations__") else type(function).__call__
    try:
        hints = typing.get_type_hints(function)
        return Hints(hints.get(str(_data_name(function))), hints.get("return"))
    except Exception as error:  # hints are the user's code
        _log.warning("The type hints of %r cannot be read: %s", getattr(function, "__name__", function), error)
        return Hints()


def is_schema_hint(hint: Any) -> bool:
    """Whether a hint is there and is meant to say a schema."""
    data = [getattr(sys.modules[module], name) for module, name in _DATA if module in sys.modules]
    return hint is not None and not isinstance(hint, typing.TypeVar) and hint not in data


def schema_of_hint(hint: Any, many: bool = True) -> Schema:
    """The schema that a hint says: one column of what is in the list.

    Parameters
    ----------
    hint : type
    many : bool, default True
        Whether it must be ``list[...]``; the hint of an output may say one value.

    Raises
    ------
    InvalidHint
        It can never be a schema.
    InvalidParameter
        It is of no type that schemas know.

    Examples
    --------
    >>> schema_of_hint(list[dict[str, float]])
    [Map(str -> double) (required)]
    """
    if typing.get_origin(hint) is list or hint is list:
        hint = _element(hint)
    elif many:
        raise InvalidParameter(f"{_WANTED} Write list[{_text(hint)}] for many rows, not {_text(hint)}.")
    dtype, required = _type(hint)
    if not required:
        raise InvalidHint(
            f"The input of a model cannot be Optional, as in {_text(hint)}: use a pydantic model with optional fields."
        )
    return Schema([ColSpec(dtype)])


def _element(hint: Any) -> Any:
    arguments = typing.get_args(hint)
    if len(arguments) != 1:
        raise InvalidHint(f"A list is of one type: write list[str], not {_text(hint)}.")
    return arguments[0]


def _type(hint: Any) -> tuple[Any, bool]:
    """Type of a hint, and whether it must be there."""
    if hint is Any:
        return AnyType(), True
    if hint in _SCALARS:
        return _SCALARS[hint], True
    if _is_pydantic(hint):
        return _object(hint), True
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is list:
        return Array(_type(_element(hint))[0]), True
    if origin is dict:
        if len(arguments) != 2 or arguments[0] is not str:
            raise InvalidHint(f"The keys of a dict are text: write dict[str, ...], not {_text(hint)}.")
        return Map(_type(arguments[1])[0]), True
    if origin in _UNIONS:
        known = [argument for argument in arguments if argument is not type(None)]
        dtype = _type(known[0])[0] if len(known) == 1 else AnyType()
        return dtype, type(None) not in arguments
    if hint in (list, dict, typing.Optional, *_UNIONS):
        raise InvalidHint(f"{_text(hint)} needs the type of its elements. {_WANTED}")
    raise InvalidParameter(f"Unsupported type hint {_text(hint)}. {_WANTED}")


def _object(model: Any) -> Object:
    properties = []
    for name, field in model.model_fields.items():
        dtype, required = _type(field.annotation)
        if not required and field.is_required():
            raise InvalidHint(f"The optional field {name!r} of {model.__name__} needs a default: None.")
        properties.append(Property(name, dtype, required))
    return Object(properties)


def _is_pydantic(hint: Any) -> bool:
    pydantic = sys.modules.get("pydantic")
    return (
        pydantic is not None
        and isinstance(hint, type)
        and not typing.get_origin(hint)
        and issubclass(hint, pydantic.BaseModel)
    )


def _text(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) and not typing.get_origin(hint) else str(hint)


def checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` with its data made to be what its hint says, or refused; the function itself when that says no schema.

    Raises
    ------
    InvalidHint
        The hint can never be a schema.
    """
    hint = find_hints(function).input
    if getattr(function, "_is_pyfunc", False) or not is_schema_hint(hint):
        return function
    try:
        schema_of_hint(hint)
    except InvalidHint:
        raise
    except MlflowException:
        return function
    info = FuncInfo(hint, str(_data_name(function)))
    index = list(inspect.signature(function).parameters).index(info.input_param_name)

    @functools.wraps(function)
    def predict(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = validate_model_input(args, kwargs, index, info.input_type_hint, info.input_param_name)
        return function(*args, **kwargs)

    predict._is_pyfunc = True  # type: ignore[attr-defined]
    return predict


def validate_model_input(
    args: tuple[Any, ...], kwargs: dict[str, Any], index: int, hint: Any, name: str
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments with the data among them made to be what its hint says; what checked functions call, MLflow's ones too."""
    if name in kwargs:
        return args, {**kwargs, name: _validate(convert_rows(kwargs[name], hint), hint, name)}
    if len(args) > index:
        return (*args[:index], _validate(convert_rows(args[index], hint), hint, name), *args[index + 1 :]), kwargs
    return args, kwargs


_validate_model_input = validate_model_input  # by MLflow's name, for pickles


def convert_rows(data: Any, hint: Any) -> Any:
    """Rows of a data frame as the list that a hint says; other data as they are.

    Raises
    ------
    InvalidParameter
        The hint says no list.
    """
    if not is_instance_of(data, "pandas", "DataFrame") or not is_schema_hint(hint):
        return data
    if typing.get_origin(hint) is not list:
        raise InvalidParameter(f"A data frame is given to list[...] only, not to {_text(hint)}.")
    element = _element(hint)
    if (element is dict or _is_pydantic(element) or typing.get_origin(element) is dict) and list(data.columns) != [0]:
        return [_plain(row) for row in data.to_dict(orient="records")]
    if len(data.columns) != 1:
        _log.warning("Only the first of %d columns is given to %s.", len(data.columns), _text(hint))
    return [_plain(value) for value in data.iloc[:, 0].tolist()]


def _plain(value: Any) -> Any:
    """Lists for arrays, None for missing numbers: what hints can be checked on."""
    if is_instance_of(value, "numpy", "ndarray"):
        value = value.tolist()
    if isinstance(value, list):
        return [_plain(element) for element in value]
    if isinstance(value, dict):
        return {key: _plain(element) for key, element in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value


def _validate(data: Any, hint: Any, where: str) -> Any:
    if hint is Any:
        return data
    if hint in _SCALARS:
        if isinstance(data, hint):
            return data
        raise InvalidParameter(f"{where} is {_text(hint)}, not {data!r} ({type(data).__name__}).")
    if _is_pydantic(hint):
        return _validate_pydantic(data, hint, where)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is list and isinstance(data, list):
        return [_validate(value, arguments[0], f"{where}[{i}]") for i, value in enumerate(data)]
    if origin is dict and isinstance(data, dict) and all(isinstance(key, str) for key in data):
        return {key: _validate(value, arguments[1], f"{where}[{key!r}]") for key, value in data.items()}
    if origin in _UNIONS:
        known = [argument for argument in arguments if argument is not type(None)]
        is_one = len(known) == 1 and not (data is None and len(arguments) > 1)
        return _validate(data, known[0], where) if is_one else data
    raise InvalidParameter(f"{where} is {_text(hint)}, not {data!r} ({type(data).__name__}).")


def _validate_pydantic(data: Any, model: Any, where: str) -> Any:
    if isinstance(data, model):
        return data
    if not isinstance(data, dict):
        raise InvalidParameter(f"{where} is a {model.__name__} or a dict, not {data!r} ({type(data).__name__}).")
    try:
        model.model_validate(data, strict=True)  # "1" is no number
        return model(**data)
    except ValueError as error:
        raise InvalidParameter(f"{where} is no {model.__name__}: {error}") from error
