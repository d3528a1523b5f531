"""Schemas of what goes into a model and comes out of it.

Imports `entities` and `errors`; used by `models` and by users, as from ``mlflow.types``. numpy is loaded when it is needed.
"""

from jupyter_mlops.types.columns import ColSpec, DataType
from jupyter_mlops.types.schema import ParamSchema, ParamSpec, Schema, TensorSpec

__all__ = ["ColSpec", "DataType", "ParamSchema", "ParamSpec", "Schema", "TensorSpec"]
