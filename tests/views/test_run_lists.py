"""Experiments and runs as the panel lists them, and what it does with many of them."""

import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.entities.authors import Author
from jupyter_mlops.errors import InvalidFilter, InvalidParameter
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.actions import act
from jupyter_mlops.views.requests import answer

TOP = {"tags.mlflow.parentRunId": None, "tags.jupyter_mlops.archived": None}


@pytest.fixture
def runs():
    """Names to ids: a parent of two, and one that runs."""
    made = {}
    mlflow.set_experiment("trees")
    with mlflow.start_run(run_name="parent") as parent:
        for step in range(100):
            mlflow.log_metrics({"loss": 100 - step, "val_loss": 200 - step, "system/cpu": 1}, step=step)
        mlflow.log_metric("size", 3)
        for name in ("one", "two"):
            with mlflow.start_run(run_name=name, nested=True) as child:
                made[name] = child.info.run_id
    made["parent"] = parent.info.run_id
    made["goes on"] = mlflow.MlflowClient().create_run(parent.info.experiment_id, run_name="goes on").info.run_id
    return made


def listed(query, **more):
    return answer(current_store(), "run_list", {"query": query, **more})


def names(query):
    return [run["name"] for run in listed(query)["runs"]]


def active(experiment):
    return {run.info.run_id for run in mlflow.search_runs([experiment], max_results=5000, output_format="list")}


def do(action, **parameters):
    return act(current_store(), action, parameters, Author("ann", None))


def test_experiments_are_counted_in_one_go(runs):
    mlflow.create_experiment("empty")
    found = answer(current_store(), "experiment_list", {"query": {}})
    assert [(one["name"], one["count"], one["running"]) for one in found["experiments"]] == [
        ("empty", 0, 0), ("trees", 4, 1), ("Default", 0, 0),
    ]  # fmt: skip
    some = answer(current_store(), "experiment_list", {"query": {"filters": ["run_name = 'one'"]}, "search": "TREE"})
    assert [(one["name"], one["count"], one["running"]) for one in some["experiments"]] == [("trees", 1, 0)]
    first = answer(current_store(), "experiment_list", {"query": {}, "limit": 2})
    rest = answer(current_store(), "experiment_list", {"query": {}, "limit": 2, "page": first["next"]})
    assert [one["name"] for one in rest["experiments"]] == ["Default"] and rest["next"] is None
    with pytest.raises(InvalidParameter, match="holds both kinds of quote"):
        answer(current_store(), "experiment_list", {"query": {}, "search": "x\" OR name != '"})


def test_a_run_comes_with_its_telling_metrics_and_a_few_points(runs):
    found = listed({"equal": TOP})
    assert (found["total"], found["running"], found["main"]) == (2, 1, "val_loss")
    parent = next(run for run in found["runs"] if run["name"] == "parent")
    assert parent["metrics"] == [{"key": "val_loss", "value": 101}, {"key": "loss", "value": 1}, {"key": "size", "value": 3}]
    assert (parent["children"], parent["status"], parent["archived"], parent["has_cells"]) == (2, "FINISHED", False, False)
    assert (parent["points"][0], parent["points"][-1]) == (200, 101) and len(parent["points"]) <= 24
    below = listed({"equal": {**TOP, "tags.mlflow.parentRunId": runs["parent"]}})
    assert sorted(run["name"] for run in below["runs"]) == ["one", "two"] and below["main"] is None
    assert all(run["has_cells"] for run in below["runs"]), "they may be kept with the run above"
    do("tag_runs", run_ids=[runs["parent"]], key="jupyter_mlops.tracked_cell", value="c1")
    assert next(run["has_cells"] for run in listed({"equal": TOP})["runs"] if run["name"] == "parent")


def test_a_stretch_asks_the_store_a_bounded_number_of_things(runs, monkeypatch):
    store, asked = current_store(), []
    for name in ("run_groups", "run_part", "latest_metrics", "metric_curves", "get_run", "search_runs"):
        method = getattr(type(store), name)
        monkeypatch.setattr(type(store), name, lambda *a, _m=method, _n=name, **k: asked.append(_n) or _m(*a, **k))
    listed({"equal": TOP})
    assert sorted(asked) == ["latest_metrics", "metric_curves", "run_groups", "run_groups", "run_part"]


def test_archived_and_deleted_runs_have_lists_of_their_own(runs):
    do("tag_runs", run_ids=[runs["goes on"]], key="jupyter_mlops.archived", value="true")
    assert names({"equal": TOP}) == ["parent"]
    assert names({"equal": {"tags.jupyter_mlops.archived": "true"}}) == ["goes on"]
    do("tag_runs", run_ids=[runs["goes on"], runs["parent"]], key="jupyter_mlops.archived", value=None)
    assert sorted(names({"equal": TOP})) == ["goes on", "parent"]
    gone = do("delete_runs", run_ids=[runs["parent"]])["run_ids"]
    assert sorted(gone) == sorted(runs[name] for name in ("parent", "one", "two"))
    assert sorted(names({"deleted": True})) == ["one", "parent", "two"] and names({}) == ["goes on"]
    do("restore_runs", run_ids=gone)
    assert len(names({})) == 4
    assert mlflow.get_run(runs["one"]).info.lifecycle_stage == "active"


def test_runs_of_any_depth_and_number_go_and_come_back_with_the_one_above(runs):
    store, home = current_store(), mlflow.get_run(runs["one"]).info.experiment_id

    def begin(name, parent):
        return store.create_run(home, name, "ann", 1, {"mlflow.parentRunId": parent}, owned=False).info.run_id

    deep = [runs["one"]]
    for depth in range(30):
        deep.append(begin(f"deep {depth}", deep[-1]))
    wide = [begin(f"wide {place}", deep[-1]) for place in range(1200)]
    store.set_tag(runs["one"], "mlflow.parentRunId", wide[0])  # a ring ends
    store.delete_run(wide[1])
    time.sleep(0.002)
    before = store.last_change()
    gone = do("delete_runs", run_ids=[deep[1], "0" * 32])["run_ids"]
    assert store.last_change() == before + 1
    assert set(gone) == {*deep, *wide} - {wide[1]} and not {*deep, *wide} & active(home)
    do("restore_runs", run_ids=[deep[1]])
    assert {*deep, *wide} - active(home) == {wide[1]}


def test_a_run_is_renamed(runs):
    do("rename_run", run_id=runs["one"], name=" first ")
    assert mlflow.get_run(runs["one"]).info.run_name == "first"
    with pytest.raises(InvalidParameter):
        do("rename_run", run_id=runs["one"], name="  ")


@pytest.mark.parametrize("wrong", ({"limit": 0}, {"limit": 201}, {"offset": -1}))
def test_what_cannot_be_a_stretch_is_refused(wrong):
    with pytest.raises(InvalidParameter):
        listed({}, **wrong)


def test_a_filter_that_cannot_be_read_is_refused():
    with pytest.raises(InvalidFilter):
        listed({"filters": ["acc >"]})
