"""The params that a model takes beside its input."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.types.composites import Object, read_type, type_dict, type_from_dict
from jupyter_mlops.types.data_types import DataType

__all__ = ["ParamSchema", "ParamSpec"]

_FLOATS = (DataType.float, DataType.double)


class ParamSpec:
    """One param with its default.

    Parameters
    ----------
    name : str
    dtype : DataType or str
        Not ``binary``.
    default : Any
        Value of that type, or a list of them when `shape` is ``(-1,)``.
    shape : None or ``(-1,)``
        None for a single value.

    Raises
    ------
    InvalidParameter
        `default` is not of that type and shape.

    Examples
    --------
    >>> ParamSpec("top", "long", 3), ParamSpec("cuts", "double", [0.5], (-1,))
    ('top': long (default: 3), 'cuts': double (default: [0.5]) (shape: (-1,)))
    """

    def __init__(self, name: str, dtype: Any, default: Any, shape: Sequence[int] | None = None) -> None:
        self.name, self.dtype, self.default = str(name), read_type(dtype), default
        self.shape = None if shape is None else tuple(shape)
        if self.dtype is DataType.binary or not isinstance(self.dtype, (DataType, Object)):
            raise InvalidParameter(f"Param {name!r} cannot be of type {self.dtype!r}.")
        if self.shape not in (None, (-1,)):
            raise InvalidParameter(f"The shape of param {name!r} is None or (-1,), not {shape!r}.")
        self.default = self.convert(default)

    def convert(self, value: Any) -> Any:
        """`value` as the Python type that the param declares.

        Raises
        ------
        InvalidParameter
            It is of another type or shape.
        """
        if self.shape is None:
            return self._one(value)
        if hasattr(value, "tolist") and getattr(value, "ndim", 0) == 1:
            value = list(value)
        if not isinstance(value, list):
            raise InvalidParameter(f"Param {self.name!r} is a list of {self.dtype!r}, not {value!r}.")
        return [self._one(one) for one in value]

    def _one(self, value: Any) -> Any:
        try:
            return self._scalar(value)
        except (ArithmeticError, AttributeError, TypeError) as error:  # an int that no float holds, an array
            raise InvalidParameter(f"Param {self.name!r} is of type {self.dtype!r}, not {value!r}: {error}") from error

    def _scalar(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(self.dtype, Object):
            return self._object(value)
        if self.dtype is DataType.datetime:
            return self._datetime(value)
        if hasattr(value, "dtype") and hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
            value = value.item()
        wanted = self.dtype.to_python()  # type: ignore[union-attr]
        if type(value) is wanted or (type(value) is int and self.dtype in _FLOATS):
            return wanted(value)
        raise InvalidParameter(
            f"Param {self.name!r} is of type {self.dtype!r}: cannot convert {value!r} ({type(value).__name__}) safely."
        )

    def _object(self, value: Any) -> Any:
        assert isinstance(self.dtype, Object)
        known = {p.name: p.required for p in self.dtype.properties}
        if not isinstance(value, Mapping) or set(value) - set(known) or {k for k in known if known[k]} - set(value):
            raise InvalidParameter(f"Param {self.name!r} is an object {self.dtype!r}, not {value!r}.")
        return value

    def _datetime(self, value: Any) -> Any:
        if hasattr(value, "item") and not isinstance(value, datetime.date):
            value = value.astype("datetime64[us]").item() if getattr(value.dtype, "kind", "") == "M" else value.item()
        if isinstance(value, str):
            try:
                return (datetime.date if len(value) == len("2024-01-02") else datetime.datetime).fromisoformat(value)
            except ValueError:
                pass
        if isinstance(value, datetime.date):
            return value
        raise InvalidParameter(f"Param {self.name!r} is a date or time, or its ISO text, not {value!r}.")

    def to_dict(self) -> dict[str, Any]:
        """The param as MLflow writes it to JSON."""
        default = self.default
        if self.dtype is DataType.datetime:
            default = [v.isoformat() for v in default] if self.shape else default and default.isoformat()
        shape = None if self.shape is None else list(self.shape)
        return {"name": self.name, "default": default, "shape": shape, **type_dict(self.dtype)}

    @classmethod
    def from_json_dict(cls, **form: Any) -> ParamSpec:
        """A param from its JSON form; older files say ``dtype`` for ``type``."""
        dtype = type_from_dict({**form, "type": form.get("type") or form.get("dtype")})
        return cls(form["name"], dtype, form["default"], form.get("shape"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParamSpec) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        shape = f" (shape: {self.shape})" if self.shape is not None else ""
        return f"{self.name!r}: {self.dtype!r} (default: {self.default}){shape}"


class ParamSchema:
    """All params of a model, with different names."""

    def __init__(self, params: Sequence[ParamSpec]) -> None:
        if not all(isinstance(p, ParamSpec) for p in params):
            raise InvalidParameter(f"A ParamSchema needs a list of ParamSpec, not {params!r}.")
        names = [p.name for p in params]
        if len(set(names)) != len(names):
            raise InvalidParameter(f"Params need different names: {names}.")
        self.params = list(params)

    def to_dict(self) -> list[dict[str, Any]]:
        """The params as MLflow writes them to JSON."""
        return [p.to_dict() for p in self.params]

    def to_json(self) -> str:
        """The JSON text."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, json_str: str) -> ParamSchema:
        """Params from their JSON text."""
        return cls([ParamSpec.from_json_dict(**form) for form in json.loads(json_str)])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParamSchema) and self.params == other.params

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return repr(self.params)
