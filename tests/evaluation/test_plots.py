"""Pictures of an evaluation draw what its rows are."""

import dataclasses

import numpy as np
import pytest
from matplotlib.figure import Figure

from jupyter_mlops.evaluation.class_curves import class_curves
from jupyter_mlops.evaluation.evaluated import Evaluated
from jupyter_mlops.evaluation.plots import plots_of


@pytest.mark.parametrize("name", ["calibration_curve_plot", "lift_curve_plot", "roc_curve_plot", "precision_recall_curve_plot"])
def test_a_row_of_weight_2_is_drawn_as_two_rows(name):
    random = np.random.default_rng(0)
    chances = random.random(50).round(1)
    y = (random.random(50) < chances**2).astype(int)
    weights = random.integers(0, 3, 50).astype(float)
    one = Evaluated(y, y, np.c_[1 - chances, chances], weights, np.array([0, 1]), 1)
    repeated = one.rows(np.repeat(np.arange(50), weights.astype(int)))
    drawn, expected = (points(name, evaluated) for evaluated in (one, dataclasses.replace(repeated, weights=None)))
    if name == "lift_curve_plot":  # has a point a row
        expected = expected[[np.abs(expected[:, 0] - share).argmin() for share in drawn[:, 0]]]
    np.testing.assert_allclose(drawn, expected)


def points(name, evaluated):
    axes = Figure().subplots()
    plots_of(evaluated, class_curves(evaluated), {})[name](axes)
    return axes.lines[0].get_xydata()
