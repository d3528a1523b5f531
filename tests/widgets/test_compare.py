"""The comparison as an object: which runs it holds, what pages may change, what it leaves in the notebook."""

import json

import pytest
from traitlets import TraitError

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidFilter, NotFound
from jupyter_mlops.views.bundles import MIME


@pytest.fixture
def runs():
    made = []
    for number in range(3):
        with mlflow.start_run(run_name=f"<run {number}>") as run:
            mlflow.log_params({"number": number, "same": "x"})
            mlflow.log_metric("acc", number / 2)
        made.append(run)
    return made


def test_runs_are_named_in_many_ways(runs):
    ids = [run.info.run_id for run in runs]
    assert set(mlflow.compare().run_ids) == set(ids)
    assert set(mlflow.compare("metrics.acc > 0.4").run_ids) == set(ids[1:])
    assert mlflow.compare(ids).run_ids == mlflow.compare(runs).run_ids == ids
    assert mlflow.compare(runs[0]).run_ids == mlflow.compare(ids[0]).run_ids == ids[:1]
    assert set(mlflow.compare(mlflow.search_runs()).run_ids) == set(ids)
    with pytest.raises(NotFound, match="gone"):
        mlflow.compare(["gone"])
    with pytest.raises(InvalidFilter):
        mlflow.compare("metrics.acc >")


def test_the_bundle_has_what_differs_first_and_escapes_names(runs):
    bundle = mlflow.compare(runs)._repr_mimebundle_()
    assert set(bundle) == {MIME, "text/html", "text/plain"}
    assert len(json.dumps(bundle)) < 10_000
    columns = [column["id"] for column in bundle[MIME]["snapshot"]["columns"]]
    assert columns == ["params.number", "metrics.acc", "params.same"]
    assert "<run" not in bundle["text/html"]
    assert "&lt;run 0&gt;" in bundle["text/html"]


def test_a_large_comparison_leaves_little_in_the_notebook():
    made = []
    for number in range(150):
        with mlflow.start_run() as run:
            mlflow.log_params({f"p{key}": f"{number}-{'x' * 40}" for key in range(20)})
        made.append(run)
    bundle = mlflow.compare(made)._repr_mimebundle_()
    snapshot = bundle[MIME]["snapshot"]
    assert len(json.dumps(snapshot)) < 60_000
    assert 0 < len(snapshot["rows"]) <= 100
    assert "more runs" in bundle["text/html"]


def test_a_change_reaches_every_page_but_its_own(runs):
    view = mlflow.compare(runs)
    heard = {"a": [], "b": []}
    for page, messages in heard.items():
        view.connect(page, messages.append)
    chosen = view.run_ids[:1]
    view.take_state({"selection": chosen, "filter": "run"}, "a")
    assert (view.selection, view.filter) == (chosen, "run")
    assert heard == {"a": [], "b": [{"state": {"selection": chosen}}, {"state": {"filter": "run"}}]}
    view.disconnect("b")
    view.selection = []
    assert heard["a"] == [{"state": {"selection": []}}]
    assert len(heard["b"]) == 2


def test_a_page_cannot_select_what_is_not_there(runs):
    view, heard = mlflow.compare(runs), []
    view.connect("a", heard.append)
    view.take_state({"selection": ["elsewhere"]}, "a")
    assert view.selection == []
    assert heard == [{"state": view.page_state()}]
    with pytest.raises(TraitError, match="elsewhere"):
        view.selection = ["elsewhere"]


def test_the_kernel_answers_what_the_server_would(runs):
    view = mlflow.compare(runs)
    assert [row["name"] for row in view.answer("compare", {"run_ids": view.run_ids})["rows"]] == [
        "<run 0>",
        "<run 1>",
        "<run 2>",
    ]
    assert view.answer("curves", {"run_ids": view.run_ids})["key"] == "acc"
    assert view.to_frame()["params.number"].tolist() == ["0", "1", "2"]


def test_runs_cost_no_sessions_of_their_own(runs, monkeypatch):
    store = mlflow.tracking.MlflowClient()._store
    counted, session = [], store.files.session
    monkeypatch.setattr(store.files, "session", lambda *a, **k: counted.append(a) or session(*a, **k))
    view = mlflow.compare(runs)
    counted.clear()
    view.answer("compare", {"run_ids": view.run_ids})
    assert len(counted) == 2
