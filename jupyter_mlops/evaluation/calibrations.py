"""Whether probabilities mean what they say: of all rows with 70 %, seven of ten are positive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.evaluation.resamples import label_places

__all__ = ["CalibrationBin", "calibration_bins", "expected_calibration_error"]


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Rows of similar probability.

    Attributes
    ----------
    said : float
        Mean of the probabilities, 0 to 1.
    seen : float
        Share of rows that were so, 0 to 1.
    rows : float
        How many there are, by their weights.
    """

    said: float
    seen: float
    rows: float


def calibration_bins(evaluated: Evaluated, bins: int = 10) -> list[CalibrationBin]:
    """Rows by the probability of the positive class; with several classes, by that of the class that was said.

    Parameters
    ----------
    evaluated : Evaluated
        With probabilities.
    bins : int, default 10
        Equally wide; those without rows are left out.

    References
    ----------
    Guo et al., "On Calibration of Modern Neural Networks" (2017), equations 2 to 5.
    """
    chances = np.asarray(evaluated.probabilities, np.float64)
    right = label_places(evaluated, evaluated.y)
    if evaluated.is_binary:
        said, seen = chances[:, -1], right == 1
    else:
        said, seen = chances.max(axis=1), right == chances.argmax(axis=1)
    weights = np.ones(len(said)) if evaluated.weights is None else np.asarray(evaluated.weights, np.float64)
    places = np.clip((said * bins).astype(int), 0, bins - 1)
    rows, sums, hits = (np.bincount(places, weights=weights * value, minlength=bins) for value in (1.0, said, seen))
    return [CalibrationBin(float(sums[at] / rows[at]), float(hits[at] / rows[at]), float(rows[at])) for at in range(bins) if rows[at] > 0]


def expected_calibration_error(bins: list[CalibrationBin]) -> float:
    """How far what was said lies from what was seen, on average; 0 is best.

    Examples
    --------
    >>> expected_calibration_error([CalibrationBin(0.5, 0.4, 10), CalibrationBin(0.9, 0.9, 30)])
    0.025
    """
    total = sum(one.rows for one in bins)
    return round(sum(one.rows * abs(one.said - one.seen) for one in bins) / total, 12) if total else 0.0
