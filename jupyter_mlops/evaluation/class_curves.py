"""How well the classes of a classifier are told apart: the curves that a report and its pictures draw."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from jupyter_mlops.evaluation.classifiers import one_against_all
from jupyter_mlops.evaluation.evaluated import Evaluated

__all__ = ["MOST_CLASSES", "ClassCurves", "class_curves"]

MOST_CLASSES = 10
"""More are not told apart in one figure, unless it is asked for."""
_MOST_POINTS = 200


@dataclass(frozen=True, slots=True)
class ClassCurves:
    """Of one class against all others.

    Attributes
    ----------
    label : str
    share : float
        Of the rows, 0 to 1, by their weights.
    roc_auc, precision_recall_auc : float
    roc, precision_recall : list of two lists of float
        Across and up, at most 200 points.
    """

    label: str
    share: float
    roc_auc: float
    precision_recall_auc: float
    roc: list[list[float]]
    precision_recall: list[list[float]]


def class_curves(evaluated: Evaluated, most: int = MOST_CLASSES) -> list[ClassCurves]:
    """Curves of the positive class of two, of each of several, at most so many; none of a class that no row has, or every row.

    Examples
    --------
    >>> chances = np.array([0.2, 0.6, 0.7, 0.9])
    >>> seen = Evaluated(np.array([0, 1, 0, 1]), np.array([0, 1, 1, 1]), np.c_[1 - chances, chances], labels=np.array([0, 1]), positive=1)
    >>> [(one.label, one.share, one.roc_auc) for one in class_curves(seen)]
    [('1', 0.5, 0.75)]
    """
    if evaluated.probabilities is None:
        return []
    every = one_against_all(evaluated)
    if evaluated.is_binary:
        every = itertools.islice(every, 1, None)
    drawn = (_curves(label, one, share) for label, one in every if 0 < (share := float(np.average(one.y, weights=one.weights))) < 1)
    return list(itertools.islice(drawn, most))


def _curves(label: Any, one: Evaluated, share: float) -> ClassCurves:
    assert one.probabilities is not None
    chances = one.probabilities[:, 1]
    wrong, found, _ = metrics.roc_curve(one.y, chances, sample_weight=one.weights)
    precision, recall, _ = metrics.precision_recall_curve(one.y, chances, sample_weight=one.weights)
    return ClassCurves(
        str(label), share,
        float(metrics.roc_auc_score(one.y, chances, sample_weight=one.weights)),
        float(metrics.average_precision_score(one.y, chances, sample_weight=one.weights)),
        _thinned(wrong, found), _thinned(recall[::-1], precision[::-1]),
    )  # fmt: skip


def _thinned(*axes: NDArray[Any]) -> list[list[float]]:
    places = np.unique(np.linspace(0, len(axes[0]) - 1, _MOST_POINTS).round().astype(int))
    return [[round(float(value), 6) for value in axis[places]] for axis in axes]
