"""What a model answers, row by row."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.evaluation.called_models import estimator_of
from jupyter_mlops.evaluation.data_sets import EvaluationDataset
from jupyter_mlops.evaluation.pieces import joined, rows_between
from jupyter_mlops.storage.artifact_stores.transfers import make_bar
from jupyter_mlops.storage.interrupts import whole_import

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Answers", "answers_of", "features_for", "frame_for", "probabilities_of"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Answers:
    """Answers of a model.

    Attributes
    ----------
    predictions : Series of n_rows
    others : DataFrame or None
        Further columns of its answer.
    column : str or None
        Name of the one that is the prediction.
    seconds : list of float or None
        That each row took, when that was asked for.
    """

    predictions: pd.Series
    others: pd.DataFrame | None
    column: str | None
    seconds: list[float] | None

    @property
    def array(self) -> NDArray[Any]:
        array: NDArray[Any] = self.predictions.to_numpy()
        return array


def answers_of(model: Any, dataset: EvaluationDataset, column: str | None, *, timed: bool) -> Answers:
    """Have the model predict, or take the predictions that the data has.

    Raises
    ------
    InvalidParameter
        There is neither; or its answer has not one prediction for each row, or several columns and none is named.
    """
    if model is None and dataset.predictions_data is None:
        raise InvalidParameter("Give a model, or name the column of the data that has predictions by predictions=….")
    seconds: list[float] | None = [0.0] * len(dataset) if timed else None
    if model is None:
        outputs: Any = dataset.predictions_data
    elif timed:
        outputs, seconds = _timed(_predict_function(model), features_for(model, dataset))
    else:
        outputs = _predict_function(model)(features_for(model, dataset))
    predictions, others, column = _split(outputs, column)
    series = _series(predictions)
    if len(series) != len(dataset):
        raise InvalidParameter(f"The model has {len(series)} predictions for {len(dataset)} rows.")
    return Answers(series, others, column, seconds)


def features_for(model: Any, dataset: EvaluationDataset) -> Any:
    """Features as the model takes them: an estimator an array as it is, as it may know names; else a frame."""
    if estimator_of(model) is not None and isinstance(dataset.features_data, np.ndarray):
        return dataset.features_data
    return frame_for(model, dataset)


def frame_for(model: Any, dataset: EvaluationDataset) -> pd.DataFrame:
    """Features as a frame; of an estimator those that it was fitted on, where all are there: it refuses others, which slices and metrics may want."""
    frame, names = dataset.frame(), _names_fitted_on(model)
    return frame[names] if names and all(name in frame.columns for name in names) else frame


def _names_fitted_on(model: Any) -> list[Any]:
    estimator = estimator_of(model)
    if estimator is None:  # a loaded model sees to that itself
        return []
    if (names := getattr(estimator, "feature_names_in_", None)) is not None:
        return list(names)
    schema = model.metadata.get_input_schema() if getattr(model, "metadata", None) is not None else None
    return schema.input_names() if schema is not None and schema.has_input_names() else []


def probabilities_of(model: Any, dataset: EvaluationDataset) -> tuple[NDArray[np.float64] | None, NDArray[Any] | None]:
    """Probabilities of each label and, if it is known, which labels they are; None of a model that has none."""
    estimator = estimator_of(model)
    function = getattr(estimator, "predict_proba", None)
    if function is None:
        return None, None
    found = np.asarray(function(features_for(model, dataset)), dtype=np.float64)
    labels = getattr(estimator, "classes_", None)
    if found.ndim != 2:
        _log.warning("Probabilities of shape %s are left out: expected one row for each row of the data.", found.shape)
        return None, None
    return found, None if labels is None or len(labels) != found.shape[1] else np.asarray(labels)


def _predict_function(model: Any) -> Callable[[Any], Any]:
    """Of an estimator its own: the labels, also where the model was saved to answer with probabilities."""
    estimator = estimator_of(model)
    function: Callable[[Any], Any] = getattr(estimator, "predict", None) or model.predict
    return function


def _timed(predict: Callable[[Any], Any], features: Any) -> tuple[Any, list[float]]:
    outputs, seconds = [], []
    with make_bar("predicting row by row", len(features), unit=" rows") as bar:
        for index in range(len(features)):
            row = rows_between(features, index, index + 1)
            begin = time.perf_counter()
            outputs.append(predict(row))
            seconds.append(time.perf_counter() - begin)
            bar.update()
    return joined(outputs), seconds


def _split(outputs: Any, column: str | None) -> tuple[Any, pd.DataFrame | None, str | None]:
    """The prediction, the other columns and the name of the prediction's."""
    pd = whole_import("pandas")
    is_rows = isinstance(outputs, list) and bool(outputs) and all(isinstance(row, dict) for row in outputs)
    if isinstance(outputs, dict) or is_rows:
        outputs = pd.DataFrame(outputs)
    if not isinstance(outputs, pd.DataFrame):
        return outputs, None, column
    if column not in outputs.columns:
        if len(outputs.columns) != 1:
            raise InvalidParameter(
                f"The model answers with columns {list(outputs.columns)!r}: name the one that is the prediction by predictions=…."
            )
        column = outputs.columns[0]
    return outputs[column], outputs.drop(columns=[column]).reset_index(drop=True), column


def _series(values: Any) -> pd.Series:
    """One value of each row."""
    pd = whole_import("pandas")
    if isinstance(values, pd.Series):
        return values.reset_index(drop=True)
    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise InvalidParameter(
            f"The model answers with an array of shape {array.shape}: expected one prediction for each row."
        )
    return pd.Series(array)
