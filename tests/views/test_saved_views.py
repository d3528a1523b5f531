"""Views saved by name: what is kept, where, and what comes of it on other stores and for pages."""

import json

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.entities.authors import Author
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, NotFound
from jupyter_mlops.storage.run_tables import RunQuery
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.actions import act
from jupyter_mlops.views.requests import answer

ANN = Author("ann")


@pytest.fixture
def runs():
    made = []
    for number in range(3):
        with mlflow.start_run(run_name=f"run {number}") as run:
            mlflow.log_metric("acc", number / 2)
        made.append(run.info.run_id)
    return made


def saved(name, query, state=None, **more):
    asked = {"experiment_id": "0", "name": name, "query": query, "state": state or {}, **more}
    return act(current_store(), "save_view", asked, ANN)


def seen(**query):
    return {one["name"]: one for one in answer(current_store(), "saved_views", {"query": query})["views"]}


def test_a_view_is_a_tag_of_its_experiment_that_any_client_reads(runs):
    saved("best", {"experiment_ids": ["0"], "filters": ["metrics.acc > 0.4"]}, {"group": "params.model", "filter": "", "selection": runs[:1]})
    tag = json.loads(mlflow.get_experiment("0").tags["jupyter_mlops.view.best"])
    assert tag["query"] == {"experiment_ids": ["0"], "filters": ["metrics.acc > 0.4"]}
    assert tag["state"] == {"group": "params.model", "selection": runs[:1]}  # what is empty is not kept
    assert tag["saved_by"] == "ann"


def test_only_who_says_so_overwrites(runs):
    saved("best", {"experiment_ids": ["0"]})
    with pytest.raises(AlreadyExists, match="overwrite=True"):
        saved("best", {"experiment_ids": ["0"]})
    saved("best", {"experiment_ids": ["0"]}, {"group": "params.a"}, overwrite=True)
    assert seen(experiment_ids=["0"])["best"]["state"] == {"group": "params.a"}


def test_what_is_deleted_can_be_saved_again(runs):
    asked = {"experiment_ids": ["0"], "filters": ["metrics.acc > 0.4"]}
    saved("best", asked, {"group": "params.model"})
    before = json.loads(mlflow.get_experiment("0").tags["jupyter_mlops.view.best"])
    gone = act(current_store(), "delete_view", {"experiment_id": "0", "name": "best"}, ANN)
    assert not seen(experiment_ids=["0"])
    saved("best", **json.loads(json.dumps(gone)))
    after = json.loads(mlflow.get_experiment("0").tags["jupyter_mlops.view.best"])
    assert (after["query"], after["state"]) == (before["query"], before["state"])


def test_what_no_tag_can_hold_is_said_with_what_to_do(runs):
    with pytest.raises(InvalidParameter, match="It lists 200: compare them by a filter"):
        saved("many", {"run_ids": [f"{number:032x}" for number in range(200)]})
    with pytest.raises(InvalidParameter, match="300 runs are selected"):
        saved("many", {"experiment_ids": ["0"]}, {"selection": [f"{number:032x}" for number in range(300)]})
    with pytest.raises(InvalidParameter, match="letters"):
        saved("what?", {"experiment_ids": ["0"]})
    assert not seen(experiment_ids=["0"])


def test_a_page_of_all_runs_shows_views_of_some_of_them(runs):
    saved("good", {"experiment_ids": ["0"], "filters": ["metrics.acc > 0.4"]}, {"filter": "metrics.acc < 0.8"})
    shown = seen(experiment_ids=["0"], filters=[""])["good"]
    assert shown["fits"]
    query = RunQuery(["0"], filters=[shown["state"]["filter"]])
    assert current_store().run_part(query, [], 0, 10).info["run_id"] == [runs[1]]
    assert seen(experiment_ids=["0"], filters=["metrics.acc > 0.4"])["good"]["state"]["filter"] == "metrics.acc < 0.8"
    assert not seen(experiment_ids=["0"], filters=["metrics.acc > 0.7"])["good"]["fits"]


def test_a_view_of_listed_runs_stands_with_the_experiment_of_the_first(runs):
    other = mlflow.create_experiment("other")
    run = mlflow.MlflowClient().create_run(other)
    found = answer(current_store(), "saved_views", {"query": {"run_ids": [run.info.run_id]}})
    assert found == {"experiment_id": other, "views": []}


def test_a_deleted_view_is_gone(runs):
    saved("best", {"experiment_ids": ["0"]})
    act(current_store(), "delete_view", {"experiment_id": "0", "name": "best"}, ANN)
    assert not any(key.startswith("jupyter_mlops.view.") for key in mlflow.get_experiment("0").tags)
    with pytest.raises(NotFound, match="no view 'best'"):
        act(current_store(), "delete_view", {"experiment_id": "0", "name": "best"}, ANN)


def test_foreign_tags_and_newer_versions_hide_no_view(runs):
    saved("best", {"experiment_ids": ["0"]})
    mlflow.set_experiment_tag("jupyter_mlops.view.broken", "{")
    mlflow.set_experiment_tag("jupyter_mlops.view.newer", '{"query": {}, "version": 9}')
    for place, state in enumerate(['{"selection": 5}', '{"selection": [{}]}', '{"baseline": {}}', '{"filter": 5}']):
        mlflow.set_experiment_tag(f"jupyter_mlops.view.odd {place}", f'{{"query": {{"experiment_ids": ["0"]}}, "state": {state}}}')
    assert list(seen(experiment_ids=["0"])) == ["best"]
    with pytest.raises(InvalidParameter, match="newer jupyter_mlops"):
        mlflow.compare(view="newer")
    with pytest.raises(InvalidParameter, match=r"'odd 0' cannot be read: Expected `array`, got `int` - at `\$.selection`"):
        mlflow.compare(view="odd 0")
