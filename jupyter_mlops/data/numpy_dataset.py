"""Data sets of NumPy."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from jupyter_mlops.data.dataset import Dataset
from jupyter_mlops.data.dataset_source import DatasetSource
from jupyter_mlops.data.dataset_source_registry import source_of
from jupyter_mlops.data.digests import numpy_digest
from jupyter_mlops.data.pyfunc_dataset_mixin import PyFuncConvertibleDatasetMixin, PyFuncInputsOutputs
from jupyter_mlops.data.schema import TensorDatasetSchema, schema_or_none
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.types.inference import is_instance_of

__all__ = ["NumpyDataset", "from_numpy"]


class NumpyDataset(Dataset, PyFuncConvertibleDatasetMixin):
    """Arrays as a data set; made by `from_numpy`.

    Attributes
    ----------
    features : numpy.ndarray or dict of str to numpy.ndarray
    targets : numpy.ndarray, dict of str to numpy.ndarray, or None
    """

    def __init__(
        self,
        features: Any,
        source: DatasetSource,
        targets: Any = None,
        name: str | None = None,
        digest: str | None = None,
    ) -> None:
        _check_arrays("features", features)
        if targets is not None:
            _check_arrays("targets", targets)
        self._features, self._targets = features, targets
        super().__init__(source, name, digest)

    def _compute_digest(self) -> str:
        return numpy_digest(self._features, self._targets)

    @property
    def features(self) -> Any:
        """What a model is given."""
        return self._features

    @property
    def targets(self) -> Any:
        """What it should answer."""
        return self._targets

    @cached_property
    def schema(self) -> TensorDatasetSchema | None:
        """Types and shapes."""
        features = schema_or_none(self._features)
        targets = None if self._targets is None else schema_or_none(self._targets)
        if features is None or (targets is None) != (self._targets is None):
            return None
        return TensorDatasetSchema(features, targets)

    def _schema_dict(self) -> dict[str, Any] | None:
        return self.schema.to_dict() if self.schema else None

    @property
    def profile(self) -> dict[str, Any]:
        """Shape, number of values and bytes of features and targets."""
        parts = {"features": self._features} | ({} if self._targets is None else {"targets": self._targets})
        sizes = ("shape", "size", "nbytes")
        return {f"{part}_{size}": _each(data, size) for part, data in parts.items() for size in sizes}

    def to_pyfunc(self) -> PyFuncInputsOutputs:
        """Features and targets."""
        return PyFuncInputsOutputs(self._features, self._targets)


def _each(data: Any, size: str) -> Any:
    return {key: getattr(array, size) for key, array in data.items()} if isinstance(data, dict) else getattr(data, size)


def _check_arrays(what: str, data: Any) -> None:
    for array in data.values() if isinstance(data, dict) and data else [data]:
        if not is_instance_of(array, "numpy", "ndarray"):
            raise InvalidParameter(f"{what} is an array of NumPy or a dict of some, not {type(array).__name__}.")


def from_numpy(
    features: Any, source: Any = None, targets: Any = None, name: str | None = None, digest: str | None = None
) -> NumpyDataset:
    """A data set from arrays.

    Parameters
    ----------
    features : numpy.ndarray or dict of str to numpy.ndarray
    source : str, path or DatasetSource, optional
        Where it came from; by default the code that runs.
    targets : numpy.ndarray or dict of str to numpy.ndarray, optional
    name : str, optional
        ``"dataset"`` by default.
    digest : str of at most 36 characters, optional
        By default computed from the data, equal to MLflow's.

    Returns
    -------
    NumpyDataset

    Raises
    ------
    InvalidParameter
        Anything else than arrays.
    NotFound
        `source` is of no kind that is known.

    Examples
    --------
    >>> import numpy as np
    >>> from_numpy(np.eye(3), targets=np.arange(3)).profile["features_shape"]
    (3, 3)
    """
    return NumpyDataset(features, source_of(source), targets, name, digest)
