"""A model's signature: what it takes and what it gives."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.types.schema import ParamSchema, Schema

__all__ = ["ModelSignature"]


class ModelSignature:
    """What a model takes and gives.

    Parameters
    ----------
    inputs, outputs : Schema, optional
    params : ParamSchema, optional

    Raises
    ------
    ValueError
        None of them given.
    TypeError
        Not of those types.

    Examples
    --------
    >>> from jupyter_mlops.types.schema import ColSpec
    >>> ModelSignature(inputs=Schema([ColSpec("double", "width")]))
    inputs: ['width': double (required)]
    outputs: None
    params: None
    """

    def __init__(
        self, inputs: Schema | None = None, outputs: Schema | None = None, params: ParamSchema | None = None
    ) -> None:
        if inputs is None and outputs is None and params is None:
            raise ValueError("A signature needs inputs, outputs or params.")
        for value, kind in ((inputs, Schema), (outputs, Schema), (params, ParamSchema)):
            if value is not None and not isinstance(value, kind):
                raise TypeError(f"Expected a {kind.__name__} or None, not {type(value).__name__}.")
        self.inputs, self.outputs, self.params = inputs, outputs, params

    def to_dict(self) -> dict[str, str | None]:
        """The signature as MLflow writes it: JSON text inside of YAML."""
        parts = {"inputs": self.inputs, "outputs": self.outputs, "params": self.params}
        return {name: None if part is None else part.to_json() for name, part in parts.items()}

    @classmethod
    def from_dict(cls, parts: dict[str, Any]) -> ModelSignature:
        """The signature that MLflow wrote."""
        inputs, outputs, params = (parts.get(name) for name in ("inputs", "outputs", "params"))
        return cls(
            Schema.from_json(inputs) if inputs else None,
            Schema.from_json(outputs) if outputs else None,
            ParamSchema.from_json(params) if params else None,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ModelSignature) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash((self.inputs, self.outputs, self.params))

    def __repr__(self) -> str:
        return f"inputs: {self.inputs}\noutputs: {self.outputs}\nparams: {self.params}"
