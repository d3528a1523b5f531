"""Whether one model is better than another on the same rows, or only luckier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.evaluation.intervals import interval_of
from jupyter_mlops.evaluation.resamples import resampled

__all__ = ["Difference", "paired_differences"]


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a metric of one evaluation lies above that of another.

    Attributes
    ----------
    low, high : float
        Confidence interval of the difference.
    p_value : float
        How often a difference at least this far from zero would be seen if there were none, two-sided.
    """

    low: float
    high: float
    p_value: float


def paired_differences(one: Evaluated, other: Evaluated, level: float = 0.95, *, resamples: int = 1000, seed: int = 0) -> dict[str, Difference]:
    """A paired bootstrap of two evaluations: the same rows are drawn for both, so what is hard for both does not blur the difference.

    Parameters
    ----------
    one, other : Evaluated
        Of the same rows in the same order.
    level : float, default 0.95
    resamples : int, default 1000
    seed : int, default 0

    Returns
    -------
    dict of str to Difference
        `one` minus `other`, of metrics that both have.

    Raises
    ------
    InvalidParameter
        They are evaluations of other rows, or measure differently.

    References
    ----------
    Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), chapter 16; Koehn, "Statistical Significance Tests for Machine
    Translation Evaluation" (2004), for the pairing.
    """
    if not np.array_equal(one.y, other.y):
        raise InvalidParameter(
            f"The two evaluations are of different rows ({len(one)} and {len(other)}, or other targets): "
            "evaluate both models on the same data, in the same order."
        )
    if _measured_by(one) != _measured_by(other) or not np.array_equal(one.weights, other.weights):  # type: ignore[arg-type]
        raise InvalidParameter(
            "The two evaluations measure differently: one has another kind of model, number of labels, positive label, average or "
            "weights. Give both the same model_type and evaluator_config, with label_list if one model says a label that the other does not."
        )
    mine, its = resampled(one, other, resamples=resamples, seed=seed)
    found = {}
    for name in (name for name in mine if name in its):
        drawn = mine[name] - its[name]
        if (interval := interval_of(drawn, level)) is not None:
            there = drawn[np.isfinite(drawn)]
            above, below = ((there >= 0).sum() + 1) / (len(there) + 1), ((there <= 0).sum() + 1) / (len(there) + 1)
            found[name] = Difference(interval.low, interval.high, float(min(1.0, 2 * min(above, below))))
    return found


def _measured_by(evaluated: Evaluated) -> tuple[object, ...]:
    """What gives the same name of a metric another meaning."""
    return evaluated.is_classifier, evaluated.is_binary, evaluated.positive, evaluated.average
