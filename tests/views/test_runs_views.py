"""The runs of a long table, and one run with all that belongs to it."""

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidFilter, InvalidParameter, NotFound
from jupyter_mlops.tracking.settings import current_store
from jupyter_mlops.views.requests import answer


def make(count):
    client = mlflow.MlflowClient()
    made = []
    for number in range(count):
        run = client.create_run("0", start_time=1000 + number, run_name=f"run {number}")
        client.log_metric(run.info.run_id, "acc", number / 10)
        client.log_param(run.info.run_id, "depth", number)
        made.append(run.info.run_id)
    return made


def names(page):
    return [row["name"] for row in page["rows"]]


def test_any_stretch_of_the_list_is_read():
    make(10)
    first = answer(current_store(), "runs", {"limit": 3})
    assert (first["total"], first["offset"], names(first)) == (10, 0, ["run 9", "run 8", "run 7"])
    assert [column["id"] for column in first["columns"]] == ["params.depth", "metrics.acc"]
    assert first["rows"][0]["values"] == [9, 0.9]
    last = answer(current_store(), "runs", {"limit": 3, "offset": 9})
    assert (last["total"], names(last)) == (10, ["run 0"])
    assert names(answer(current_store(), "runs", {"offset": 10})) == []


def test_filter_order_and_experiments_hold_for_the_total_too():
    make(10)
    other = mlflow.create_experiment("other")
    found = answer(current_store(), "runs", {"filter": "metrics.acc > 0.55", "order_by": ["metrics.acc"], "limit": 2})
    assert (found["total"], names(found)) == (4, ["run 6", "run 7"])
    assert answer(current_store(), "runs", {"experiment_ids": [other]}) == {"total": 0, "offset": 0, "columns": [], "rows": []}
    mlflow.MlflowClient().create_run(other)
    assert answer(current_store(), "runs", {})["total"] == 11
    assert answer(current_store(), "runs", {"experiment_ids": [other]})["rows"][0]["experiment"] == "other"


def test_deleted_runs_are_neither_shown_nor_counted():
    mlflow.delete_run(make(2)[0])
    found = answer(current_store(), "runs", {})
    assert (found["total"], names(found)) == (1, ["run 1"])


@pytest.mark.parametrize("wrong", ({"limit": 0}, {"limit": 501}, {"offset": -1}, {"limit": "all"}, {"order": []}))
def test_what_cannot_be_a_stretch_is_refused(wrong):
    with pytest.raises(InvalidParameter):
        answer(current_store(), "runs", wrong)


def test_a_filter_that_cannot_be_read_is_refused():
    with pytest.raises(InvalidFilter):
        answer(current_store(), "runs", {"filter": "acc >"})


def test_a_run_comes_with_what_belongs_to_it():
    client = mlflow.MlflowClient()
    with mlflow.start_run(run_name="parent") as parent:
        mlflow.log_params({"b": 1, "a": "x"})
        for step in range(3):
            mlflow.log_metric("loss", 3 - step, step=step)
        mlflow.log_metric("worst", float("nan"))
        mlflow.set_tag("team", "cellar")
        with mlflow.start_run(run_name="child", nested=True) as child:
            pass
    client.create_registered_model("wine")
    client.create_model_version("wine", f"runs:/{parent.info.run_id}/model", parent.info.run_id)
    found = answer(current_store(), "run_details", {"run_id": parent.info.run_id})
    assert (found["run"]["run_name"], found["run"]["experiment"]) == ("parent", "Default")
    assert found["params"] == {"a": "x", "b": "1"}
    assert found["metrics"] == [
        {"key": "loss", "value": 1.0, "points": 3, "min": 1.0, "max": 3.0},
        {"key": "worst", "value": "NaN", "points": 1, "min": "NaN", "max": "NaN"},
    ]
    assert found["tags"]["team"] == "cellar"
    assert found["children"] == [{"run_id": child.info.run_id, "name": "child", "status": "FINISHED"}]
    assert [(one["name"], one["version"]) for one in found["models"]] == [("wine", "1")]
    assert (found["parents"], found["has_cells"]) == ([], False)  # a script's
    client.set_tag(parent.info.run_id, "jupyter_mlops.duration_s", "1")  # a tracked cell's
    below = answer(current_store(), "run_details", {"run_id": child.info.run_id})
    assert below["parents"] == [{"run_id": parent.info.run_id, "name": "parent", "status": "FINISHED"}]
    assert below["has_cells"]


def test_a_run_that_is_not_there_is_not_found():
    with pytest.raises(NotFound):
        answer(current_store(), "run_details", {"run_id": "f" * 32})


def test_descriptions_are_made_harmless():
    assert answer(current_store(), "note", {"text": "**a** <img src=x onerror=alert(1)>"})["html"] == (
        "<p><strong>a</strong> &lt;img src=x onerror=alert(1)&gt;</p>\n"
    )
