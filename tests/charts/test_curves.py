"""Curves: a figure that plotly takes, few points that keep what matters."""

import json
import math

import plotly.graph_objects as go
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.charts.curves import Series, metric_curves, thinned
from jupyter_mlops.entities.metrics import Metric


def points(values):
    return [Metric("m", value, 1000 * step, step) for step, value in enumerate(values)]


@given(st.lists(st.floats(), max_size=300), st.integers(4, 50))
def test_thinning_keeps_ends_and_extremes(values, most):
    whole, few = points(values), thinned(points(values), most)
    assert len(few) <= max(most, 0) or len(whole) <= most
    assert [p.step for p in few] == sorted(p.step for p in few)
    if len(whole) > most:
        assert (few[0], few[-1]) == (whole[0], whole[-1]) or math.isnan(values[0]) or math.isnan(values[-1])
        finite = [v for v in values if math.isfinite(v)]
        kept = [p.value for p in few if math.isfinite(p.value)]
        if len(finite) == len(values):
            assert (min(kept), max(kept)) == (min(finite), max(finite))


def test_a_figure_is_json_that_plotly_takes():
    series = [
        Series("a" * 32, "one", 500, points([1.0, math.nan, math.inf])),
        Series("b" * 32, "two", 0, points([2.0])),
    ]
    for x, first in (("step", [0, 1, 2]), ("relative", [-0.5, 0.5, 1.5]), ("time", [0, 1000, 2000])):
        figure = metric_curves("m", series, x)
        json.dumps(figure, allow_nan=False)
        drawn = go.Figure(figure)
        assert list(drawn.data[0].x) == first
        assert list(drawn.data[0].y) == [1.0, None, None]
        assert drawn.data[1].mode == "markers"
        assert drawn.data[0].meta["run_id"] == "a" * 32
