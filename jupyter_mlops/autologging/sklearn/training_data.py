"""The data that a fit was given."""

from __future__ import annotations

import copy
import inspect
from typing import Any, NamedTuple

from jupyter_mlops.data.dataset_source_registry import source_of
from jupyter_mlops.data.numpy_dataset import from_numpy
from jupyter_mlops.data.pandas_dataset import from_pandas
from jupyter_mlops.tracking.inputs import dataset_input
from jupyter_mlops.tracking.run_states import RunState
from jupyter_mlops.types.inference import is_instance_of

__all__ = ["TrainingData", "argument_names", "first_rows", "log_dataset", "training_data"]

_EXAMPLE_ROWS = 5


class TrainingData(NamedTuple):
    """Arguments of a fit.

    Attributes
    ----------
    X, y, sample_weight : Any
        None where not given.
    example : Any
        Copy of the first rows of `X`, None when it has none.
    """

    X: Any = None
    y: Any = None
    sample_weight: Any = None
    example: Any = None


def argument_names(method: Any) -> list[str]:
    """Names of what a bound method takes."""
    return list(inspect.signature(method).parameters)


def training_data(estimator: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> TrainingData:
    """The data among the arguments of a fit; copied when the fit is allowed to write into it."""
    names = argument_names(estimator.fit)
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    X, y = (given.get(name) for name in [*names, "X", "y"][:2])
    if _may_overwrite(estimator):
        X, y = copy.deepcopy((X, y))
    weight = given.get("sample_weight") if "sample_weight" in names else None
    return TrainingData(X, y, weight, first_rows(X))


def _may_overwrite(estimator: Any) -> bool:
    try:
        params = estimator.get_params().items()
    except Exception:  # the user's code; that they cannot be logged is told elsewhere
        return False
    return any((value is False and "copy" in name) or (value is True and "overwrite" in name) for name, value in params)


def first_rows(data: Any) -> Any:
    """Copy of the first rows of a table, None when there are none to be had."""
    if isinstance(data, str):
        return None
    try:
        return copy.deepcopy(data[:_EXAMPLE_ROWS])
    except Exception:  # whatever a user's own container makes of it
        return None


def log_dataset(state: RunState, X: Any, y: Any, context: str) -> None:
    """Say that the data went into a run; data of a kind that has no digest is passed over."""
    if is_instance_of(X, "pandas", "DataFrame"):
        dataset: Any = from_pandas(X, source_of(None))
    else:
        X = _dense(X)
        if not is_instance_of(X, "numpy", "ndarray"):
            return
        import numpy as np  # loaded, as X is of it

        dataset = from_numpy(X, source_of(None), targets=None if y is None else np.asarray(_dense(y)))
    state.log_inputs([dataset_input(dataset, context)])


def _dense(data: Any) -> Any:
    return data.toarray() if is_instance_of(data, "scipy.sparse", "spmatrix", "sparray") else data
