"""A bootstrap by weights has the values of one that draws the rows and asks each metric again."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, rankdata

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.evaluation.calibrations import calibration_bins, expected_calibration_error
from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.evaluation.intervals import confidence_intervals
from jupyter_mlops.evaluation.metric_tables import COUNTS, metric_functions
from jupyter_mlops.evaluation.paired_tests import paired_differences
from jupyter_mlops.evaluation.resamples import RESAMPLED, drawings, resampled

CURVES = {"log_loss", "precision_recall_auc", "roc_auc"}


@st.composite
def evaluations(draw):
    """Any evaluation: of two or more classes with or without probabilities and weights, or of numbers."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, classes = draw(st.integers(2, 60)), draw(st.integers(1, 5))
    weights = random.uniform(0.1, 3, rows) if draw(st.booleans()) else None
    if classes == 1:
        y = random.normal(10, 5, rows).round(draw(st.integers(0, 3)))
        return Evaluated(y, y + random.normal(0, 2, rows).round(2), weights=weights)
    labels = np.array(
        ["red", "white", "rose", "grey", "blue"][:classes] if draw(st.booleans()) else list(range(classes))
    )
    positive = None
    if classes == 2:
        positive = labels[draw(st.integers(0, 1))]
        labels = np.array([next(label for label in labels if label != positive), positive])
    else:
        labels = np.sort(labels)
    chances = random.dirichlet(np.ones(classes), rows)
    if draw(st.booleans()):  # with ties
        chances = np.eye(classes)[chances.argmax(axis=1)] * 0.5 + 0.5 / classes
    y = labels[random.integers(0, classes, rows)]
    average = draw(st.sampled_from(["weighted", "macro", "micro"]))
    return Evaluated(
        y, labels[chances.argmax(axis=1)], chances if draw(st.booleans()) else None, weights, labels, positive, average
    )


@settings(max_examples=150, deadline=None)
@given(evaluations(), st.integers(0, 99))
def test_metrics_of_drawings_are_those_of_the_drawn_rows(evaluated, seed):
    (found,) = resampled(evaluated, resamples=3, seed=seed)
    (counts,) = drawings(len(evaluated), 3, seed)
    functions = {name: function for name, function in metric_functions(evaluated).items() if name in RESAMPLED}
    assert found.keys() == functions.keys() == metric_functions(evaluated).keys() - COUNTS - {"max_error", "mean_on_target"}
    for place, drawn in enumerate(counts.astype(int)):
        rows = evaluated.rows(np.repeat(np.arange(len(evaluated)), drawn))
        for name, function in functions.items():
            if len(set(rows.y)) < len(set(evaluated.y)) and name in CURVES:
                continue  # scikit-learn has no curves of a class that is not there, each version in its own way
            if np.isfinite(expected := function(rows)) and not (name == "r2_score" and len(set(rows.y)) == 1):
                assert found[name][place] == pytest.approx(expected, rel=1e-9, abs=1e-9), name


def normal(seed, rows=400, noise=1.0):
    random = np.random.default_rng(seed)
    y = random.normal(0, 3, rows)
    return Evaluated(y, y + random.normal(0, noise, rows))


def test_intervals_hold_what_is_true_about_as_often_as_they_say():
    """Of 200 samples with a true mean squared error of 1, about 95 % of the intervals hold it (binomial: 182 to 197 in 99.7 %)."""
    found = [confidence_intervals(normal(seed, 200), resamples=200)["mean_squared_error"] for seed in range(200)]
    assert 175 <= sum(interval.low <= 1 <= interval.high for interval in found) <= 199


def many(rows=60_000, share=0.3):
    random = np.random.default_rng(0)
    y = (random.random(rows) < share).astype(int)
    chances = norm.cdf(random.normal(y - 1.0, 1))
    return Evaluated(y, (chances > 0.4).astype(int), np.c_[1 - chances, chances], labels=np.array([0, 1]), positive=1)


