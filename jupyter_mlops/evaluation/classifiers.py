"""Classifiers: which labels there are, which one is positive, whose column a probability is in."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.evaluation.metric_tables import metric_functions
from jupyter_mlops.storage.interrupts import whole_import

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["evaluated_classifier", "one_against_all", "per_class_metrics"]

_log = logging.getLogger(__name__)
_AVERAGES = ("macro", "micro", "weighted")


def evaluated_classifier(
    y: NDArray[Any],
    predictions: NDArray[Any],
    probabilities: NDArray[np.float64] | None,
    classes: NDArray[Any] | None,
    weights: NDArray[np.float64] | None,
    config: Mapping[str, Any],
) -> Evaluated:
    """Targets and answers of a classifier, with its labels.

    Parameters
    ----------
    y, predictions : array of shape (n_rows,)
    probabilities : array of shape (n_rows, n_classes), optional
    classes : array of shape (n_classes,), optional
        The labels of their columns; by default all labels, sorted.
    weights : array of shape (n_rows,), optional
    config : dict
        ``label_list``, ``pos_label`` and ``average`` are looked at.

    Raises
    ------
    InvalidParameter
        Labels that do not fit together, or fewer than two.
    """
    if (average := config.get("average", "weighted")) not in _AVERAGES:
        raise InvalidParameter(f"average is one of {', '.join(map(repr, _AVERAGES))}, not {average!r}.")
    if whole_import("pandas").Series(y).convert_dtypes().dtype.name.lower().startswith("float"):
        _log.warning("The targets look like those of a regressor, not of a classifier: is model_type right?")
    labels, positive = _labels(y, predictions, config)
    if probabilities is not None:
        if classes is not None and config.get("label_list") is None and not np.isin(classes, labels).all():
            labels = np.unique(np.concatenate([labels, classes]))  # the data has no row of some
            labels, positive = _positive_last(labels, config.get("pos_label"))
        probabilities = _columns(probabilities, classes, labels)
    return Evaluated(y, predictions, probabilities, weights, labels, positive, average)


def _labels(y: NDArray[Any], predictions: NDArray[Any], config: Mapping[str, Any]) -> tuple[NDArray[Any], Any]:
    """Labels, the positive one of two last, and that one."""
    given, positive = config.get("label_list"), config.get("pos_label")
    if predictions.dtype.kind == "f" and (parts := predictions[predictions % 1 != 0]).size:
        raise InvalidParameter(
            f"Predictions such as {parts[0]} are no labels: a classifier answers with one of them, not a probability."
        )
    if given is not None:
        labels = np.unique(np.asarray(given))
        if positive is not None and positive not in labels:
            raise InvalidParameter(f"pos_label {positive!r} is not in label_list {list(given)!r}.")
        if unknown := set(np.unique(y).tolist()) - set(labels.tolist()):
            raise InvalidParameter(
                f"label_list has not all labels of the targets: {sorted(unknown)[:10]!r} are missing."
            )
    else:
        try:
            labels = np.unique(np.concatenate([y, predictions]))
        except TypeError:
            raise InvalidParameter(
                f"Targets such as {y[0]!r} and predictions such as {predictions[0]!r} are not the same kind of labels."
            ) from None
        if positive is not None and len(labels) == 1 and positive not in labels:
            labels = np.append(labels, positive)
    if len(labels) < 2:
        raise InvalidParameter(
            f"A classifier has two labels at least, and only {labels.tolist()!r} was found: "
            "name all by evaluator_config={'label_list': […]}."
        )
    return _positive_last(labels, positive)


def _positive_last(labels: NDArray[Any], positive: Any) -> tuple[NDArray[Any], Any]:
    if len(labels) > 2:
        return labels, None
    if positive is None:
        return labels, labels[-1]
    if positive not in labels:
        raise InvalidParameter(f"pos_label {positive!r} is none of the labels {labels.tolist()!r}.")
    return np.append(labels[labels != positive], positive), positive


def _columns(
    probabilities: NDArray[np.float64], classes: NDArray[Any] | None, labels: NDArray[Any]
) -> NDArray[np.float64]:
    """Columns in the order of the labels, 0 of those that the model does not know."""
    known = np.sort(labels) if classes is None else classes
    if probabilities.shape[1] != len(known):
        raise InvalidParameter(
            f"There are probabilities of {probabilities.shape[1]} labels, but {len(known)} labels: {known.tolist()!r}."
        )
    ordered = np.zeros((len(probabilities), len(labels)))
    for index, label in enumerate(labels):
        found = np.flatnonzero(known == label)
        if len(found):
            ordered[:, index] = probabilities[:, found[0]]
    return ordered


def per_class_metrics(evaluated: Evaluated) -> pd.DataFrame:
    """Metrics of each label against all others, a row each.

    Examples
    --------
    >>> seen = Evaluated(np.array([0, 1, 2, 2]), np.array([0, 1, 1, 2]), labels=np.array([0, 1, 2]))
    >>> per_class_metrics(seen)[["positive_class", "recall_score"]].values.tolist()
    [[0.0, 1.0], [1.0, 1.0], [2.0, 0.5]]
    """
    rows = []
    for one in one_against_all(evaluated):
        row = {
            "positive_class": one[0],
            **{name: f(one[1]) for name, f in metric_functions(one[1]).items() if name != "log_loss"},
        }
        rows.append(row)
    made: pd.DataFrame = whole_import("pandas").DataFrame(rows)
    return made


def one_against_all(evaluated: Evaluated) -> Iterator[tuple[Any, Evaluated]]:
    """Each label, and the rows as those of a binary classifier of it: one at a time, as each takes memory for all rows."""
    for index, label in enumerate(() if evaluated.labels is None else evaluated.labels):
        yield label, _binary(evaluated, label, index)


def _binary(evaluated: Evaluated, label: Any, index: int) -> Evaluated:
    probabilities = None
    if evaluated.probabilities is not None:
        of_label = evaluated.probabilities[:, index]
        probabilities = np.column_stack([1 - of_label, of_label])
    y, predictions = ((array == label).astype(int) for array in (evaluated.y, evaluated.predictions))
    return Evaluated(y, predictions, probabilities, evaluated.weights, np.array([0, 1]), 1)
