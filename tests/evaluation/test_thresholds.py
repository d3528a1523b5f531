"""Thresholds hold a candidate by itself and against a baseline."""

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import (
    InvalidParameter,
    MetricThresholdClassException,
    MlflowException,
    ModelValidationFailedException,
)
from jupyter_mlops.models import EvaluationResult, MetricThreshold

NAN = float("nan")


@pytest.mark.parametrize(
    ("given", "value", "baseline", "kept"),
    [
        ({"threshold": 0.8}, 0.8, None, True),
        ({"threshold": 0.8}, 0.79, None, False),
        ({"threshold": 0.8}, NAN, None, False),
        ({"threshold": 0.8}, None, None, False),
        ({"threshold": 3, "greater_is_better": False}, 3, None, True),
        ({"threshold": 3, "greater_is_better": False}, 3.1, None, False),
        ({"min_absolute_change": 0.25}, 0.75, 0.5, True),
        ({"min_absolute_change": 0.25}, 0.74, 0.5, False),
        ({"min_absolute_change": 0.25}, 0.75, None, False),
        ({"min_absolute_change": 0.25, "greater_is_better": False}, 0.25, 0.5, True),
        ({"min_absolute_change": 0.25, "greater_is_better": False}, 0.3, 0.5, False),
        ({"min_relative_change": 0.5}, 3, 2, True),
        ({"min_relative_change": 0.5}, 2.9, 2, False),
        ({"min_relative_change": 0.5}, -1, -2, True),  # of the absolute value
        ({"min_relative_change": 0.5}, 0.1, 0, True),
        ({"min_relative_change": 0.0}, 0, 0, False),
        ({"min_relative_change": 0.5, "greater_is_better": False}, 1, 2, True),
        ({"threshold": 0.8, "min_absolute_change": 0.1, "min_relative_change": 0.1}, 0.9, 0.85, False),
    ],
)
def test_what_is_kept(given, value, baseline, kept):
    threshold = MetricThreshold(**{"greater_is_better": True, **given})
    results = [None if x is None else EvaluationResult({"m": x}, {}) for x in (value, baseline)]
    results[0] = results[0] or EvaluationResult({}, {})
    if kept:
        assert mlflow.validate_evaluation_results({"m": threshold}, *results) is None
        return
    with pytest.raises(ModelValidationFailedException, match="Metric m is") as error:
        mlflow.validate_evaluation_results({"m": threshold}, *results)
    assert error.value.error_code == "BAD_REQUEST"


def test_all_failures_are_told_a_line_each():
    threshold = MetricThreshold(threshold=0.9, min_absolute_change=0.1, min_relative_change=0.1, greater_is_better=True)
    with pytest.raises(ModelValidationFailedException) as error:
        mlflow.validate_evaluation_results(
            {"a": threshold, "b": threshold}, EvaluationResult({"a": 0.5}, {}), EvaluationResult({"a": 0.5}, {})
        )
    assert error.value.message.splitlines() == [
        "Metric a is 0.5 and must be at least 0.9.", "Metric a is 0.5, of the baseline 0.5, and must be better by at least 0.1.",
        "Metric a is 0.5, of the baseline 0.5, and must be better by at least 0.1 of it.", "Metric b is missing from the result of the candidate, which has a.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [
        {}, {"threshold": 1}, {"threshold": "1", "greater_is_better": True}, {"greater_is_better": True},
        {"threshold": 1, "greater_is_better": "yes"}, {"min_absolute_change": 0, "greater_is_better": True},
        {"min_absolute_change": -1, "greater_is_better": True}, {"min_relative_change": 1, "greater_is_better": True},
        {"min_relative_change": 1.5, "greater_is_better": True}, {"threshold": True, "greater_is_better": True}, {"threshold": NAN, "greater_is_better": True},
    ],
)  # fmt: skip
def test_thresholds_that_cannot_be(given):
    with pytest.raises(MetricThresholdClassException) as error:
        MetricThreshold(**given)
    assert error.value.error_code == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize(
    ("results", "message"),
    [
        (({"m": 1.0},), "candidate_result .* not dict"), ((EvaluationResult({}, {}), "uri"), "baseline_result .* not str"),
        ((EvaluationResult({"m": 1.0}, {}),), "baseline: give its result"), ((EvaluationResult({"m": 1.0}, {}), EvaluationResult({"n": 1}, {})), "which has n"),
    ],
)  # fmt: skip
def test_results_that_cannot_be_held_against_a_change(results, message):
    with pytest.raises(MlflowException, match=message):
        mlflow.validate_evaluation_results({"m": MetricThreshold(min_absolute_change=0.1, greater_is_better=True)}, *results)


@pytest.mark.parametrize("given", [None, [], {"m": 0.8}, {1: MetricThreshold(1, greater_is_better=True)}])
def test_thresholds_are_a_dict_of_names(given):
    with pytest.raises(InvalidParameter, match="names of metrics"):
        mlflow.validate_evaluation_results(given, EvaluationResult({}, {}))
