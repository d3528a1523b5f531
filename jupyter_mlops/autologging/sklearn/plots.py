"""Plots of a classifier on its training data, drawn by Pillow: a few ms each, where matplotlib takes over a hundred."""

from __future__ import annotations

import os
from typing import Any

from jupyter_mlops.autologging.sklearn.metrics import Outcome
from jupyter_mlops.autologging.sklearn.pictures import draw_curve, draw_matrix
from jupyter_mlops.autologging.sklearn.training_data import TrainingData

__all__ = ["draw_classifier"]


def draw_classifier(folder: str, estimator: Any, data: TrainingData, outcome: Outcome) -> None:
    """Write the confusion matrix, and of two classes also the ROC and the precision-recall curve, as PNG files."""
    from sklearn import metrics
    from sklearn.utils.multiclass import unique_labels

    labels = unique_labels(data.y, outcome.predicted)
    shares = metrics.confusion_matrix(
        data.y, outcome.predicted, labels=labels, sample_weight=data.sample_weight, normalize="true"
    )
    draw_matrix(_path(folder, "confusion_matrix"), shares.tolist(), [str(label) for label in labels.tolist()])
    if len(labels) == 2 and len(unique_labels(data.y)) == 2:
        _draw_curves(folder, estimator, data, outcome, labels[1])


def _draw_curves(folder: str, estimator: Any, data: TrainingData, outcome: Outcome, positive: Any) -> None:
    from sklearn import metrics

    if outcome.probabilities is not None:
        scores = outcome.probabilities[:, 1]
    elif hasattr(estimator, "decision_function"):
        scores = estimator.decision_function(data.X)
    else:
        return
    given = {"pos_label": positive, "sample_weight": data.sample_weight}
    name, class_ = type(estimator).__name__, f" (class {positive})"
    false, true, _ = metrics.roc_curve(data.y, scores, **given)
    draw_curve(
        _path(folder, "roc_curve"), false.tolist(), true.tolist(), f"{name} (AUC = {metrics.auc(false, true):.2f})",
        "ROC curve", "False positive rate" + class_, "True positive rate" + class_,
    )  # fmt: skip
    precision, recall, _ = metrics.precision_recall_curve(data.y, scores, **given)
    mean = -((recall[1:] - recall[:-1]) * precision[:-1]).sum()
    corners = [  # from the left, each precision holds down to the next recall
        point
        for here, before, height in zip(recall[:-1], recall[1:], precision[:-1], strict=True)
        for point in ((here, height), (before, height))
    ]
    draw_curve(
        _path(folder, "precision_recall_curve"), [float(x) for x, _ in corners], [float(y) for _, y in corners],
        f"{name} (AP = {mean:.2f})", "Precision recall curve", "Recall" + class_, "Precision" + class_,
    )  # fmt: skip


def _path(folder: str, name: str) -> str:
    return os.path.join(folder, f"training_{name}.png")
