"""Metrics that are there already, for ``extra_metrics``; their numbers are scikit-learn's."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.metrics.evaluation_metrics import EvaluationMetric, make_metric
from jupyter_mlops.metrics.metric_values import MetricValue

__all__ = [
    "exact_match", "f1_score", "latency", "mae", "mape", "max_error", "mse", "precision_score", "r2_score", "recall_score", "rmse",
]  # fmt: skip


def mae() -> EvaluationMetric:
    """``mean_absolute_error``.

    Examples
    --------
    >>> mae()(predictions=[1.0, 2.0], targets=[1.0, 3.0]).aggregate_results
    {'mean_absolute_error': 0.5}
    """
    return _of_numbers("mean_absolute_error", better=False)


def mse() -> EvaluationMetric:
    """``mean_squared_error``."""
    return _of_numbers("mean_squared_error", better=False)


def rmse() -> EvaluationMetric:
    """``root_mean_squared_error``."""
    return _of_numbers("root_mean_squared_error", better=False)


def r2_score() -> EvaluationMetric:
    """``r2_score``."""
    return _of_numbers("r2_score", better=True)


def max_error() -> EvaluationMetric:
    """``max_error``."""

    def measure(predictions: Any, targets: Any = None, metrics: Any = None) -> MetricValue | None:
        return _measured("max_error", targets, predictions)

    return make_metric(eval_fn=measure, greater_is_better=False, name="max_error")


def mape() -> EvaluationMetric:
    """``mean_absolute_percentage_error``."""
    return _of_numbers("mean_absolute_percentage_error", better=False)


def recall_score() -> EvaluationMetric:
    """``recall_score``; it takes ``pos_label``, ``average`` and ``sample_weight`` from `evaluator_config`."""
    return _of_classes("recall_score")


def precision_score() -> EvaluationMetric:
    """``precision_score``, with options as `recall_score`."""
    return _of_classes("precision_score")


def f1_score() -> EvaluationMetric:
    """``f1_score``, with options as `recall_score`."""
    return _of_classes("f1_score")


def exact_match() -> EvaluationMetric:
    """``exact_match/v1``: the share of rows whose prediction is the target."""

    def share(predictions: Any, targets: Any = None, metrics: Any = None) -> MetricValue | None:
        return _measured("accuracy_score", targets, predictions, called="exact_match")

    return make_metric(eval_fn=share, greater_is_better=True, name="exact_match", version="v1")


def latency() -> EvaluationMetric:
    """``latency``: seconds that the model takes for each row. Then it predicts row by row, which takes longer."""
    return make_metric(eval_fn=_measured_elsewhere, greater_is_better=False, name="latency")


def _measured_elsewhere() -> MetricValue:
    """The time is taken where the model predicts."""
    return MetricValue()


def _of_numbers(name: str, *, better: bool) -> EvaluationMetric:
    def measure(
        predictions: Any, targets: Any = None, metrics: Any = None, sample_weight: Any = None
    ) -> MetricValue | None:
        return _measured(name, targets, predictions, sample_weight=sample_weight)

    return make_metric(eval_fn=measure, greater_is_better=better, name=name)


def _of_classes(name: str) -> EvaluationMetric:
    def measure(
        predictions: Any,
        targets: Any = None,
        metrics: Any = None,
        pos_label: Any = 1,
        average: str = "binary",
        sample_weight: Any = None,
    ) -> MetricValue | None:
        return _measured(name, targets, predictions, pos_label=pos_label, average=average, sample_weight=sample_weight)

    return make_metric(eval_fn=measure, greater_is_better=True, name=name)


def _measured(
    name: str, targets: Any, predictions: Any, called: str | None = None, **options: Any
) -> MetricValue | None:
    """What scikit-learn's function of that name says; nothing without targets."""
    if targets is None or len(targets) == 0:
        return None
    from sklearn import metrics  # most processes evaluate nothing

    return MetricValue(
        aggregate_results={called or name: float(getattr(metrics, name)(targets, predictions, **options))}
    )
