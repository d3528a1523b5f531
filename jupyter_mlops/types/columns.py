"""Types of columns, and the columns themselves."""

from __future__ import annotations

from enum import Enum
from typing import Any

from jupyter_mlops.errors import InvalidParameter

__all__ = ["ColSpec", "DataType"]


class DataType(Enum):
    """Type of a column, with MLflow's names; the value is the numpy dtype.

    Examples
    --------
    >>> DataType.of("long").value, str(DataType.double)
    ('int64', 'double')
    """

    boolean = "bool"
    integer = "int32"
    long = "int64"
    float = "float32"
    double = "float64"
    string = "str"
    binary = "bytes"
    datetime = "datetime64[ns]"

    def __str__(self) -> str:
        return self.name

    __repr__ = __str__

    @staticmethod
    def of(kind: str | DataType) -> DataType:
        """The type of that name.

        Raises
        ------
        InvalidParameter
            There is none.
        """
        if isinstance(kind, DataType):
            return kind
        try:
            return DataType[kind]
        except KeyError:
            names = ", ".join(DataType.__members__)
            raise InvalidParameter(f"There is no column type {kind!r}; types are {names}.") from None


class ColSpec:
    """One column of a schema.

    Parameters
    ----------
    type : DataType or str
        Such as ``"double"``.
    name : str, optional
    required : bool, default True

    Examples
    --------
    >>> ColSpec("double", "width")
    'width': double (required)
    """

    def __init__(self, type: str | DataType, name: str | None = None, required: bool = True) -> None:
        self.type = DataType.of(type)
        self.name = name
        self.required = required

    def to_dict(self) -> dict[str, Any]:
        """The column as MLflow writes it."""
        named = {} if self.name is None else {"name": self.name}
        return {"type": self.type.name, **named, "required": self.required}

    @classmethod
    def from_dict(cls, entry: dict[str, Any]) -> ColSpec:
        """The column that MLflow wrote."""
        return cls(entry["type"], entry.get("name"), entry.get("required", not entry.get("optional", False)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ColSpec) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash((self.type, self.name, self.required))

    def __repr__(self) -> str:
        words = f"{self.type} ({'required' if self.required else 'optional'})"
        return words if self.name is None else f"{self.name!r}: {words}"
