"""What a model is evaluated on: whatever was given, as features and labels."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlops.data.dataset import Dataset
from jupyter_mlops.data.numpy_dataset import from_numpy
from jupyter_mlops.data.pandas_dataset import from_pandas
from jupyter_mlops.data.polars_dataset import from_polars
from jupyter_mlops.data.pyfunc_dataset_mixin import PyFuncConvertibleDatasetMixin
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.interrupts import whole_import
from jupyter_mlops.types.inference import is_instance_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["EvaluationDataset", "as_dataset", "evaluation_dataset"]

_log = logging.getLogger(__name__)
_MOST_OF_SPARK = 10_000  # rows, as MLflow has it: they all come to this process


@dataclass(frozen=True, eq=False)
class EvaluationDataset:
    """Features and labels; evaluators of other packages know it by these names, which are MLflow's.

    Attributes
    ----------
    features_data : DataFrame or array of shape (n_rows, n_features)
    feature_names : list of str
    labels_data, predictions_data : array of shape (n_rows,) or None
    targets_name, predictions_name : str or None
        Of the columns that they were.
    name, hash : str
    path : str or None
    """

    features_data: Any
    feature_names: list[str]
    labels_data: NDArray[Any] | None
    targets_name: str | None
    predictions_data: NDArray[Any] | None
    predictions_name: str | None
    name: str
    hash: str
    path: str | None = None

    def __len__(self) -> int:
        return len(self.features_data)

    @property
    def has_targets(self) -> bool:
        return self.labels_data is not None

    @property
    def has_predictions(self) -> bool:
        return self.predictions_data is not None

    def frame(self) -> pd.DataFrame:
        """The features as a new DataFrame with their names."""
        made: pd.DataFrame = whole_import("pandas").DataFrame(self.features_data, copy=True)
        made.columns = self.feature_names
        return made

    def whole_frame(self, dataset: Dataset) -> pd.DataFrame:
        """All columns of the data set that this was made of, also those that the model does not take."""
        given: Any = dataset.to_pyfunc().inputs if isinstance(dataset, PyFuncConvertibleDatasetMixin) else None
        return given.reset_index(drop=True) if is_instance_of(given, "pandas", "DataFrame") else self.frame()


def as_dataset(data: Any, targets: Any, predictions: str | None) -> Dataset:
    """What was given, as a data set that can be logged.

    Raises
    ------
    InvalidParameter
        Data of another kind, or targets and predictions that do not belong to it.
    """
    if isinstance(data, Dataset):
        return data
    if is_instance_of(data, "pyspark.sql", "DataFrame"):
        data = _collected(data)
    for package, made in (("pandas", from_pandas), ("polars", from_polars)):
        if is_instance_of(data, package, "DataFrame"):
            if targets is not None and not isinstance(targets, str):
                raise InvalidParameter(
                    f"With a DataFrame, targets is the name of a column of it, not {type(targets).__name__}: give data.assign(target=…) and targets='target'."
                )
            return made(data, targets=targets, predictions=predictions)
    if not _is_array(data):
        raise InvalidParameter(
            f"data is a DataFrame, an array, a list or a data set of jupyter_mlops.data, not {type(data).__name__}."
        )
    if predictions is not None:
        raise InvalidParameter("predictions names a column, so data must be a DataFrame, or a data set of one.")
    if targets is not None and not _is_array(targets):
        raise InvalidParameter(f"With an array or a list, targets is an array or a list of labels, not {type(targets).__name__}.")
    return from_numpy(_two_dimensional(data), targets=None if targets is None else _array(targets))


def _collected(frame: Any) -> Any:
    """The first rows of a frame of Spark."""
    collected = frame.limit(_MOST_OF_SPARK + 1).toPandas()
    if len(collected) > _MOST_OF_SPARK:
        _log.warning("Of the Spark frame its first %d rows are evaluated on: give frame.toPandas() for all of them.", _MOST_OF_SPARK)
    return collected[:_MOST_OF_SPARK]


def _is_array(data: Any) -> bool:
    return isinstance(data, list) or is_instance_of(data, "numpy", "ndarray")


def _array(data: Any) -> NDArray[Any]:
    made: NDArray[Any] = whole_import("numpy").asarray(data)
    return made


def _two_dimensional(data: Any) -> NDArray[Any]:
    if isinstance(data, list) and data and not isinstance(data[0], tuple) and not _is_array(data[0]):
        data = [[value] for value in data]
    try:
        array = _array(data)
    except ValueError:  # rows of several lengths
        array = _array([])
    if array.ndim != 2:
        raise InvalidParameter("An array or list of data has two dimensions: rows, each with as many features.")
    return array


def evaluation_dataset(dataset: Dataset, feature_names: Sequence[str] | None, path: str | None) -> EvaluationDataset:
    """Features and labels of a data set.

    Raises
    ------
    InvalidParameter
        It has no rows, cannot be given to a model, or has other features than `feature_names`.
    """
    if isinstance(feature_names, str):
        raise InvalidParameter(f"feature_names is a list of columns: give [{feature_names!r}].")
    if feature_names is not None and len(set(feature_names)) < len(feature_names):
        raise InvalidParameter("feature_names holds a name twice.")
    if not isinstance(dataset, PyFuncConvertibleDatasetMixin):
        raise InvalidParameter(f"A {type(dataset).__name__} has no data that a model could be given.")
    given = dataset.to_pyfunc()
    features, labels = given.inputs, _flat(given.outputs)
    of_predictions = getattr(dataset, "predictions", None)
    predictions = None if of_predictions is None else _flat(features[of_predictions])
    if is_instance_of(features, "pandas", "DataFrame"):
        dropped = features if of_predictions is None else features.drop(columns=[of_predictions])
        features, names = _chosen(dropped, feature_names)
    elif is_instance_of(features, "numpy", "ndarray") and features.ndim == 2:
        names = _array_names(features.shape[1], feature_names)
    else:
        raise InvalidParameter(
            "The features of a data set are a DataFrame or an array of two dimensions, to be evaluated on."
        )
    if len(features) == 0:
        raise InvalidParameter("data has no rows.")
    if labels is not None and len(labels) != len(features):
        raise InvalidParameter(f"There are {len(labels)} targets for {len(features)} rows.")
    targets = getattr(dataset, "targets", None)
    targets_name = targets if isinstance(targets, str) else None
    return EvaluationDataset(
        features, names, labels, targets_name, predictions, of_predictions, dataset.name, dataset.digest, path
    )


def _flat(values: Any) -> NDArray[Any] | None:
    """One value of each row, as an array."""
    if values is None:
        return None
    array = values.to_numpy() if hasattr(values, "to_numpy") else _array(values)
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array


def _chosen(frame: pd.DataFrame, feature_names: Sequence[str] | None) -> tuple[pd.DataFrame, list[str]]:
    if feature_names is None:
        return frame, [name if isinstance(name, str) else f"feature_{name}" for name in frame.columns]
    if missing := [name for name in feature_names if name not in frame.columns]:
        raise InvalidParameter(f"feature_names has {missing!r}, which the data has not: {list(frame.columns)[:20]!r}.")
    return frame[list(feature_names)], list(feature_names)


def _array_names(count: int, feature_names: Sequence[str] | None) -> list[str]:
    if feature_names is None:
        width = len(str(count))
        return [f"feature_{index:0{width}}" for index in range(1, count + 1)]
    if len(feature_names) != count:
        raise InvalidParameter(f"There are {len(feature_names)} feature_names for {count} features.")
    return list(feature_names)
