"""Data sets of TensorFlow."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from jupyter_mlops.data.dataset import Dataset
from jupyter_mlops.data.dataset_source import DatasetSource
from jupyter_mlops.data.dataset_source_registry import source_of
from jupyter_mlops.data.digests import hashed, md5_digest, numpy_digest
from jupyter_mlops.data.pyfunc_dataset_mixin import PyFuncConvertibleDatasetMixin, PyFuncInputsOutputs
from jupyter_mlops.data.schema import TensorDatasetSchema, schema_or_none
from jupyter_mlops.errors import InvalidParameter

__all__ = ["TensorFlowDataset", "from_tensorflow"]


class TensorFlowDataset(Dataset, PyFuncConvertibleDatasetMixin):
    """Tensors or ``tf.data.Dataset`` as a data set; made by `from_tensorflow`.

    Attributes
    ----------
    data : tensorflow.Tensor or tensorflow.data.Dataset
        The features.
    targets : of the same kind, or None
    """

    def __init__(
        self,
        features: Any,
        source: DatasetSource,
        targets: Any = None,
        name: str | None = None,
        digest: str | None = None,
    ) -> None:
        kind = _kind(features)
        if kind is None or (targets is not None and _kind(targets) != kind):
            raise InvalidParameter(
                "features and targets are both tensors or both tf.data.Dataset, not "
                f"{type(features).__name__} and {type(targets).__name__}."
            )
        self._is_stream = kind == "dataset"
        self._features, self._targets = features, targets
        super().__init__(source, name, digest)

    def _parts(self) -> list[Any]:
        return [self._features] if self._targets is None else [self._features, self._targets]

    def _compute_digest(self) -> str:
        if not self._is_stream:
            return numpy_digest(*(part.numpy() for part in self._parts()))
        return md5_digest(_element_hash(element) for part in self._parts() for element in part.as_numpy_iterator())

    @property
    def data(self) -> Any:
        """The features."""
        return self._features

    @property
    def targets(self) -> Any:
        """What a model should answer."""
        return self._targets

    @cached_property
    def schema(self) -> TensorDatasetSchema | None:
        """Types and shapes, of a stream those of its first element."""
        features, *targets = (schema_or_none(self._sample(part)) for part in self._parts())
        return None if features is None or None in targets else TensorDatasetSchema(features, *targets)

    def _sample(self, part: Any) -> Any:
        if not self._is_stream:
            return part.numpy()
        first = next(part.as_numpy_iterator(), None)
        return {str(place): array for place, array in enumerate(first)} if isinstance(first, tuple) else first

    def _schema_dict(self) -> dict[str, Any] | None:
        return self.schema.to_dict() if self.schema else None

    @property
    def profile(self) -> dict[str, int]:
        """Elements of a stream (-2 when it does not say, -1 without end), values of a tensor."""
        names = ("features_cardinality", "targets_cardinality")
        return {name: self._cardinality(part) for name, part in zip(names, self._parts(), strict=False)}

    def _cardinality(self, part: Any) -> int:
        return int(part.cardinality().numpy()) if self._is_stream else int(part.numpy().size)

    def to_pyfunc(self) -> PyFuncInputsOutputs:
        """Features and targets."""
        return PyFuncInputsOutputs(self._features, self._targets)


def _kind(data: Any) -> str | None:
    import tensorflow as tf  # is loaded: the data comes from it

    if isinstance(data, tf.data.Dataset):
        return "dataset"
    return "tensor" if tf.is_tensor(data) else None


def _element_hash(element: Any) -> Any:
    import numpy as np
    import tensorflow as tf

    flat = np.concatenate([np.asarray(part).flatten() for part in tf.nest.flatten(element)])
    return hashed(flat[:10_000])


def from_tensorflow(
    features: Any, source: Any = None, targets: Any = None, name: str | None = None, digest: str | None = None
) -> TensorFlowDataset:
    """A data set from tensors or a ``tf.data.Dataset``; other parameters are those of `from_numpy`.

    Parameters
    ----------
    features, targets : tensorflow.Tensor or tensorflow.data.Dataset
        Both of one kind. The digest reads a ``tf.data.Dataset`` to its end: give one for data without end.

    Returns
    -------
    TensorFlowDataset

    Raises
    ------
    InvalidParameter
        Anything else.
    """
    return TensorFlowDataset(features, source_of(source), targets, name, digest)
