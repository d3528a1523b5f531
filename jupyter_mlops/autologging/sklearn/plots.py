"""Plots of a classifier on its training data, drawn by Pillow: a few ms each, where matplotlib takes over a hundred."""

from __future__ import annotations

import os
from typing import Any

from jupyter_mlops.autologging.sklearn.metrics import Outcome
from jupyter_mlops.autologging.sklearn.pictures import draw_curve, draw_matrix

__all__ = ["draw_classifier"]


def draw_classifier(folder: str, estimator: Any, outcome: Outcome) -> None:
    """Write the confusion matrix, and of two classes also the ROC and the precision-recall curve, as PNG files."""
    if outcome.confusion is None:
        return
    labels = outcome.confusion.labels.tolist()
    draw_matrix(_path(folder, "confusion_matrix"), outcome.confusion.shares().tolist(), tuple(map(str, labels)))
    if outcome.curves is not None:
        _draw_curves(folder, type(estimator).__name__, outcome, labels[-1])


def _draw_curves(folder: str, name: str, outcome: Outcome, positive: Any) -> None:
    curves, class_ = outcome.curves, f" (class {positive})"
    assert curves is not None
    draw_curve(
        _path(folder, "roc_curve"), curves.false, curves.true, f"{name} (AUC = {curves.area:.2f})",
        "ROC curve", "False positive rate" + class_, "True positive rate" + class_,
    )  # fmt: skip
    # each precision holds from the recall before it up to its own
    recall, precision = curves.true.repeat(2)[1:-1], curves.precision.repeat(2)
    draw_curve(
        _path(folder, "precision_recall_curve"), recall, precision, f"{name} (AP = {curves.mean_precision:.2f})",
        "Precision recall curve", "Recall" + class_, "Precision" + class_,
    )  # fmt: skip


def _path(folder: str, name: str) -> str:
    return os.path.join(folder, f"training_{name}.png")
