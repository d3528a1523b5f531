"""From the JSON or query of a request to a checked record, by the protocol's rules.

Numbers may be texts and texts of numbers numbers where they are whole, NaN and infinities are texts, ``camelCase`` names are
taken for ours, unknown names are ignored, and a name that is repeated in a query is a list.
"""

from __future__ import annotations

import functools
import re
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.errors import InvalidParameter

__all__ = ["Empty", "Int64", "OfRun", "Pair", "Text", "read_body", "read_json", "read_view"]

Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Text = Annotated[str, msgspec.Meta(min_length=1)]
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_MISSING = re.compile(r"Object missing required field `(\w+)`(?: - at `\$\.?(.*)`)?")
_WHERE = re.compile(r"(.*) - at `\$\.?(.*)`", re.DOTALL)
T = TypeVar("T", bound=msgspec.Struct)


class Empty(msgspec.Struct, frozen=True):
    """No arguments."""


class OfRun(msgspec.Struct, frozen=True):
    """What is about one run, by its id, or by the name that this had once."""

    run_id: str = ""
    run_uuid: str = ""

    @property
    def run(self) -> str:
        """The run that is meant; one must be said."""
        if not (self.run_id or self.run_uuid):
            raise InvalidParameter("Missing value for required parameter 'run_id'.")
        return self.run_id or self.run_uuid


class Pair(msgspec.Struct, frozen=True):
    """A key and its text, as tags and params are sent."""

    key: Text
    value: str = ""


def read_json(body: bytes | bytearray) -> dict[str, Any]:
    """The object that stands in a body, which is none where there is no body.

    Raises
    ------
    InvalidParameter

    Examples
    --------
    >>> read_json(b'{"run_id": "a"}'), read_json(b"")
    ({'run_id': 'a'}, {})
    """
    try:
        return msgspec.json.decode(body or b"{}", type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise InvalidParameter(f"The body is not a JSON object: {error}.") from None


def read_body(form: type[T], arguments: dict[str, Any]) -> T:
    """The arguments as a record.

    Raises
    ------
    InvalidParameter
        One that is missing or of another type; the message names it, with its index in a list.

    Examples
    --------
    >>> class Point(msgspec.Struct):
    ...     key: Text
    ...     value: float
    ...     run_ids: list[str] = []
    >>> read_body(Point, {"key": "loss", "value": "NaN", "runIds": "a", "new": 1})
    Point(key='loss', value=nan, run_ids=['a'])
    >>> read_body(Point, {"key": "loss"})
    Traceback (most recent call last):
    jupyter_mlops.errors.InvalidParameter: Missing value for required parameter 'value'.
    """
    named = _our_names(form, arguments)
    for name in _lists(form):
        if isinstance(named.get(name), str):
            named[name] = [named[name]]
    try:
        return msgspec.convert(named, form, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidParameter(_said(str(error))) from None


def _our_names(form: type[msgspec.Struct], arguments: dict[str, Any]) -> dict[str, Any]:
    fields = set(form.__struct_fields__)
    named: dict[str, Any] = {}
    for given, value in arguments.items():
        name = given if given in fields else _CAPITAL.sub(lambda found: "_" + found[1].lower(), given)
        if name in named and name in fields:
            raise InvalidParameter(f"The parameter {name!r} is given twice, in two spellings.")
        if value is not None or name not in fields:  # null means not given
            named[name] = value
    return named


@functools.cache
def _lists(form: type[msgspec.Struct]) -> list[str]:
    hints = get_type_hints(form)
    return [name for name, hint in hints.items() if list in (get_origin(hint), *map(get_origin, get_args(hint)))]


def _said(error: str) -> str:
    if missing := _MISSING.fullmatch(error):
        name, place = missing[1], missing[2]
        return f"Missing value for required parameter '{place + '.' if place else ''}{name}'."
    if found := _WHERE.fullmatch(error):
        if "length >= 1" in found[1]:
            return f"Missing value for required parameter '{found[2]}'."
        return f"Invalid value for parameter '{found[2]}': {found[1]}."
    return f"The request cannot be read: {error}."


def read_view(given: str | int | None) -> int:
    """Number of a view type, by its name or number; active things for none.

    Examples
    --------
    >>> read_view(None), read_view("ALL"), read_view(2)
    (1, 3, 2)
    """
    if given is None or given == "":
        return ViewType.ACTIVE_ONLY
    numbers = {name: getattr(ViewType, name) for name in ("ACTIVE_ONLY", "DELETED_ONLY", "ALL")}
    number = given if isinstance(given, int) else numbers.get(given.upper())
    if number is None or number not in numbers.values():
        raise InvalidParameter(f"There is no view type {given!r}; there are {', '.join(numbers)}.")
    return int(number)
