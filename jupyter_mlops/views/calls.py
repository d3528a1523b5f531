"""Functions that are called by name, with parameters that come from outside: both are checked first."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

import msgspec

from jupyter_mlops.errors import InvalidParameter, MlflowException, NotFound

__all__ = ["call_named", "check_stretch", "error_message"]


def call_named(
    functions: Mapping[str, Callable[..., Any]], what: str, name: str, parameters: Mapping[str, Any], *given: Any
) -> Any:
    """What a function of a table returns, as plain dicts and lists; bytes as they are.

    Parameters
    ----------
    functions : mapping of str to callable
    what : str
        What they are, for messages: ``"view"``.
    parameters : mapping
        By keyword; the function's annotations say which there are and of what types.
    *given
        First arguments, which the caller knows.

    Raises
    ------
    NotFound
        There is no function of that name.
    InvalidParameter
        A parameter that it does not have, or of another type, or a missing one.

    Examples
    --------
    >>> def add(first: int, second: int = 1) -> int:
    ...     return first + second
    >>> call_named({"add": add}, "sum", "add", {"second": 3}, 2)
    5
    >>> call_named({"add": add}, "sum", "add", {"second": "3"}, 2)
    Traceback (most recent call last):
    jupyter_mlops.errors.InvalidParameter: The sum 'add' takes second: Expected `int`, got `str` - at `$.second`.
    """
    if name not in functions:
        raise NotFound(f"There is no {what} {name!r}; there are {', '.join(functions)}.")
    form = _form(functions[name], len(given))
    try:
        checked = msgspec.convert(dict(parameters), form)
    except msgspec.ValidationError as error:
        known = ", ".join(form.__struct_fields__)
        raise InvalidParameter(f"The {what} {name!r} takes {known}: {error}.") from None
    found = functions[name](*given, **{field: getattr(checked, field) for field in form.__struct_fields__})
    return found if isinstance(found, bytes) else msgspec.to_builtins(found)


def check_stretch(limit: int, offset: int, most: int, end: float = math.inf) -> None:
    """Let a stretch of a list pass that has 1 to `most` places and begins before `end`.

    Raises
    ------
    InvalidParameter
        Another one.

    Examples
    --------
    >>> check_stretch(0, 0, 500)
    Traceback (most recent call last):
    jupyter_mlops.errors.InvalidParameter: limit is from 1 to 500 and offset not below 0, not 0 and 0.
    """
    if not 1 <= limit <= most or not 0 <= offset < end:
        raise InvalidParameter(f"limit is from 1 to {most} and offset not below 0, not {limit} and {offset}.")


def error_message(error: MlflowException) -> dict[str, Any]:
    """An error as the page reads it.

    Examples
    --------
    >>> error_message(NotFound("No model 'x'."))
    {'error_code': 'RESOURCE_DOES_NOT_EXIST', 'message': "No model 'x'."}
    """
    return {**error.json_kwargs, "error_code": error.error_code, "message": error.message}


@functools.cache
def _form(function: Callable[..., Any], given: int) -> type[msgspec.Struct]:
    """A record of the parameters after the first `given` ones."""
    types = get_type_hints(function)
    fields: list[Any] = [
        (one.name, types[one.name]) if one.default is one.empty else (one.name, types[one.name], one.default)
        for one in list(inspect.signature(function).parameters.values())[given:]
    ]
    return msgspec.defstruct("Parameters", fields, kw_only=True, forbid_unknown_fields=True)