def width(interval):
    """As a number of standard deviations' worth, if it were a normal one."""
    return (interval.high - interval.low) / (2 * norm.ppf(0.975))


def test_many_rows_are_drawn_as_often_and_their_intervals_are_those_of_theory():
    """Rows drawn in groups spread as rows do: the binomial, the mean of squares, and DeLong's variance of an area (1988)."""
    evaluated = many()
    (drawn,) = resampled(evaluated)
    assert {len(values) for values in drawn.values()} == {1000}
    found = confidence_intervals(evaluated)
    hits = evaluated.y == evaluated.predictions
    positive = evaluated.y == 1
    ranks = rankdata(evaluated.probabilities[:, 1])
    above, below = ((ranks[side] - rankdata(evaluated.probabilities[side, 1])) / (~side).sum() for side in (positive, ~positive))
    right = evaluated.predictions[positive] == 1
    expected = {
        "accuracy_score": (hits.mean(), hits.std() / np.sqrt(len(hits))), "recall_score": (right.mean(), right.std() / np.sqrt(len(right))),
        "roc_auc": (above.mean(), np.sqrt(above.var() / len(above) + below.var() / len(below))),
    }  # fmt: skip
    for name, (value, spread) in expected.items():
        assert width(found[name]) == pytest.approx(spread, rel=0.1), name
        assert (found[name].low + found[name].high) / 2 == pytest.approx(value, abs=0.2 * spread), name
    (drawn,) = resampled(large := many(300_000), only="precision_recall_auc")
    precision = metric_functions(large)["precision_recall_auc"](large)
    assert abs(drawn["precision_recall_auc"].mean() - precision) < 0.15 * drawn["precision_recall_auc"].std()
    numbers = normal(3, 60_000)
    squares = (numbers.predictions - numbers.y) ** 2
    interval = confidence_intervals(numbers)["mean_squared_error"]
    assert width(interval) == pytest.approx(squares.std() / np.sqrt(60_000), rel=0.1)


@pytest.mark.parametrize("average", ["weighted", "macro"])
def test_no_metric_of_many_rows_lies_beside_its_interval(average):
    random = np.random.default_rng(0)
    y = random.choice(3, 20_000, p=[0.7, 0.299, 0.001])
    chances = random.dirichlet(np.ones(3), len(y)) + 0.5 * np.eye(3)[y]
    chances /= chances.sum(axis=1, keepdims=True)
    evaluated = Evaluated(y, chances.argmax(axis=1), chances, random.uniform(0.5, 2, len(y)), np.arange(3), None, average)
    (drawn,) = resampled(evaluated, resamples=200)
    for name, values in drawn.items():
        assert abs(values.mean() - metric_functions(evaluated)[name](evaluated)) < 0.3 * values.std(), name


def test_a_rare_class_of_many_rows_is_drawn_as_its_rows_would_be():
    """Of 30 positives among 30,000 rows the ranks are skewed; so are those of rows that are drawn one by one."""
    evaluated = many(30_000, 0.001)
    random = np.random.default_rng(1)
    for name in ("roc_auc", "precision_recall_auc"):
        (drawn,) = resampled(evaluated, only=name)
        weights = (random.multinomial(len(evaluated), np.full(len(evaluated), 1 / len(evaluated))).astype(float) for _ in range(60))
        expected = np.array([metric_functions(evaluated)[name](dataclasses.replace(evaluated, weights=one)) for one in weights])
        assert abs(drawn[name].mean() - expected.mean()) < 0.4 * expected.std(), name
        assert drawn[name].std() == pytest.approx(expected.std(), rel=0.35), name


def test_an_interval_is_the_same_again_and_a_wider_level_is_wider():
    evaluated = normal(1)
    first, again = (confidence_intervals(evaluated, 0.9) for _ in range(2))
    assert first == again
    wider = confidence_intervals(evaluated, 0.99)
    assert all(wider[name].low < first[name].low < first[name].high < wider[name].high for name in first)


