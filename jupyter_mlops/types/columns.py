"""One input or output of a model: a column or a tensor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_mlops.types.composites import BaseType, is_required, read_type, type_dict, type_from_dict
from jupyter_mlops.types.data_types import DataType

__all__ = ["ColSpec", "TensorSpec"]


class ColSpec:
    """A column.

    Parameters
    ----------
    type : DataType, str, Array, Object, Map or AnyType
    name : str, optional
    required : bool, default True

    Examples
    --------
    >>> ColSpec("long", "age"), ColSpec("string", "note", required=False).to_dict()
    ('age': long (required), {'type': 'string', 'name': 'note', 'required': False})
    """

    def __init__(self, type: Any, name: Any = None, required: bool = True) -> None:
        self.type: DataType | BaseType = read_type(type)
        self.name = name
        self.required = required

    def to_dict(self) -> dict[str, Any]:
        """The column as MLflow writes it to JSON."""
        named = {} if self.name is None else {"name": self.name}
        return {**type_dict(self.type), **named, "required": self.required}

    @classmethod
    def from_json_dict(cls, **form: Any) -> ColSpec:
        """A column from its JSON form."""
        return cls(type_from_dict(form), form.get("name"), is_required(form))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ColSpec) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        text = f"{self.type!r} ({'required' if self.required else 'optional'})"
        return text if self.name is None else f"{self.name!r}: {text}"


class TensorSpec:
    """An array.

    Parameters
    ----------
    type : numpy.dtype
    shape : tuple of int
        -1 where any size will do.
    name : str, optional

    Examples
    --------
    >>> import numpy as np
    >>> TensorSpec(np.dtype("float32"), (-1, 3))
    Tensor('float32', (-1, 3))
    """

    required = True

    def __init__(self, type: Any, shape: Sequence[int], name: str | None = None) -> None:
        import numpy as np  # only when a tensor is described

        if not isinstance(type, np.dtype):
            raise TypeError(f"The type of a TensorSpec is a numpy.dtype, not {type!r}.")
        if isinstance(shape, (str, bytes)) or not isinstance(shape, Sequence):
            raise TypeError(f"The shape of a TensorSpec is a tuple of int, not {shape!r}.")
        if type.kind in "US":
            type = np.dtype(type.kind + "0")  # texts of any length
        self.type, self.shape, self.name = type, tuple(int(n) for n in shape), name

    def to_dict(self) -> dict[str, Any]:
        """The tensor as MLflow writes it to JSON."""
        named = {} if self.name is None else {"name": self.name}
        return {**named, "type": "tensor", "tensor-spec": {"dtype": self.type.name, "shape": list(self.shape)}}

    @classmethod
    def from_json_dict(cls, **form: Any) -> TensorSpec:
        """A tensor from its JSON form."""
        import numpy as np  # only when a tensor is described

        spec = form["tensor-spec"]
        return cls(np.dtype(spec["dtype"]), tuple(spec["shape"]), form.get("name"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorSpec) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        text = f"Tensor({self.type.name!r}, {self.shape!r})"
        return text if self.name is None else f"{self.name!r}: {text}"
