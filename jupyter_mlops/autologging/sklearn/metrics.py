"""Metrics of a fitted estimator on its training data, of the same values and names as MLflow's."""

from __future__ import annotations

import inspect
import math
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from jupyter_mlops.autologging.sklearn.confusions import Confusion, confusion_of
from jupyter_mlops.autologging.sklearn.curves import Curves, area_of_pairs, curves_of
from jupyter_mlops.autologging.sklearn.training_data import TrainingData, argument_names
from jupyter_mlops.tracking.autologs import Session

__all__ = ["Outcome", "training_outcome"]

_PREFIX = "training_"


class Outcome(NamedTuple):
    """What a fit led to on its own data.

    Attributes
    ----------
    metrics : dict of str to float
    is_classifier : bool
    predicted, probabilities : array or None
        Kept for the plots: predicting may take long.
    confusion : Confusion or None
        Of a classifier.
    curves : Curves or None
        Of two classes.
    """

    metrics: dict[str, float]
    is_classifier: bool = False
    predicted: Any = None
    probabilities: Any = None
    confusion: Confusion | None = None
    curves: Curves | None = None


def training_outcome(session: Session, estimator: Any, data: TrainingData) -> Outcome:
    """Predict the training data once and measure."""
    if data.y is None:
        session.attempt("the training metrics", _say_unlabelled, session, estimator)
        return Outcome({})
    outcome = session.attempt("the training metrics", _outcome, session, estimator, data) or Outcome({})
    score = session.attempt("training_score", _score, estimator, data, outcome)
    if score is not None:
        outcome.metrics[_PREFIX + "score"] = score
    return outcome


def _say_unlabelled(session: Session, estimator: Any) -> None:
    if hasattr(estimator, "score"):
        session.integration.warn("%s has no training metrics: it was fitted without labels.", session.what)


def _outcome(session: Session, estimator: Any, data: TrainingData) -> Outcome:
    from sklearn.base import is_classifier, is_regressor

    if is_classifier(estimator):
        has_probabilities = hasattr(estimator, "predict_proba")
        probabilities = session.attempt("predict_proba", estimator.predict_proba, data.X) if has_probabilities else None
        predicted = _predicted(estimator, data, probabilities)
        counted = session.attempt("the confusion matrix", confusion_of, data.y, predicted, data.sample_weight)
        outcome = Outcome({}, True, predicted, probabilities, counted)
        outcome = outcome._replace(curves=session.attempt("the curves", _curves, estimator, data, outcome))
        _measure(session, outcome, _classifier_metrics(data, outcome, session.options["pos_label"]))
    elif is_regressor(estimator):
        outcome = Outcome({}, False, estimator.predict(data.X))
        _measure(session, outcome, _regressor_metrics(data, outcome))
        if (squared := outcome.metrics.get(_PREFIX + "mean_squared_error")) is not None:
            outcome.metrics[_PREFIX + "root_mean_squared_error"] = math.sqrt(squared)
    else:
        outcome = Outcome({})
    return outcome


def _predicted(estimator: Any, data: TrainingData, probabilities: Any) -> Any:
    """What the estimator predicts; a forest, which takes long, is not asked what its probabilities say already."""
    kind = type(getattr(estimator, "best_estimator_", estimator))
    forests = sys.modules.get("sklearn.ensemble._forest")
    own = inspect.unwrap(inspect.getattr_static(kind, "predict", len))
    if forests is not None and own is forests.ForestClassifier.predict and getattr(probabilities, "ndim", 0) == 2:
        return estimator.classes_.take(probabilities.argmax(axis=1))
    return estimator.predict(data.X)


def _measure(session: Session, outcome: Outcome, metrics: dict[tuple[str, ...], Callable[[], Any]]) -> None:
    for names, metric in metrics.items():
        values = session.attempt(", ".join(names), metric)
        if values is not None:
            given = zip(names, values if len(names) > 1 else (values,), strict=False)
            outcome.metrics.update({_PREFIX + name: value for name, value in given})


def _classifier_metrics(
    data: TrainingData, outcome: Outcome, pos_label: Any
) -> dict[tuple[str, ...], Callable[[], Any]]:
    from sklearn import metrics

    weight, probabilities, counted = {"sample_weight": data.sample_weight}, outcome.probabilities, outcome.confusion
    average = "weighted" if pos_label is None else "binary"
    found: dict[tuple[str, ...], Callable[[], Any]] = {
        ("precision_score", "recall_score", "f1_score"): counted.weighted_scores if counted and pos_label is None else partial(
            metrics.precision_recall_fscore_support, data.y, outcome.predicted, pos_label=pos_label, average=average, **weight
        ),
        ("accuracy_score",): counted.accuracy if counted else partial(
            metrics.accuracy_score, data.y, outcome.predicted, **weight
        ),
    }  # fmt: skip
    if probabilities is not None:
        found["log_loss",] = partial(metrics.log_loss, data.y, probabilities, **weight)
        found["roc_auc",] = partial(_area, data, outcome)
    return found


def _area(data: TrainingData, outcome: Outcome) -> float:
    from sklearn.metrics import roc_auc_score

    if outcome.curves is not None:
        return outcome.curves.area
    probabilities, weight = outcome.probabilities, data.sample_weight
    area = area_of_pairs(data.y, probabilities) if weight is None else None
    if area is not None:
        return area
    scores = probabilities[:, 1] if len(probabilities[0]) == 2 else probabilities
    return float(roc_auc_score(data.y, scores, average="weighted", multi_class="ovo", sample_weight=weight))


def _curves(estimator: Any, data: TrainingData, outcome: Outcome) -> Curves | None:
    """Curves of a classifier of two classes."""
    import numpy as np

    labels: Any = np.unique(data.y) if outcome.confusion is not None else ()
    if len(labels) != 2:
        return None
    if outcome.probabilities is not None:
        scores = outcome.probabilities[:, 1]
    elif hasattr(estimator, "decision_function"):
        scores = estimator.decision_function(data.X)
    else:
        return None
    return curves_of(np.asarray(data.y) == labels[1], np.asarray(scores), data.sample_weight)


def _regressor_metrics(data: TrainingData, outcome: Outcome) -> dict[tuple[str, ...], Callable[[], Any]]:
    from sklearn import metrics

    functions = (metrics.mean_squared_error, metrics.mean_absolute_error, metrics.r2_score)
    return {
        (function.__name__,): partial(function, data.y, outcome.predicted, sample_weight=data.sample_weight)
        for function in functions
    }


def _score(estimator: Any, data: TrainingData, outcome: Outcome) -> float | None:
    if not hasattr(estimator, "score"):
        return None
    same = outcome.metrics.get(_PREFIX + _score_is(estimator))
    if same is not None:
        return same
    weight = (data.sample_weight,) if "sample_weight" in argument_names(estimator.score) else ()
    score: float = estimator.score(data.X, data.y, *weight)
    return score


def _score_is(estimator: Any) -> str:
    """Name of the metric that is the estimator's ``score``: what is known already need not be predicted again."""
    from sklearn.base import ClassifierMixin, RegressorMixin

    asks_best = hasattr(estimator, "best_estimator_") and getattr(estimator, "scoring", "") is None
    kind = type(estimator.best_estimator_ if asks_best else estimator)
    own = inspect.unwrap(inspect.getattr_static(kind, "score"), stop=lambda f: f is ClassifierMixin.score)
    return {ClassifierMixin.score: "accuracy_score", RegressorMixin.score: "r2_score"}.get(own, "score")
