"""Curves: a figure that plotly takes."""

import json
import math

import plotly.graph_objects as go

from jupyter_mlops.charts.curves import Look, Series, curves_figure
from jupyter_mlops.storage.columns import Curve


def test_a_figure_is_json_that_plotly_takes():
    for x, places, first in (
        ("step", [0, 1, 2], [0, 1, 2]),
        ("relative", [0, 1000, 2000], [-0.5, 0.5, 1.5]),
        ("time", [0, 1000, 2000], [0, 1000, 2000]),
    ):
        series = [
            Series("a" * 32, "one", 500, Curve(places, [1.0, math.nan, math.inf])),
            Series("b" * 32, "two", 0, Curve([0], [2.0])),
        ]
        figure = curves_figure({"m": series}, Look(x))
        json.dumps(figure, allow_nan=False)
        drawn = go.Figure(figure)
        assert list(drawn.data[0].x) == first
        assert list(drawn.data[0].y) == [1.0, None, None]
        assert drawn.data[1].mode == "markers"
        assert drawn.data[0].meta["run_id"] == "a" * 32


def test_more_lines_than_look_different_are_thin_and_have_no_dashes():
    def lines(count):
        series = [Series(f"{number:032x}", f"run {number}", 0, Curve([0, 1], [0.0, 1.0])) for number in range(count)]
        return [trace["line"] for trace in curves_figure({"m": series})["data"]]

    assert len({(line["color"], line["dash"]) for line in lines(24)}) == 24
    assert {(line["dash"], line["width"]) for line in lines(25)} == {("solid", 1)}
