"""What is said of an evaluation beyond its numbers: how sure they are, where the model is worst, what predicting costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlops.evaluation.costs import Cost
from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.evaluation.intervals import Interval, confidence_intervals
from jupyter_mlops.evaluation.slices import ordering_metric, slice_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Findings", "findings_of"]

LEVEL, RESAMPLES = 0.95, 1000


@dataclass(frozen=True)
class Findings:
    """Of one evaluation.

    Attributes
    ----------
    intervals : dict of str to Interval
    level : float
        Of the intervals.
    slices : DataFrame or None
    slice_metric : str or None
        What orders the slices.
    cost : Cost or None
    """

    intervals: dict[str, Interval]
    level: float
    slices: pd.DataFrame | None
    slice_metric: str | None
    cost: Cost | None


def findings_of(evaluated: Evaluated, groups: pd.DataFrame | None, cost: Cost | None, config: Mapping[str, Any]) -> Findings:
    """Look closer at an evaluation.

    Parameters
    ----------
    evaluated : Evaluated
    groups : DataFrame, optional
        See `slice_groups`.
    cost : Cost, optional
    config : mapping
        ``confidence_level`` (0.95; None for no intervals), ``resamples`` (1000) and ``slice_metric`` are looked at.

    Raises
    ------
    InvalidParameter
        One of them that cannot be.
    """
    level = config.get("confidence_level", LEVEL)
    intervals = {} if level is None else confidence_intervals(evaluated, level, resamples=config.get("resamples", RESAMPLES))
    if groups is None:
        return Findings(intervals, level or LEVEL, None, None, cost)
    metric = ordering_metric(evaluated, config.get("slice_metric"))
    return Findings(intervals, level or LEVEL, slice_table(groups, evaluated, metric=metric, level=level or LEVEL), metric, cost)
