"""Importances of params: what the metric is made of comes first, the same at every call and in whatever order."""

import json
import math
import random

import plotly.graph_objects as go
import pytest

from jupyter_mlops.charts.fields import Field
from jupyter_mlops.charts.importances import importance_figure, param_importances

_chance = random.Random(0)
LR = [10.0 ** -_chance.randint(1, 5) for _ in range(60)]
OPTIMIZER = [_chance.choice(["adam", "sgd", "lion"]) for _ in range(60)]
SEED = [float(_chance.randint(0, 9)) for _ in range(60)]
LOSS = [2 - math.log10(lr) + (3 if name == "sgd" else 0) for lr, name in zip(LR, OPTIMIZER, strict=True)]


def fields(order=range(60)):
    named = {"lr": LR, "optimizer": OPTIMIZER, "seed": SEED, "same": [1] * 60}
    return [Field(name, [values[row] for row in order]) for name, values in named.items()], Field("loss", [LOSS[row] for row in order])


def test_what_the_metric_is_made_of_comes_first():
    found = param_importances(*fields())
    assert [one.name for one in found] == ["lr", "optimizer", "seed"] or [one.name for one in found] == ["optimizer", "lr", "seed"]
    by_name = {one.name: one for one in found}
    assert math.isclose(sum(one.importance for one in found), 1)
    assert by_name["seed"].importance < 0.05
    assert by_name["lr"].correlation < -0.3
    assert by_name["optimizer"].correlation is None


def test_the_order_of_runs_and_the_call_change_nothing():
    params, loss = fields()
    turned, turned_loss = fields(range(59, -1, -1))
    first = param_importances(params, loss)
    assert param_importances(params, loss) == first
    assert param_importances(turned[::-1], turned_loss) == [
        one._replace(correlation=pytest.approx(one.correlation) if one.correlation else None) for one in first
    ]


def test_runs_that_lack_something_do_not_spoil_it():
    params, loss = fields()
    lacking = [params[0]._replace(values=[None if row % 7 == 0 else value for row, value in enumerate(params[0].values)]), *params[1:]]
    holed = loss._replace(values=[math.nan if row % 9 == 0 else value for row, value in enumerate(loss.values)])
    assert {one.name for one in param_importances(lacking, holed)[:2]} == {"lr", "optimizer"}


@pytest.mark.parametrize(
    ("params", "metric"),
    [
        ([Field("lr", [1, 2, 3, 4])], Field("loss", [1, 2, 3, 4])),
        ([Field("lr", [1] * 9)], Field("loss", list(range(9)))),
        ([Field("lr", list(range(9)))], Field("loss", [1] * 9)),
        ([Field("lr", list(range(9)))], Field("loss", [None] * 9)),
        ([], Field("loss", list(range(9)))),
    ],
)
def test_too_little_to_tell_is_told_as_nothing(params, metric):
    assert param_importances(params, metric) == []
    assert importance_figure([], "loss")["data"] == []


def test_a_figure_is_json_that_plotly_takes_and_its_names_are_text():
    params, loss = fields()
    found = param_importances([params[0]._replace(label="<b>lr</b>"), *params[1:]], loss)
    figure = importance_figure(found, "<i>loss")
    text = json.dumps(figure, allow_nan=False)
    assert "<b>" not in text
    assert "<i>" not in text
    assert {name for trace in go.Figure(figure).data for name in trace.y} == {"&lt;b&gt;lr&lt;/b&gt;", "optimizer", "seed"}
