"""Arrays as a tensor schema declares them: nothing is cast but the columns of a data frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.types.columns import TensorSpec
from jupyter_mlops.types.inference import is_instance_of
from jupyter_mlops.types.schema import Schema

__all__ = ["fit_tensors"]


def fit_tensors(data: Any, schema: Schema) -> Any:
    """`data` as the tensors of a schema.

    Raises
    ------
    InvalidParameter
        Another rank, size or dtype, a missing tensor, or no array.
    """
    if not schema.has_input_names():
        return _one(data, schema.inputs[0])
    specs: dict[str, TensorSpec] = schema.input_dict()
    if is_instance_of(data, "numpy", "ndarray") and len(specs) == 1:
        data = dict.fromkeys(specs, data)
    if not isinstance(data, Mapping) and not is_instance_of(data, "pandas", "DataFrame"):
        raise InvalidParameter(f"Expected a dict of arrays with keys {list(specs)}, not {type(data).__name__}.")
    if missing := [name for name in specs if name not in data]:
        raise InvalidParameter(f"The data lacks what the model takes: {', '.join(map(str, missing))}.")
    if isinstance(data, Mapping):
        return {name: _checked(data[name], spec) for name, spec in specs.items()}
    return {name: _from_column(data[name], spec) for name, spec in specs.items()}


def _one(data: Any, spec: TensorSpec) -> Any:
    if not is_instance_of(data, "pandas", "DataFrame"):
        return _checked(data, spec)
    if data.shape[1] == 1:
        return _from_column(data.iloc[:, 0], spec)
    if spec.shape != (-1, data.shape[1]):
        raise InvalidParameter(f"A data frame of {data.shape[1]} columns does not fit a tensor of shape {spec.shape}.")
    return _checked(data.to_numpy(), spec)


def _from_column(series: Any, spec: TensorSpec) -> Any:
    import numpy as np  # only when data is looked at

    values = series.to_numpy()
    if len(values) and isinstance(values[0], (list, np.ndarray)):
        values = np.array(values.tolist(), dtype=spec.type)
        return _checked(values.reshape(tuple(-1 if i == 0 else n for i, n in enumerate(spec.shape))), spec)
    values = values.astype(spec.type)
    return _checked(values.reshape(-1, 1) if spec.shape == (-1, 1) else values, spec)


def _checked(values: Any, spec: TensorSpec) -> Any:
    is_sparse = hasattr(values, "tocsr") and hasattr(values, "nnz")
    if not is_sparse and not is_instance_of(values, "numpy", "ndarray"):
        raise InvalidParameter(f"Expected a numpy.ndarray or a sparse matrix, not {type(values).__name__}.")
    sizes_fit = all(wanted in (-1, size) for wanted, size in zip(spec.shape, values.shape, strict=False))
    if len(values.shape) != len(spec.shape) or not sizes_fit:
        raise InvalidParameter(f"Shape of input {values.shape} does not match expected shape {spec.shape}.")
    same = values.dtype.kind == spec.type.kind if spec.type.kind in "US" else values.dtype == spec.type
    if not same:
        raise InvalidParameter(f"dtype of input {values.dtype} does not match expected dtype {spec.type}.")
    return values
