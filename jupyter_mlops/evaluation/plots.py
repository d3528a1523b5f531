"""Figures of an evaluation, by MLflow's names. They need matplotlib; without it there are none."""

from __future__ import annotations

import importlib.util
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn import metrics

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.evaluation.artifact_files import ArtifactFiles
from jupyter_mlops.evaluation.calibrations import calibration_bins
from jupyter_mlops.evaluation.class_curves import MOST_CLASSES, ClassCurves
from jupyter_mlops.evaluation.classifiers import one_against_all
from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.tracking.silences import quiet

__all__ = ["can_draw", "draw", "plots_of"]

_log = logging.getLogger(__name__)
_DPI = 175
_MAX_TEXTS = 50
Plot = Callable[[Any], object]
"""Draws into the axes that it is given."""


def can_draw() -> bool:
    """Whether matplotlib is installed."""
    return importlib.util.find_spec("matplotlib") is not None


def plots_of(evaluated: Evaluated, curves: Sequence[ClassCurves], config: Mapping[str, Any]) -> dict[str, Plot]:
    """The figures of a classifier, each as a function that draws it; none of a regressor."""
    if not evaluated.is_classifier:
        return {}
    n_bins, name = config.get("calibration_n_bins", 10), config.get("calibration_classifier_name", "Classifier")
    if n_bins < 1:
        raise InvalidParameter(f"calibration_n_bins={n_bins}: one at least is needed; ten are usual.")
    found: dict[str, Plot] = {"confusion_matrix": lambda axes: _draw_confusion(axes, evaluated)}
    if evaluated.probabilities is None:
        return found
    found["calibration_curve_plot"] = lambda axes: _draw_calibration(axes, evaluated, n_bins, name)
    most = config.get("max_classes_for_multiclass_roc_pr", MOST_CLASSES)
    if evaluated.labels is not None and len(evaluated.labels) > most:
        _log.warning(
            "No ROC and precision-recall curves of more than %d classes: see max_classes_for_multiclass_roc_pr.", most
        )
        return found
    found["roc_curve_plot"] = lambda axes: _draw_roc(axes, curves, evaluated)
    found["precision_recall_curve_plot"] = lambda axes: _draw_precision_recall(axes, curves, evaluated)
    if evaluated.is_binary:
        found["lift_curve_plot"] = lambda axes: _draw_lift(axes, evaluated)
    return found


def draw(name: str, plot: Plot, files: ArtifactFiles) -> None:
    """Keep a figure as PNG; one that cannot be drawn is left out with a warning."""
    from matplotlib.figure import Figure  # not pyplot: figures of the user stay as they are

    figure = Figure(figsize=(6.0, 4.0), dpi=_DPI)
    try:
        with quiet():
            plot(figure.subplots())
    except Exception as error:  # what is not defined for these rows
        _log.warning("%s is left out: %s", name, error)
        return
    files.add(name, ".png", lambda path: figure.savefig(path, bbox_inches="tight"))


def _draw_confusion(axes: Any, evaluated: Evaluated) -> None:
    labels = evaluated.labels if evaluated.labels is not None else np.array([])
    matrix = metrics.confusion_matrix(
        evaluated.y, evaluated.predictions, labels=labels, normalize="true", sample_weight=evaluated.weights
    )
    shown = metrics.ConfusionMatrixDisplay(matrix, display_labels=labels)
    text = {"include_values": len(labels) <= _MAX_TEXTS, "values_format": ".2f", "text_kw": {"fontsize": min(8, math.ceil(50 / len(labels)))}}
    shown.plot(cmap="Blues", ax=axes, **text)
    axes.set_title("Normalized confusion matrix")


def _name_of(label: Any, evaluated: Evaluated) -> str:
    return f"positive: {label}" if evaluated.is_binary else f"label={label}"


def _draw_roc(axes: Any, curves: Sequence[ClassCurves], evaluated: Evaluated) -> None:
    for one in curves:
        axes.plot(*one.roc, label=f"{_name_of(one.label, evaluated)}, AUC={one.roc_auc:.3f}", drawstyle="steps-post", linewidth=1)
    axes.plot([0, 1], [0, 1], color="gray", alpha=0.3, linestyle="dashed")
    _name(axes, "ROC curve", "False positive rate", "True positive rate")


def _draw_precision_recall(axes: Any, curves: Sequence[ClassCurves], evaluated: Evaluated) -> None:
    for one in curves:
        label = f"{_name_of(one.label, evaluated)}, AP={one.precision_recall_auc:.3f}"
        axes.plot(*one.precision_recall, label=label, drawstyle="steps-pre", linewidth=1)
    _name(axes, "Precision-recall curve", "Recall", "Precision")


def _draw_lift(axes: Any, evaluated: Evaluated) -> None:
    weights = np.ones(len(evaluated)) if evaluated.weights is None else evaluated.weights
    order = np.argsort(-np.asarray(evaluated.positive_probabilities), kind="stable")
    order = order[weights[order] > 0]
    found = np.cumsum((weights * (evaluated.y == evaluated.positive))[order])
    share = np.cumsum(weights[order]) / weights.sum()
    axes.plot(share, found / found[-1] / share, label=f"positive: {evaluated.positive}", linewidth=1)
    axes.axhline(1, color="gray", alpha=0.3, linestyle="dashed")
    _name(axes, "Lift curve", "Share of rows, most probable first", "Lift")


def _draw_calibration(axes: Any, evaluated: Evaluated, n_bins: int, name: str) -> None:
    parts = [(evaluated.positive, evaluated)] if evaluated.is_binary else one_against_all(evaluated)
    for label, one in parts:
        bins = calibration_bins(one, n_bins)
        points = [part.said for part in bins], [part.seen for part in bins]
        axes.plot(*points, marker="o", markersize=3, label=_name_of(label, evaluated), linewidth=1)
    axes.plot([0, 1], [0, 1], color="gray", alpha=0.3, linestyle="dashed", label="perfectly calibrated")
    _name(axes, f"{name} calibration", "Mean predicted probability", "Share of positives")


def _name(axes: Any, title: str, x: str, y: str) -> None:
    axes.set(title=title, xlabel=x, ylabel=y)
    axes.legend(fontsize=7, loc="best")