def test_intervals_do_not_depend_on_the_unit():
    large = normal(1)
    small = Evaluated(large.y * 1e-9, large.predictions * 1e-9)
    expected = confidence_intervals(large)["r2_score"]
    assert confidence_intervals(small)["r2_score"].low == pytest.approx(expected.low)


@pytest.mark.parametrize("wrong", [{"level": 0}, {"level": 1}, {"level": 95}, {"resamples": 0}])
def test_levels_and_drawings_that_make_no_interval_are_refused(wrong):
    with pytest.raises(InvalidParameter, match=f"{'confidence_level' if 'level' in wrong else 'resamples'}="):
        confidence_intervals(normal(1), **wrong)


def test_a_class_of_one_row_leaves_out_what_most_drawings_lack():
    evaluated = Evaluated(
        np.array([0, 0, 0]), np.array([0, 1, 0]), np.full((3, 2), 0.5), labels=np.array([0, 1]), positive=1
    )
    found = confidence_intervals(evaluated)
    assert "accuracy_score" in found
    assert "roc_auc" not in found


def test_what_all_rows_share_has_no_interval():
    """Ten right answers do not make a model that is right for certain."""
    y = np.array([0, 1] * 5)
    assert confidence_intervals(Evaluated(y, y, labels=np.array([0, 1]), positive=1)) == {}


def test_a_paired_test_sees_a_small_difference_and_none_where_there_is_none():
    random = np.random.default_rng(0)
    y = random.normal(0, 3, 500)
    shared = random.normal(0, 2, 500)  # what is hard is hard for both
    one, other = Evaluated(y, y + shared), Evaluated(y, y + shared * 1.02)
    better = paired_differences(one, other)["mean_absolute_error"]
    assert better.high < 0
    assert better.p_value < 0.01
    luck = paired_differences(Evaluated(y, y + shared), Evaluated(y, y - shared))["mean_absolute_error"]
    assert luck.low <= 0 <= luck.high
    assert luck.p_value > 0.5
    alone = [confidence_intervals(each)["mean_absolute_error"] for each in (one, other)]
    assert alone[0].high > alone[1].low, "the intervals of each alone would not have told"


def test_other_rows_are_not_compared():
    with pytest.raises(InvalidParameter, match="different rows"):
        paired_differences(normal(1), normal(2))


def test_metrics_that_mean_something_else_are_not_compared():
    y = np.array([0, 1] * 20)
    labels = np.array([0, 1])
    of_ones = Evaluated(y, y, labels=labels, positive=1)
    for other in (
        Evaluated(y, y, labels=labels[::-1], positive=0),
        Evaluated(y, y, labels=np.array([0, 1, 2])),
        Evaluated(y, y),
        Evaluated(y, y, weights=np.ones(40), labels=labels, positive=1),
    ):
        with pytest.raises(InvalidParameter, match="measure differently"):
            paired_differences(of_ones, other)


def test_probabilities_that_mean_what_they_say_are_calibrated():
    random = np.random.default_rng(0)
    chances = random.uniform(0, 1, 20_000)
    y = (random.uniform(0, 1, 20_000) < chances).astype(int)
    honest = Evaluated(y, (chances > 0.5).astype(int), np.c_[1 - chances, chances], labels=np.array([0, 1]), positive=1)
    bins = calibration_bins(honest)
    assert [round(one.said, 1) for one in bins] == pytest.approx([0.1 * n + 0.05 for n in range(10)], abs=0.051)
    assert sum(one.rows for one in bins) == 20_000
    assert expected_calibration_error(bins) < 0.02
    boastful = Evaluated(
        y, honest.predictions, np.where(honest.probabilities > 0.5, 0.99, 0.01), labels=honest.labels, positive=1
    )
    assert expected_calibration_error(calibration_bins(boastful)) > 0.2
