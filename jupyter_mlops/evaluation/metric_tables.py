"""The built-in metrics, by MLflow's names: each is a function of `Evaluated`, so that any rows can be measured alike.

Where MLflow's versions differ (a positive label that is the smaller one), these are what its newest version computes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn import metrics

from jupyter_mlops.evaluation.evaluated import Evaluated

__all__ = ["COUNTS", "MetricFunction", "metric_functions"]

_UNDEFINED = float("nan")  # as the ROC of rows of one class
MetricFunction = Callable[[Evaluated], float]

COUNTS = frozenset(
    {"example_count", "false_negatives", "false_positives", "sum_on_target", "true_negatives", "true_positives"}
)
"""Metrics that grow with the number of rows: they say how many, not how good."""


def metric_functions(evaluated: Evaluated) -> dict[str, MetricFunction]:
    """The metrics that can be computed for such rows, in the order in which they are shown."""
    if not evaluated.is_classifier:
        return _REGRESSOR
    first, shared, with_probabilities = (_COUNTS_OF_TWO, _BINARY, _BINARY_PROBABILITIES)
    if not evaluated.is_binary:
        first, shared, with_probabilities = {}, _MULTICLASS, _MULTICLASS_PROBABILITIES
    chosen = {**first, **_CLASSIFIER, **shared}
    if evaluated.probabilities is not None:
        chosen |= with_probabilities
        if not evaluated.is_binary and evaluated.average == "micro":
            del chosen["roc_auc"]  # as in MLflow
    return chosen


def _count(of_positive: bool, right: bool) -> MetricFunction:
    """How many rows of that class are answered so."""

    def count(e: Evaluated) -> int:
        return int(np.sum(((e.y == e.positive) == of_positive) & ((e.y == e.predictions) == right)))

    return count


def _of_two(function: Callable[..., Any]) -> MetricFunction:
    def measure(e: Evaluated) -> float:
        return float(
            function(
                e.y, e.predictions, average="binary", pos_label=e.positive, sample_weight=e.weights, zero_division=0.0
            )
        )

    return measure


def _of_many(function: Callable[..., Any]) -> MetricFunction:
    def measure(e: Evaluated) -> float:
        return float(function(e.y, e.predictions, average=e.average, sample_weight=e.weights, zero_division=0.0))

    return measure


def _counted(e: Evaluated) -> Any:
    """Rows whose weight is not 0."""
    return slice(None) if e.weights is None else e.weights > 0


def _log_loss(e: Evaluated) -> float:
    assert e.labels is not None
    assert e.probabilities is not None
    order = np.argsort(e.labels)  # scikit-learn takes columns for those of sorted labels
    return float(metrics.log_loss(e.y, e.probabilities[:, order], labels=e.labels[order], sample_weight=e.weights))


def _binary_roc_auc(e: Evaluated) -> float:
    truth = e.y == e.positive
    if truth[_counted(e)].all() or not truth[_counted(e)].any():
        return _UNDEFINED
    return float(metrics.roc_auc_score(truth, e.positive_probabilities, sample_weight=e.weights))


def _binary_pr_auc(e: Evaluated) -> float:
    truth = e.y == e.positive
    if not truth[_counted(e)].any():
        return _UNDEFINED
    return float(metrics.average_precision_score(truth, e.positive_probabilities, sample_weight=e.weights))


def _multiclass_roc_auc(e: Evaluated) -> float:
    if e.labels is None or not np.isin(e.labels, e.y[_counted(e)]).all():
        return _UNDEFINED
    return float(
        metrics.roc_auc_score(
            e.y, e.probabilities, labels=e.labels, average=e.average, multi_class="ovr", sample_weight=e.weights
        )
    )


def _r2_score(e: Evaluated) -> float:
    return _UNDEFINED if len(e) < 2 else float(metrics.r2_score(e.y, e.predictions, sample_weight=e.weights))


def _weighted(function: Callable[..., Any]) -> MetricFunction:
    return lambda e: float(function(e.y, e.predictions, sample_weight=e.weights))


def _sum_on_target(e: Evaluated) -> float:
    return float(np.sum(e.y if e.weights is None else e.y * e.weights))


_COUNTS_OF_TWO: dict[str, MetricFunction] = {
    "true_negatives": _count(of_positive=False, right=True),
    "false_positives": _count(of_positive=False, right=False),
    "false_negatives": _count(of_positive=True, right=False),
    "true_positives": _count(of_positive=True, right=True),
}
_CLASSIFIER: dict[str, MetricFunction] = {"example_count": len, "accuracy_score": _weighted(metrics.accuracy_score)}
_SHARED = {
    "recall_score": metrics.recall_score,
    "precision_score": metrics.precision_score,
    "f1_score": metrics.f1_score,
}
_BINARY = {name: _of_two(function) for name, function in _SHARED.items()}
_MULTICLASS = {name: _of_many(function) for name, function in _SHARED.items()}
_BINARY_PROBABILITIES: dict[str, MetricFunction] = {
    "log_loss": _log_loss, "roc_auc": _binary_roc_auc, "precision_recall_auc": _binary_pr_auc,
}  # fmt: skip
_MULTICLASS_PROBABILITIES: dict[str, MetricFunction] = {"log_loss": _log_loss, "roc_auc": _multiclass_roc_auc}
_REGRESSOR: dict[str, MetricFunction] = {
    "example_count": len,
    "mean_absolute_error": _weighted(metrics.mean_absolute_error),
    "mean_squared_error": _weighted(metrics.mean_squared_error),
    "root_mean_squared_error": _weighted(metrics.root_mean_squared_error),
    "sum_on_target": _sum_on_target,
    "mean_on_target": lambda e: _sum_on_target(e) / len(e),
    "r2_score": _r2_score,
    "max_error": lambda e: float(metrics.max_error(e.y, e.predictions)),
    "mean_absolute_percentage_error": _weighted(metrics.mean_absolute_percentage_error),
}
