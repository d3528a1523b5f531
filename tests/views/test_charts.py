"""Charts of compared runs: what is drawn where nothing is asked for, how little is read for it, and what foreign files do."""

import json
import math

import msgspec
import numpy as np
import plotly.graph_objects as go
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.run_tables import RunQuery
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.charts.tabs import tab_chart
from jupyter_mlops.views.requests import VIEWS, answer

BEGIN = 1_700_000_000_000
OPTIMIZERS = ("adam", "sgd")


def log(number, **histories):
    """A run with params and a metric of each name, one point a value, half a second apart."""
    client = mlflow.MlflowClient()
    run = client.create_run("0", start_time=BEGIN + number * 1000, run_name=f"run {number}").info.run_id
    for name, value in {"lr": 10.0 ** -(number % 4 + 1), "optimizer": OPTIMIZERS[number % 2], "folds": 5}.items():
        client.log_param(run, name, value)
    for key, values in histories.items():
        points = [Metric(key, float(value), BEGIN + number * 1000 + 500 * step, step) for step, value in enumerate(values)]
        client.log_batch(run, metrics=points)
    return run


@pytest.fixture
def runs():
    return [log(number, acc=[0.1, 0.5, 0.5 + number / 100], loss=[3, 2, 1], epoch=[0, 1, 2]) for number in range(8)]


@pytest.fixture
def sessions(monkeypatch):
    """Purposes of the sessions that the store was asked for."""
    asked, files = [], current_store().files
    reading = files.reading
    monkeypatch.setattr(files, "reading", lambda purpose="read": asked.append(purpose) or reading(purpose))
    return asked


def chart(kind, run_ids, **asked):
    """The answer of a chart's view, as it goes over the wire: its figure is one that plotly takes."""
    given = {"query": {"run_ids": list(run_ids)}, **asked} if kind not in ("artifacts", "images") else {"runs": list(run_ids), **asked}
    found = json.loads(json.dumps(answer(current_store(), f"chart_{kind}", given), allow_nan=False))
    if found.get("figure"):
        go.Figure(found["figure"])
    return found


KINDS = [name.removeprefix("chart_") for name in VIEWS if name.startswith("chart_")]


@pytest.mark.parametrize("kind", KINDS)
def test_charts_of_nothing_are_empty(kind):
    for run_ids in ([], ["f" * 32], [mlflow.MlflowClient().create_run("0").info.run_id]):
        found = chart(kind, run_ids)
        assert not (found.get("figure") or {}).get("data"), found


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("artifacts", "images")])
def test_charts_take_few_sessions(kind, runs, sessions):
    sessions.clear()
    chart(kind, runs)
    assert len(sessions) <= (4 if kind == "curves" else 2)


def test_parallel_coordinates_show_what_differs(runs):
    found = chart("parallel", runs)
    assert found["chosen"] == {"color": "metrics.acc", "columns": ["params.lr", "params.optimizer", "metrics.acc"]}
    (trace,) = found["figure"]["data"]
    lr, optimizer, acc = trace["dimensions"]
    assert trace["meta"]["run_ids"] == runs
    assert lr["values"] == pytest.approx([-1, -2, -3, -4] * 2)  # four decades are drawn by their logarithm
    assert lr["ticktext"] == ["0.0001", "0.001", "0.01", "0.1"]
    assert (optimizer["ticktext"], optimizer["values"]) == (["adam", "sgd"], [0, 1] * 4)
    assert acc["range"] == pytest.approx([0.5, 0.57])
    assert found["numbers"]["columns"] == ["run", "lr", "optimizer", "acc"]
    assert found["numbers"]["rows"][1] == ["run 1", 0.01, "sgd", 0.51]


def test_what_a_run_lacks_stands_below_the_axis(runs):
    other = log(9, late=[1])
    axis = chart("parallel", [*runs, other], columns=["metrics.acc"])["figure"]["data"][0]["dimensions"][0]
    assert axis["ticktext"][0] == "none"
    assert axis["values"][-1] == axis["tickvals"][0] == axis["range"][0] < 0.5


def test_points_say_who_they_are(runs):
    found = chart("scatter", runs, color="params.optimizer", size="metrics.acc", log="x")
    assert {name: found["chosen"][name] for name in ("x", "y")} == {"x": "params.lr", "y": "metrics.acc"}
    traces = found["figure"]["data"]
    assert [trace["name"] for trace in traces] == ["adam", "sgd"]
    assert traces[1]["meta"]["run_ids"] == runs[1::2]
    assert traces[1]["x"] == pytest.approx([0.01, 0.0001] * 2)
    assert traces[0]["marker"]["size"] == sorted(traces[0]["marker"]["size"])
    assert found["figure"]["layout"]["xaxis"]["type"] == "log"
    assert "lr 0.01<br>optimizer sgd" in traces[1]["customdata"][0]


def test_a_time_is_drawn_as_such(runs):
    found = chart("scatter", runs, x="attributes.start_time", y="metrics.acc")
    assert found["figure"]["layout"]["xaxis"]["type"] == "date"
    assert found["figure"]["data"][0]["x"] == [BEGIN + number * 1000 for number in range(8)]


def test_groups_have_mean_and_deviation(runs):
    found = chart("groups", runs, shape="bar")
    assert found["chosen"] == {"shape": "bar", "metric": "metrics.acc", "by": "params.optimizer"}
    (trace,) = found["figure"]["data"]
    assert trace["y"] == pytest.approx([0.53, 0.54])
    assert trace["meta"]["run_ids"] == [runs[::2], runs[1::2]]
    assert found["numbers"]["rows"][0] == ["adam", 4, pytest.approx(0.53), pytest.approx(np.std([0, 2, 4, 6], ddof=1) / 100), 0.5, 0.53, 0.56]


