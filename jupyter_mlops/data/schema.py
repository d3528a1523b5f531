"""The schema of a data set of tensors."""

from __future__ import annotations

import logging
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.types.inference import schema_of
from jupyter_mlops.types.schema import Schema

__all__ = ["TensorDatasetSchema", "schema_or_none"]

_log = logging.getLogger(__name__)


class TensorDatasetSchema:
    """Schemas of features and, where there are some, targets.

    Parameters
    ----------
    features : Schema
    targets : Schema, optional
    """

    def __init__(self, features: Schema, targets: Schema | None = None) -> None:
        if not isinstance(features, Schema) or not isinstance(targets, Schema | None):
            raise InvalidParameter(f"Features and targets need a Schema, not {features!r} and {targets!r}.")
        self.features, self.targets = features, targets

    def to_dict(self) -> dict[str, Any]:
        """The schema as MLflow writes it to JSON: the inner ones are JSON texts themselves."""
        targets = None if self.targets is None else self.targets.to_json()
        return {"mlflow_tensorspec": {"features": self.features.to_json(), "targets": targets}}

    @classmethod
    def from_dict(cls, schema_dict: dict[str, Any]) -> TensorDatasetSchema:
        """A schema from its JSON form."""
        if "mlflow_tensorspec" not in schema_dict:
            raise InvalidParameter("The schema of a data set of tensors has the key 'mlflow_tensorspec'.")
        form = schema_dict["mlflow_tensorspec"]
        targets = form.get("targets")
        return cls(Schema.from_json(form["features"]), None if targets is None else Schema.from_json(targets))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorDatasetSchema) and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"features:\n  {self.features!r}\ntargets:\n  {self.targets!r}\n"


def schema_or_none(data: Any) -> Schema | None:
    """The schema of a DataFrame or of arrays, None when no type holds what is in them."""
    try:
        return schema_of(data)
    except Exception as error:  # of the library that the data is of: a data set does not need a schema
        _log.debug("The data set has no schema: %s", error)
        return None
