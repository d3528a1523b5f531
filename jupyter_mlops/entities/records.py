"""The base of all entities: frozen records with MLflow's readable ``repr``."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["Entity"]


class Entity(msgspec.Struct, frozen=True, kw_only=False):
    """A frozen record, shown as ``<Class: field=value, …>`` with the fields sorted.

    Examples
    --------
    >>> class Point(Entity, frozen=True):
    ...     y: int
    ...     x: int
    >>> Point(1, 2)
    <Point: x=2, y=1>
    """

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in sorted(self.__struct_fields__))
        return f"<{type(self).__name__}: {fields}>"

    def to_dictionary(self) -> dict[str, Any]:
        """The record and all records in it as plain dicts and lists."""
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]