def test_importances_name_the_param_that_matters():
    runs = [log(number, score=[number % 4]) for number in range(24)]
    rows = chart("importances", runs)["numbers"]["rows"]
    assert rows[0][0] == "lr"
    assert rows[0][1] > 0.6
    assert chart("importances", runs[:4])["figure"]["data"] == []


def test_curves_of_several_metrics_keep_the_colour_of_a_run(runs):
    found = chart("curves", runs[:2], keys=["loss", "acc", "not there"])
    traces = found["figure"]["data"]
    assert [(trace["meta"]["metric"], trace.get("xaxis", "x")) for trace in traces] == [("loss", "x"), ("loss", "x"), ("acc", "x2"), ("acc", "x2")]
    assert traces[0]["line"]["color"] == traces[2]["line"]["color"] != traces[1]["line"]["color"]
    assert found["figure"]["layout"]["xaxis2"]["matches"] == "x"
    assert found["chosen"]["metrics"] == ["acc", "epoch", "loss"]
    assert traces[0]["meta"]["detail"] == "lr 0.1<br>optimizer adam"


def test_curves_are_smoothed_with_the_raw_line_behind(runs):
    raw, smooth = chart("curves", runs[:1], keys=["loss"], smoothing=0.5)["figure"]["data"]
    assert (raw["y"], raw["opacity"]) == ([3, 2, 1], 0.28)
    assert smooth["y"] == pytest.approx([3, 7 / 3, (1 * 0.5 + 2 * 0.25 + 3 * 0.125) / 0.875])


def test_curves_run_over_times_and_other_metrics(runs):
    assert chart("curves", runs[:1], keys=["loss"], x="relative")["figure"]["data"][0]["x"] == [0, 0.5, 1]
    over = chart("curves", runs[:1], keys=["loss"], x="metric", x_key="acc", log="xy")["figure"]
    assert (over["data"][0]["x"], over["data"][0]["y"]) == ([0.1, 0.5, 0.5], [3, 2, 1])
    assert (over["layout"]["xaxis"]["type"], over["layout"]["xaxis"]["title"]["text"]) == ("log", "acc")


@pytest.mark.parametrize(("x", "between"), [("step", (1000, 1100)), ("relative", (500, 550)), ("time", (BEGIN + 500_000, BEGIN + 550_000))])
def test_a_part_of_a_curve_shows_all_its_points(x, between):
    run = log(0, loss=range(5000))
    whole, part = (chart("curves", [run], keys=["loss"], x=x, between=one)["figure"]["data"][0] for one in (None, between))
    assert len(whole["x"]) <= 2000
    assert part["y"] == list(range(1000, 1101))
    assert (part["x"][0], part["x"][-1]) == between


@pytest.mark.parametrize("between", [(100, 200), (-2, -1), (1e308, 1e308)])
def test_a_part_without_points_draws_nothing(runs, between):
    assert chart("curves", runs, keys=["loss"], between=between)["figure"]["data"] == []


def test_what_can_not_be_drawn_is_refused(runs):
    for wrong in ({"smoothing": 1.0}, {"between": [5, 1]}, {"x": "pi"}, {"log": "z"}, {"between": [0, math.inf]}):
        with pytest.raises((InvalidParameter, msgspec.ValidationError)):
            answer(current_store(), "chart_curves", {"query": {"run_ids": runs}, "keys": ["loss"], **wrong})


def test_metrics_of_the_machine_are_apart(runs):
    busy = log(0, **{"system/cpu": [1, 2], "loss": [2, 1]})
    assert chart("curves", [busy])["chosen"]["metrics"] == ["loss"]
    assert chart("curves", [busy], system=True)["chosen"]["keys"] == ["system/cpu"]


def test_names_are_text_in_every_chart():
    """Names that would be HTML, or places in a template, are shown as they are."""
    wild = "<b>%{x}</b><img src=x>"
    client = mlflow.MlflowClient()
    made = []
    for number in range(6):
        run = client.create_run("0", run_name=wild)
        client.log_param(run.info.run_id, "kind", f"{wild}{number % 2}")
        client.log_metric(run.info.run_id, "acc", number)
        client.log_metric(run.info.run_id, "acc", number, step=1)
        made.append(run.info.run_id)
    for kind in ("parallel", "scatter", "groups", "importances", "curves"):
        text = json.dumps(chart(kind, made)["figure"])
        assert "<img" not in text, kind
        assert "<b>%{x}" not in text, kind


def test_a_tab_is_drawn_with_what_was_chosen_in_it(runs):
    """As the page keeps it; whatever else a page may have sent is refused."""
    query = RunQuery(run_ids=runs)
    chosen = {"curves": {"keys": ["loss"], "log_y": True}, "scatter": {"x": "metrics.loss", "log_x": True}, "groups": {"shape": "bar"}}
    found = {tab: tab_chart(current_store(), query, tab, options)["figure"] for tab, options in chosen.items()}
    assert found["curves"]["layout"]["yaxis"]["type"] == "log"
    assert found["scatter"]["layout"]["xaxis"] == {"title": {"text": "loss"}, "type": "log"}
    assert found["groups"]["data"][0]["type"] == "bar"
    for tab, options in (("curves", {"query": {}}), ("curves", {"keys": 5}), ("scatter", {"x": 5}), ("files", {}), ("nothing", {})):
        with pytest.raises((InvalidParameter, NotFound)):
            tab_chart(current_store(), query, tab, options)


def test_all_runs_of_a_filter_are_charted(runs):
    found = msgspec.to_builtins(VIEWS["chart_scatter"](current_store(), RunQuery(["0"], None, ["params.optimizer = 'sgd'"])))
    assert sorted(found["figure"]["data"][0]["meta"]["run_ids"]) == sorted(runs[1::2])
