"""How far metrics may lie from what was measured, as the rows are only some of all that there might have been."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.evaluation.resamples import resampled

__all__ = ["Interval", "confidence_intervals", "interval_of"]


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval that holds a metric's true value with the chance `level`.

    Attributes
    ----------
    low, high : float
    level : float
        Between 0 and 1.

    Examples
    --------
    >>> print(Interval(0.9, 0.97, 0.95))
    [0.9, 0.97]
    """

    low: float
    high: float
    level: float

    def __str__(self) -> str:
        return f"[{self.low:.4g}, {self.high:.4g}]"


def confidence_intervals(evaluated: Evaluated, level: float = 0.95, *, resamples: int = 1000, seed: int = 0) -> dict[str, Interval]:
    """Confidence intervals of the metrics of an evaluation, by a percentile bootstrap of its rows.

    Parameters
    ----------
    evaluated : Evaluated
    level : float, default 0.95
        Between 0 and 1.
    resamples : int, default 1000
        Drawings; fewer for more than 20,000 rows.
    seed : int, default 0

    Returns
    -------
    dict of str to Interval
        Of metrics that measure the model; those that most drawings lack are left out.

    Raises
    ------
    InvalidParameter
        The level or the number of drawings makes no interval.

    Notes
    -----
    About a tenth of a second for a thousand rows, one for 20,000 and more.

    References
    ----------
    Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), chapter 13.
    """
    if not 0 < level < 1:
        raise InvalidParameter(f"confidence_level={level!r}: a number between 0 and 1 is needed, as 0.95; None for no intervals.")
    if resamples < 1:
        raise InvalidParameter(f"resamples={resamples!r}: one at least is needed; a thousand are usual.")
    (values,) = resampled(evaluated, resamples=resamples, seed=seed)
    found = {name: interval_of(drawn, level) for name, drawn in values.items()}
    return {name: interval for name, interval in found.items() if interval is not None}


def interval_of(values: np.ndarray[Any, Any], level: float) -> Interval | None:
    """The middle of drawn values; None where most drawings have no value."""
    there = values[np.isfinite(values)]
    if len(there) * 2 <= len(values):
        return None
    low, high = np.quantile(there, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), level)
