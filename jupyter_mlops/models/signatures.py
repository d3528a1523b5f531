"""What goes into a model and what comes out."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.types.columns import ColSpec
from jupyter_mlops.types.composites import AnyType
from jupyter_mlops.types.inference import infer_param_schema, infer_schema
from jupyter_mlops.types.params import ParamSchema
from jupyter_mlops.types.schema import Schema

__all__ = ["ModelSignature", "infer_signature"]

_log = logging.getLogger(__name__)


class ModelSignature:
    """Schemas of a model's input, output and params.

    Parameters
    ----------
    inputs, outputs : Schema, optional
    params : ParamSchema, optional

    Raises
    ------
    InvalidParameter
        Nothing was given.
    TypeError
        Something that is no schema.
    """

    def __init__(
        self, inputs: Schema | None = None, outputs: Schema | None = None, params: ParamSchema | None = None
    ) -> None:
        if inputs is None and outputs is None and params is None:
            raise InvalidParameter("A ModelSignature needs inputs, outputs or params.")
        for name, value, kind in (
            ("inputs", inputs, Schema),
            ("outputs", outputs, Schema),
            ("params", params, ParamSchema),
        ):
            if value is not None and not isinstance(value, kind):
                raise TypeError(f"{name} of a ModelSignature is a {kind.__name__}, not {type(value).__name__}.")
        self.inputs, self.outputs, self.params = inputs, outputs, params

    def to_dict(self) -> dict[str, str | None]:
        """The signature as it stands in ``MLmodel``: JSON texts."""
        parts = {"inputs": self.inputs, "outputs": self.outputs, "params": self.params}
        return {name: None if part is None else part.to_json() for name, part in parts.items()}

    @classmethod
    def from_dict(cls, signature_dict: Mapping[str, str | None]) -> ModelSignature:
        """A signature from its form in ``MLmodel``."""
        inputs, outputs, params = (signature_dict.get(name) for name in ("inputs", "outputs", "params"))
        return cls(
            Schema.from_json(inputs) if inputs else None,
            Schema.from_json(outputs) if outputs else None,
            ParamSchema.from_json(params) if params else None,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ModelSignature) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"inputs: \n  {self.inputs!r}\noutputs: \n  {self.outputs!r}\nparams: \n  {self.params!r}\n"


def infer_signature(
    model_input: Any = None, model_output: Any = None, params: Mapping[str, Any] | None = None
) -> ModelSignature:
    """The signature of data at hand.

    Parameters
    ----------
    model_input, model_output : DataFrame, Series, ndarray, sparse matrix, dict, list or scalar, optional
        Data frames become columns, arrays tensors whose first dimension may be any size.
    params : dict, optional
        Values are the defaults.

    Returns
    -------
    ModelSignature

    Raises
    ------
    InvalidParameter
        Nothing was given.

    Warns
    -----
    UserWarning
        There are integer columns, which cannot hold missing values.

    Examples
    --------
    >>> import pandas as pd, numpy as np
    >>> infer_signature(pd.DataFrame({"age": [31.5, None]}), np.array([0, 1]))
    inputs:
      ['age': double (optional)]
    outputs:
      [Tensor('int64', (-1,))]
    params:
      None
    """
    return ModelSignature(
        None if model_input is None else _schema(model_input),
        None if model_output is None else _schema(model_output),
        infer_param_schema(params) if params else None,
    )


def _schema(data: Any) -> Schema:
    try:
        return infer_schema(data)
    except Exception as error:  # data are the user's, as are the objects in them
        _log.warning("No schema could be inferred, so anything is accepted: %s", error)
        return Schema([ColSpec(AnyType())])
