"""The types of a model's inputs, outputs and params, and their JSON form, which is MLflow's.

Imports only entities and errors; called by models and pyfunc. NumPy and pandas are imported when data is looked at.
"""

from __future__ import annotations

from jupyter_mlops.types.columns import ColSpec, TensorSpec
from jupyter_mlops.types.composites import AnyType, Array, Map, Object, Property
from jupyter_mlops.types.data_types import DataType
from jupyter_mlops.types.params import ParamSchema, ParamSpec
from jupyter_mlops.types.schema import Schema

__all__ = [
    "AnyType", "Array", "ColSpec", "DataType", "Map", "Object", "ParamSchema", "ParamSpec", "Property", "Schema",
    "TensorSpec",
]  # fmt: skip
