"""Thresholds that the metrics of a candidate must keep, by themselves and against a baseline."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from numbers import Real
from typing import Any

from jupyter_mlops.errors import InvalidParameter, MetricThresholdClassException, ModelValidationFailedException
from jupyter_mlops.evaluation.results import EvaluationResult
from jupyter_mlops.evaluation.verdicts import note_verdict

__all__ = [
    "MetricThreshold", "MetricThresholdClassException", "ModelValidationFailedException", "check_thresholds",
    "validate_evaluation_results",
]  # fmt: skip


class MetricThreshold:
    """What a metric of a candidate must keep.

    Parameters
    ----------
    threshold : float, optional
        The value, or a better one.
    min_absolute_change : float, > 0, optional
        How much better than the baseline it is at least.
    min_relative_change : float from 0 to 1, optional
        The same as a share of the baseline's absolute value; of a baseline of 0 it need only be better.
    greater_is_better : bool

    Raises
    ------
    MetricThresholdClassException
        No threshold, or one that no metric could be held against.

    Examples
    --------
    >>> MetricThreshold(threshold=0.8, min_absolute_change=0.05, greater_is_better=True)
    MetricThreshold(threshold=0.8, min_absolute_change=0.05, greater_is_better=True)
    """

    def __init__(
        self,
        threshold: float | None = None,
        min_absolute_change: float | None = None,
        min_relative_change: float | None = None,
        greater_is_better: bool | None = None,
    ) -> None:
        if not isinstance(greater_is_better, bool):
            _refuse(f"greater_is_better is True or False, not {greater_is_better!r}")
        if threshold is not None and not _is_real(threshold):
            _refuse(f"threshold is a number, not {threshold!r}")
        if min_absolute_change is not None and not (_is_real(min_absolute_change) and min_absolute_change > 0):
            _refuse(f"min_absolute_change is a positive number, not {min_absolute_change!r}")
        if min_relative_change is not None and not (
            isinstance(min_relative_change, float) and 0 <= min_relative_change <= 1
        ):
            _refuse(f"min_relative_change is a float from 0 to 1, not {min_relative_change!r}")
        if threshold is None and min_absolute_change is None and min_relative_change is None:
            _refuse("give threshold, min_absolute_change or min_relative_change")
        self.threshold = threshold
        self.min_absolute_change = min_absolute_change
        self.min_relative_change = min_relative_change
        self.greater_is_better = bool(greater_is_better)

    @property
    def needs_baseline(self) -> bool:
        """Whether it says something of a change."""
        return self.min_absolute_change is not None or self.min_relative_change is not None

    def __repr__(self) -> str:
        given = {name: value for name, value in vars(self).items() if value is not None}
        return f"MetricThreshold({', '.join(f'{name}={value!r}' for name, value in given.items())})"


def _refuse(why: str) -> None:
    raise MetricThresholdClassException(f"A MetricThreshold cannot be made: {why}.")


def _is_real(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and not math.isnan(value)


def validate_evaluation_results(
    validation_thresholds: Mapping[str, MetricThreshold],
    candidate_result: EvaluationResult,
    baseline_result: EvaluationResult | None = None,
) -> None:
    """Raise unless all metrics of a candidate keep their thresholds.

    Parameters
    ----------
    validation_thresholds : dict of str to MetricThreshold
        By name of the metric.
    candidate_result : EvaluationResult
    baseline_result : EvaluationResult, optional
        Needed for thresholds of a change.

    Raises
    ------
    ModelValidationFailedException
        What is not kept, a line each; a metric that is missing or NaN keeps nothing. Its ``result`` is that of the candidate.
    InvalidParameter
        `validation_thresholds` are none, or the results are none of `evaluate`.

    Notes
    -----
    Where `evaluate` made the candidate's result of a registered version (``models:/…``), the registry knows afterwards whether that
    passed, as by `registry.record_evaluation`: what the gate ``evaluation passed`` asks for. No thresholds are no verdict.

    Examples
    --------
    >>> thresholds = {"accuracy_score": MetricThreshold(threshold=0.8, greater_is_better=True)}
    >>> validate_evaluation_results(thresholds, EvaluationResult({"accuracy_score": 0.9}, {}))
    >>> validate_evaluation_results(thresholds, EvaluationResult({"accuracy_score": 0.7}, {}))
    Traceback (most recent call last):
    jupyter_mlops.errors.ModelValidationFailedException: Metric accuracy_score is 0.7 and must be at least 0.8.
    """
    check_thresholds(validation_thresholds)
    for name, result in (("candidate_result", candidate_result), ("baseline_result", baseline_result or candidate_result)):
        if not isinstance(result, EvaluationResult):
            raise InvalidParameter(f"{name} is what evaluate() returns, not {type(result).__name__}.")
    baseline = None if baseline_result is None else baseline_result.metrics
    failures = [failure for name, threshold in validation_thresholds.items() for failure in _failures(name, threshold, candidate_result.metrics, baseline)]
    if validation_thresholds:  # without, nothing was asked that could be passed
        note_verdict(candidate_result.version, candidate_result.run_id, not failures)
    if failures:
        raise ModelValidationFailedException(os.linesep.join(failures), result=candidate_result)


def check_thresholds(thresholds: Any) -> None:
    """`InvalidParameter` unless it is a dict of names to `MetricThreshold`."""
    if not isinstance(thresholds, Mapping) or not all(
        isinstance(name, str) and isinstance(threshold, MetricThreshold) for name, threshold in thresholds.items()
    ):
        raise InvalidParameter("validation_thresholds is a dict of names of metrics to MetricThreshold objects.")


def _failures(
    name: str, threshold: MetricThreshold, candidate: Mapping[str, float], baseline_metrics: Mapping[str, float] | None
) -> Iterator[str]:
    """What a metric does not keep, in words."""
    if (value := candidate.get(name)) is None:
        yield f"Metric {name} is missing from the result of the candidate, which has {_names(candidate)}."
        return
    sign, most = (1, "at least") if threshold.greater_is_better else (-1, "at most")
    if threshold.threshold is not None and not sign * value >= sign * threshold.threshold:
        yield f"Metric {name} is {value} and must be {most} {threshold.threshold}."
    if not threshold.needs_baseline:
        return
    if baseline_metrics is None:
        yield f"Metric {name} is to be better than that of a baseline: give its result, baseline_result."
        return
    if (baseline := baseline_metrics.get(name)) is None:
        yield f"Metric {name} is missing from the result of the baseline, which has {_names(baseline_metrics)}."
        return
    shown = f"Metric {name} is {value}, of the baseline {baseline}, and must be better by"
    absolute, relative = threshold.min_absolute_change, threshold.min_relative_change
    if absolute is not None and not sign * value >= sign * (baseline + sign * absolute):
        yield f"{shown} at least {absolute}."
    if relative is None:
        return
    change = sign * (value - baseline)
    if baseline == 0 and not change > 0:
        yield f"{shown} anything."
    elif baseline != 0 and not change / abs(baseline) >= relative:
        yield f"{shown} at least {relative} of it."


def _names(metrics: Mapping[str, float]) -> str:
    return ", ".join(list(metrics)[:20]) or "none"
