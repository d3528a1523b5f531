"""The inputs or outputs of a model, all together; MLflow's name for the door to all types."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.types.columns import ColSpec, TensorSpec
from jupyter_mlops.types.composites import AnyType, Array, Map, Object, Property
from jupyter_mlops.types.data_types import DataType
from jupyter_mlops.types.params import ParamSchema, ParamSpec

__all__ = [
    "AnyType", "Array", "ColSpec", "DataType", "Map", "Object", "ParamSchema", "ParamSpec", "Property", "Schema",
    "TensorSpec",
]  # fmt: skip


class Schema:
    """Columns, or tensors.

    Parameters
    ----------
    inputs : list of ColSpec or list of TensorSpec
        Not empty; all named or none, and several tensors must be named, as must be what is optional.

    Raises
    ------
    MlflowException
        Any of this is not so.

    Examples
    --------
    >>> schema = Schema([ColSpec("double", "a"), ColSpec("string", "b", required=False)])
    >>> schema
    ['a': double (required), 'b': string (optional)]
    >>> Schema.from_json(schema.to_json()) == schema
    True
    """

    def __init__(self, inputs: Sequence[ColSpec | TensorSpec]) -> None:
        if not isinstance(inputs, Sequence) or not inputs:
            raise MlflowException(f"A Schema needs a list with at least one ColSpec or TensorSpec, not {inputs!r}.")
        kinds = [kind for kind in (ColSpec, TensorSpec) if all(isinstance(x, kind) for x in inputs)]
        if not kinds:
            raise MlflowException(f"A Schema needs ColSpec only or TensorSpec only, not {inputs!r}.")
        unnamed = sum(x.name is None for x in inputs)
        if unnamed not in (0, len(inputs)):
            raise MlflowException(f"Name all inputs of a Schema or none: {inputs!r}.")
        if kinds[0] is TensorSpec and len(inputs) > 1 and unnamed:
            raise MlflowException(f"Several tensors in a Schema need names: {inputs!r}.")
        if unnamed and not all(x.required for x in inputs):
            raise MlflowException(
                f"Inputs without names cannot be optional, for nothing says which is missing: {inputs!r}."
            )
        self.inputs: list[Any] = list(inputs)

    def is_tensor_spec(self) -> bool:
        """Whether these are tensors."""
        return isinstance(self.inputs[0], TensorSpec)

    def has_input_names(self) -> bool:
        """Whether the inputs are named."""
        return self.inputs[0].name is not None

    def input_names(self) -> list[Any]:
        """Names, or positions when there are none."""
        return [position if x.name is None else x.name for position, x in enumerate(self.inputs)]

    def required_input_names(self) -> list[Any]:
        """Names, or positions, of what must be there."""
        return [name for name, x in zip(self.input_names(), self.inputs, strict=True) if x.required]

    def optional_input_names(self) -> list[Any]:
        """Names, or positions, of what may be missing."""
        return [name for name, x in zip(self.input_names(), self.inputs, strict=True) if not x.required]

    def input_types(self) -> list[Any]:
        """The types, in order."""
        return [x.type for x in self.inputs]

    def input_dict(self) -> dict[Any, Any]:
        """Name and input."""
        return dict(zip(self.input_names(), self.inputs, strict=True))

    def numpy_types(self) -> list[Any]:
        """The NumPy dtypes, in order."""
        return self.input_types() if self.is_tensor_spec() else [t.to_numpy() for t in self._scalars()]

    def pandas_types(self) -> list[Any]:
        """The dtypes of pandas columns, in order; not for tensors."""
        if self.is_tensor_spec():
            raise MlflowException("Tensors have no pandas types: use numpy_types().")
        return [t.to_pandas() for t in self._scalars()]

    def _scalars(self) -> list[DataType]:
        types = self.input_types()
        if not all(isinstance(t, DataType) for t in types):
            raise MlflowException(f"Only scalar columns have a NumPy type: {self!r}.")
        return types

    def to_dict(self) -> list[dict[str, Any]]:
        """The inputs as MLflow writes them to JSON."""
        return [x.to_dict() for x in self.inputs]

    def to_json(self) -> str:
        """The JSON text."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, json_str: str) -> Schema:
        """A schema from its JSON text."""
        forms = json.loads(json_str)
        return cls([(TensorSpec if f.get("type") == "tensor" else ColSpec).from_json_dict(**f) for f in forms])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and self.inputs == other.inputs

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return repr(self.inputs)
