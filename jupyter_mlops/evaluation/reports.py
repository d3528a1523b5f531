"""What a report of an evaluation shows, as plain numbers and texts: it is kept with the run and drawn wherever the run is."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics as scores

from jupyter_mlops.entities.evaluation_files import LONGEST_TEXT, REPORT_VERSION
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.evaluation.calibrations import calibration_bins, expected_calibration_error
from jupyter_mlops.evaluation.class_curves import MOST_CLASSES, ClassCurves
from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.evaluation.findings import Findings

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["report_of"]

_MOST_LABELS, _MOST_DOTS, _MOST_SLICES = 100, 1000, 200
# Shown after what people look for: counts, and `score`, which is another metric under a second name.
_LAST = frozenset({"score", "example_count", "true_negatives", "false_positives", "false_negatives", "true_positives"})


def report_of(
    evaluated: Evaluated, metrics: Mapping[str, float], findings: Findings, curves: Sequence[ClassCurves] = (),
    *, kept: int, prefix: str = "", model: str = "", data: str = "",
) -> dict[str, Any]:  # fmt: skip
    """The report of one evaluation.

    Parameters
    ----------
    evaluated : Evaluated
    metrics : mapping of str to float
        By names that begin with `prefix`.
    findings : Findings
    curves : sequence of ClassCurves, optional
    kept : int
        Rows that can be shown: all, or a sample of them.
    prefix : str, optional
    model, data : str
        Names to show.

    Returns
    -------
    dict
        JSON without NaN, bounded: curves of 200 points, 100 labels, 200 slices.
    """
    lines = [
        {"name": name, "value": as_json(value), "low": interval and as_json(interval.low), "high": interval and as_json(interval.high)}
        for name, value in sorted(metrics.items(), key=lambda one: one[0].removeprefix(prefix) in _LAST)
        for interval in [findings.intervals.get(name.removeprefix(prefix))]
    ]
    cost, slices = findings.cost, findings.slices
    costs = cost and {"seconds": cost.seconds, "rows_per_second": cost.rows_per_second, "memory_bytes": cost.memory_bytes}
    return {
        "version": REPORT_VERSION, "kind": "classifier" if evaluated.is_classifier else "regressor",
        "model": _short(model), "data": _short(data), "rows": len(evaluated), "kept": kept, "level": findings.level, "metrics": lines,
        "cost": costs, "slice_metric": findings.slice_metric, "slices": [] if slices is None else _slices(slices),
        **(_classifier_parts(evaluated, curves) if evaluated.is_classifier else _regressor_parts(evaluated)),
    }  # fmt: skip


def _classifier_parts(evaluated: Evaluated, curves: Sequence[ClassCurves]) -> dict[str, Any]:
    labels = evaluated.labels
    assert labels is not None
    parts: dict[str, Any] = {
        "labels": [_short(label) for label in labels[:_MOST_LABELS]], "label_values": labels[:_MOST_LABELS].tolist(),
        "more_labels": max(0, len(labels) - _MOST_LABELS),
    }  # fmt: skip
    parts["matrix"] = None
    if len(labels) <= _MOST_LABELS:
        matrix = scores.confusion_matrix(evaluated.y, evaluated.predictions, labels=labels, sample_weight=evaluated.weights)
        parts["matrix"] = matrix.tolist()
    parts |= {"curves": [], "calibration": [], "calibration_error": None}
    if evaluated.probabilities is not None:
        bins = calibration_bins(evaluated)
        parts["calibration"] = [{"said": one.said, "seen": one.seen, "rows": one.rows} for one in bins]
        parts["calibration_error"] = expected_calibration_error(bins)
        parts["curves"] = [{**dataclasses.asdict(one), "label": _short(one.label)} for one in curves[:MOST_CLASSES]]
    return parts


def _regressor_parts(evaluated: Evaluated) -> dict[str, Any]:
    """What was said beside what is right, and how errors are spread."""
    y, said = (np.asarray(array, np.float64) for array in (evaluated.y, evaluated.predictions))
    chosen = np.arange(len(y)) if len(y) <= _MOST_DOTS else np.sort(np.random.default_rng(0).choice(len(y), _MOST_DOTS, replace=False))
    errors = said - y
    heights, edges = np.histogram(errors, min(40, max(5, math.isqrt(len(y)))), _ends(errors), weights=evaluated.weights)
    return {
        "points": {"y": [as_json(value) for value in y[chosen].tolist()], "prediction": [as_json(value) for value in said[chosen].tolist()]},
        "errors": {"edges": edges.tolist(), "heights": heights.tolist()},
    }


def _ends(errors: NDArray[Any]) -> tuple[float, float]:
    """Of a histogram. There are not enough numbers between errors that are all but equal to cut them into bars."""
    low, high = float(errors.min()), float(errors.max())
    largest = max(abs(low), abs(high))
    beside = 0.0 if high - low > 1e-9 * largest else max(0.5, 1e-6 * largest)
    return low - beside, high + beside


def _slices(table: pd.DataFrame) -> list[dict[str, Any]]:
    def plain(name: str, value: Any) -> Any:
        if value is None or (name in ("low", "high") and math.isnan(value)):
            return None  # there is no interval
        return _short(value) if isinstance(value, str) else as_json(value.item() if hasattr(value, "item") else value)

    return [{name: plain(name, value) for name, value in line.items()} for line in table.head(_MOST_SLICES).to_dict("records")]


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
