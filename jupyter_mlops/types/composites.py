"""Types made of types: arrays, objects, maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.types.data_types import DataType

__all__ = ["AnyType", "Array", "BaseType", "Map", "Object", "Property", "read_type", "type_dict", "type_from_dict"]


class BaseType:
    """What the composite types share: they are equal when their JSON is."""

    def to_dict(self) -> dict[str, Any]:
        """The type as MLflow writes it to JSON."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.to_dict() == other.to_dict()  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(repr(self))


class AnyType(BaseType):
    """Whatever there is; what is known of a column of nulls."""

    def to_dict(self) -> dict[str, Any]:
        return {"type": "any"}

    def __repr__(self) -> str:
        return "Any"


class Array(BaseType):
    """Lists of one type.

    Examples
    --------
    >>> Array("long"), Array(Array(DataType.double)).to_dict()
    (Array(long), {'type': 'array', 'items': {'type': 'array', 'items': {'type': 'double'}}})
    """

    def __init__(self, dtype: Any) -> None:
        self.dtype = read_type(dtype)

    def to_dict(self) -> dict[str, Any]:
        return {"type": "array", "items": type_dict(self.dtype)}

    def __repr__(self) -> str:
        return f"Array({self.dtype!r})"


class Map(BaseType):
    """Dicts with text keys of any name and values of one type."""

    def __init__(self, value_type: Any) -> None:
        self.value_type = read_type(value_type)

    def to_dict(self) -> dict[str, Any]:
        return {"type": "map", "values": type_dict(self.value_type)}

    def __repr__(self) -> str:
        return f"Map(str -> {self.value_type!r})"


class Property(BaseType):
    """One key of an `Object`."""

    def __init__(self, name: str, dtype: Any, required: bool = True) -> None:
        self.name, self.dtype, self.required = str(name), read_type(dtype), required

    def to_dict(self) -> dict[str, Any]:
        return {self.name: {**type_dict(self.dtype), "required": self.required}}

    def __repr__(self) -> str:
        return f"{self.name}: {self.dtype!r} ({'required' if self.required else 'optional'})"


class Object(BaseType):
    """Dicts with given keys, kept in the order of their names.

    Examples
    --------
    >>> Object([Property("x", "double"), Property("note", "string", required=False)])
    {note: string (optional), x: double (required)}
    """

    def __init__(self, properties: Sequence[Property]) -> None:
        names = [p.name for p in properties if isinstance(p, Property)]
        if not names or len(names) != len(properties):
            raise InvalidParameter(f"An Object needs a list of Property, at least one, not {properties!r}.")
        if len(set(names)) != len(names):
            raise InvalidParameter(f"The properties of an Object need different names: {names}.")
        self.properties = sorted(properties, key=lambda p: p.name)

    def to_dict(self) -> dict[str, Any]:
        return {"type": "object", "properties": {k: v for p in self.properties for k, v in p.to_dict().items()}}

    def __repr__(self) -> str:
        return "{" + ", ".join(map(repr, self.properties)) + "}"


def read_type(given: Any) -> DataType | BaseType:
    """A type from what a user gave: a type, or the name of a scalar type.

    Raises
    ------
    MlflowException
        It is no type.
    """
    if isinstance(given, str):
        if given in DataType.__members__:
            return DataType[given]
        raise MlflowException(f"Unknown type {given!r}: use one of {', '.join(DataType.__members__)}.")
    if isinstance(given, Property) or not isinstance(given, (DataType, BaseType)):
        raise MlflowException(f"Expected a DataType, its name, an Array, Object, Map or AnyType, not {given!r}.")
    return given


def type_dict(dtype: DataType | BaseType) -> dict[str, Any]:
    """Any type as MLflow writes it to JSON."""
    return {"type": dtype.name} if isinstance(dtype, DataType) else dtype.to_dict()


def type_from_dict(form: Mapping[str, Any]) -> DataType | BaseType:
    """A type from its JSON form.

    Raises
    ------
    MlflowException
        The form is none that is known.
    """
    kind = form.get("type")
    if kind == "array" and "items" in form:
        return Array(type_from_dict(form["items"]))
    if kind == "map" and "values" in form:
        return Map(type_from_dict(form["values"]))
    if kind == "object" and "properties" in form:
        return Object([Property(k, type_from_dict(v), is_required(v)) for k, v in form["properties"].items()])
    return AnyType() if kind == "any" else read_type(kind)


def is_required(form: Mapping[str, Any]) -> bool:
    """Whether a column or key must be there; older files say ``optional``, or nothing."""
    return bool(form.get("required", not form.get("optional", False)))
