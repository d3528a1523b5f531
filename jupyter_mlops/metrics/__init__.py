"""Metrics of an evaluation: made from functions of one's own by `make_metric`, and ready-made ones.

``from jupyter_mlops.metrics import make_metric`` as MLflow's users know it. Objects and pure functions: imports only
`errors`; used by `evaluation` and users.
"""

from jupyter_mlops.metrics.evaluation_metrics import EvaluationMetric, make_metric
from jupyter_mlops.metrics.metric_values import MetricValue
from jupyter_mlops.metrics.ready_made import (
    exact_match,
    f1_score,
    latency,
    mae,
    mape,
    max_error,
    mse,
    precision_score,
    r2_score,
    recall_score,
    rmse,
)

__all__ = [
    "EvaluationMetric",
    "MetricValue",
    "exact_match",
    "f1_score",
    "latency",
    "mae",
    "make_metric",
    "mape",
    "max_error",
    "mse",
    "precision_score",
    "r2_score",
    "recall_score",
    "rmse",
]
