"""The data of a training of Keras, as far as it can be looked at without using it up."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.data.dataset_source_registry import source_of
from jupyter_mlops.data.numpy_dataset import from_numpy
from jupyter_mlops.data.tensorflow_dataset import from_tensorflow
from jupyter_mlops.models.signatures import ModelSignature, infer_signature
from jupyter_mlops.tracking.inputs import dataset_input
from jupyter_mlops.tracking.run_states import RunState
from jupyter_mlops.types.columns import TensorSpec
from jupyter_mlops.types.inference import is_instance_of
from jupyter_mlops.types.schema import Schema

__all__ = ["batch_size_of", "first_rows", "log_datasets", "signature_of"]

_ROWS = 5


def batch_size_of(x: Any) -> int | None:
    """Rows of a batch, when the data says it."""
    size = getattr(x, "batch_size", None) or getattr(x, "_batch_size", None)
    return int(size) if size is not None else None


def first_rows(x: Any) -> Any:
    """Up to five rows as arrays; None for data that would be used up by looking."""
    if _is_tf_dataset(x):
        first = next(iter(x.take(1).as_numpy_iterator()), None)
        x = first[0] if isinstance(first, tuple) else first
    if isinstance(x, Mapping):
        rows = {name: first_rows(part) for name, part in x.items()}
        return None if any(part is None for part in rows.values()) else rows
    if is_instance_of(x, "pandas", "DataFrame", "Series"):
        x = x.to_numpy()
    if is_instance_of(x, "numpy", "ndarray"):
        return x[:_ROWS].copy()
    is_tensor = hasattr(x, "shape") and hasattr(x, "numpy")
    return _array(x[:_ROWS]) if is_tensor else None


def _array(tensor: Any) -> Any:
    return tensor.detach().cpu().numpy() if hasattr(tensor, "detach") else tensor.numpy()


def _is_tf_dataset(data: Any) -> bool:
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow is not None and isinstance(data, tensorflow.data.Dataset)


def log_datasets(state: RunState, x: Any, y: Any, validation: Any) -> None:
    """Say which data went into a run, and which it was validated on; data without digest or end is passed over."""
    pairs = [("train", x, y)]
    if validation is not None:
        vx, vy = validation[:2] if isinstance(validation, (tuple, list)) else (validation, None)
        pairs.append(("eval", vx, vy))
    found = [(context, _dataset(*data)) for context, *data in pairs]
    if inputs := [dataset_input(dataset, context) for context, dataset in found if dataset is not None]:
        state.log_inputs(inputs)


def _dataset(x: Any, y: Any) -> Any:
    if _is_tf_dataset(x):
        return from_tensorflow(x, source_of(None)) if int(x.cardinality()) >= 0 else None
    parts = [x] if y is None else [x, y]
    arrays = [part.to_numpy() if is_instance_of(part, "pandas", "DataFrame", "Series") else part for part in parts]
    arrays = [_array(a) if hasattr(a, "shape") and hasattr(a, "numpy") else a for a in arrays]
    if not all(is_instance_of(a, "numpy", "ndarray") or isinstance(a, Mapping) for a in arrays):
        return None
    return from_numpy(arrays[0], source_of(None), targets=arrays[1] if len(arrays) > 1 else None)


def signature_of(model: Any, example: Any) -> ModelSignature:
    """Of a model, by its own shapes where it has them; by rows of its data for what it takes, when there are some."""
    inputs = infer_signature(example).inputs if example is not None else _schema(model.inputs)
    if getattr(model, "outputs", None):
        return ModelSignature(inputs=inputs, outputs=_schema(model.outputs))
    import keras

    output = keras.tree.map_structure(keras.ops.convert_to_numpy, model(example, training=False))
    return ModelSignature(inputs=inputs, outputs=infer_signature(example, output).outputs)


def _schema(tensors: Any) -> Schema:
    import numpy as np

    names = [tensor.name for tensor in tensors] if len(tensors) > 1 else [None]
    shapes = [tuple(-1 if size is None else size for size in tensor.shape) for tensor in tensors]
    kinds = [np.dtype("float32" if tensor.dtype == "bfloat16" else tensor.dtype) for tensor in tensors]
    return Schema([TensorSpec(*spec) for spec in zip(kinds, shapes, names, strict=True)])
