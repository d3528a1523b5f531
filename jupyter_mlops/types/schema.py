"""Schemas: lists of columns, or of tensors; and the params of a prediction."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.types.columns import ColSpec, DataType

__all__ = ["ColSpec", "DataType", "ParamSchema", "ParamSpec", "Schema", "TensorSpec"]


class TensorSpec:
    """One tensor of a schema.

    Parameters
    ----------
    type : numpy.dtype
    shape : tuple of int
        -1 where any size is taken.
    name : str, optional

    Examples
    --------
    >>> import numpy as np
    >>> TensorSpec(np.dtype("float32"), (-1, 3))
    Tensor('float32', (-1, 3))
    """

    def __init__(self, type: Any, shape: Sequence[int], name: str | None = None) -> None:
        self.type = type
        self.shape = tuple(int(size) for size in shape)
        self.name = name

    def to_dict(self) -> dict[str, Any]:
        """The tensor as MLflow writes it."""
        named = {} if self.name is None else {"name": self.name}
        return {**named, "type": "tensor", "tensor-spec": {"dtype": self.type.name, "shape": list(self.shape)}}

    @classmethod
    def from_dict(cls, entry: dict[str, Any]) -> TensorSpec:
        """The tensor that MLflow wrote."""
        import numpy as np

        spec = entry["tensor-spec"]
        return cls(np.dtype(spec["dtype"]), spec["shape"], entry.get("name"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorSpec) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash((self.type, self.shape, self.name))

    def __repr__(self) -> str:
        words = f"Tensor({self.type.name!r}, {self.shape})"
        return words if self.name is None else f"{self.name!r}: {words}"


class Schema:
    """All columns, or all tensors, that a model takes or gives.

    Parameters
    ----------
    inputs : list of ColSpec or list of TensorSpec
        All named or none.

    Raises
    ------
    InvalidParameter
        Nothing, a mixture, or only some are named.

    Examples
    --------
    >>> schema = Schema([ColSpec("double", "width"), ColSpec("string", "kind", required=False)])
    >>> schema.input_names(), schema.required_input_names()
    (['width', 'kind'], ['width'])
    """

    def __init__(self, inputs: Sequence[ColSpec | TensorSpec]) -> None:
        kinds = {type(spec) for spec in inputs}
        if not inputs or len(kinds) != 1 or not kinds <= {ColSpec, TensorSpec}:
            raise InvalidParameter("A schema is a list of ColSpec, or of TensorSpec, with at least one of them.")
        if len({spec.name is None for spec in inputs}) != 1:
            raise InvalidParameter("Either all inputs of a schema are named, or none.")
        if kinds == {TensorSpec} and len(inputs) > 1 and inputs[0].name is None:
            raise InvalidParameter("Several tensors must be named.")
        self.inputs = list(inputs)

    def is_tensor_spec(self) -> bool:
        """Whether the schema is of tensors."""
        return isinstance(self.inputs[0], TensorSpec)

    def has_input_names(self) -> bool:
        """Whether the inputs are named."""
        return self.inputs[0].name is not None

    def input_names(self) -> list[Any]:
        """Names of the inputs, or their numbers when they are not named."""
        return [spec.name if spec.name is not None else number for number, spec in enumerate(self.inputs)]

    def required_input_names(self) -> list[Any]:
        """Names of the columns that may not be missing."""
        names = zip(self.input_names(), self.inputs, strict=True)
        return [name for name, spec in names if getattr(spec, "required", True)]

    def input_types(self) -> list[Any]:
        """Types of the inputs."""
        return [spec.type for spec in self.inputs]

    def to_dict(self) -> list[dict[str, Any]]:
        """The schema as MLflow writes it."""
        return [spec.to_dict() for spec in self.inputs]

    def to_json(self) -> str:
        """The schema as JSON text."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> Schema:
        """The schema that MLflow wrote."""
        read = [(TensorSpec if entry["type"] == "tensor" else ColSpec).from_dict(entry) for entry in json.loads(text)]
        return cls(read)

    def __iter__(self) -> Iterator[ColSpec | TensorSpec]:
        return iter(self.inputs)

    def __len__(self) -> int:
        return len(self.inputs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and self.inputs == other.inputs

    def __hash__(self) -> int:
        return hash(tuple(self.inputs))

    def __repr__(self) -> str:
        return repr(self.inputs)


class ParamSpec:
    """One param of a prediction: a name, a type and a default."""

    def __init__(self, name: str, dtype: str | DataType, default: Any, shape: tuple[int, ...] | None = None) -> None:
        self.name, self.dtype, self.default, self.shape = name, DataType.of(dtype), default, shape

    def to_dict(self) -> dict[str, Any]:
        """The param as MLflow writes it."""
        shape = None if self.shape is None else list(self.shape)
        return {"name": self.name, "default": self.default, "shape": shape, "type": self.dtype.name}

    @classmethod
    def from_dict(cls, entry: dict[str, Any]) -> ParamSpec:
        """The param that MLflow wrote."""
        shape = entry.get("shape")
        return cls(
            entry["name"],
            entry.get("type") or entry["dtype"],
            entry["default"],
            None if shape is None else tuple(shape),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParamSpec) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash((self.name, self.dtype))

    def __repr__(self) -> str:
        return f"{self.name!r}: {self.dtype} (default: {self.default!r})"


class ParamSchema:
    """All params of a prediction."""

    def __init__(self, params: Sequence[ParamSpec]) -> None:
        if len({param.name for param in params}) != len(params):
            raise InvalidParameter("Two params of a schema have the same name.")
        self.params = list(params)

    def to_json(self) -> str:
        """The params as JSON text."""
        return json.dumps([param.to_dict() for param in self.params])

    @classmethod
    def from_json(cls, text: str) -> ParamSchema:
        """The params that MLflow wrote."""
        return cls([ParamSpec.from_dict(entry) for entry in json.loads(text)])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParamSchema) and self.params == other.params

    def __hash__(self) -> int:
        return hash(tuple(self.params))

    def __repr__(self) -> str:
        return repr(self.params)
