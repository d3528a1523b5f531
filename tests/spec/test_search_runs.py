"""tracking.md 7: `search_runs`, and search.md's numbers of params."""

import numpy as np
import pandas as pd
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowException
from jupyter_mlops.entities import Run, ViewType

BASE = ["run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time"]


@pytest.fixture
def runs():
    """Ids of runs by name: two in one experiment, one in another."""
    found = {}
    for experiment, name, values in (("one", "first", {"b": 1, "a": 2}), ("one", "second", {"c": float("nan")}), ("two", "third", {"a": 3})):
        mlflow.set_experiment(experiment)
        with mlflow.start_run(run_name=name) as run:
            mlflow.log_metrics(values)
            mlflow.log_param(name, "p")
            found[name] = run.info.run_id
    return found


def names(**given):
    return sorted(mlflow.search_runs(**given)["tags.mlflow.runName"])


def test_ids_and_names_together_are_an_error(runs):
    with pytest.raises(MlflowException) as caught:
        mlflow.search_runs(["1"], experiment_names=["one"])
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"


def test_which_experiments_are_searched(runs, caplog):
    assert names() == ["third"]  # the active one
    assert names(experiment_ids=["1"]) == ["first", "second"]
    assert names(experiment_names=["one", "unknown"]) == ["first", "second"]
    assert "unknown" in caplog.text
    assert names(search_all_experiments=True) == ["first", "second", "third"]
    assert names(experiment_ids=["2"], search_all_experiments=True) == ["third"]
    assert len(mlflow.search_runs(["99"])) == 0


def test_all_means_all_active_experiments(runs):
    mlflow.delete_experiment("1")
    mlflow.restore_run(runs["first"])
    assert names(search_all_experiments=True) == ["third"]


def test_formats_of_the_answer(runs):
    assert [type(run) for run in mlflow.search_runs(["1"], output_format="list")] == [Run, Run]
    with pytest.raises(ValueError, match="output_format"):
        mlflow.search_runs(output_format="arrow")


def test_columns_and_their_order(runs):
    columns = list(mlflow.search_runs(["1"], order_by=["start_time"]).columns)
    assert columns[:6] == BASE
    assert columns[6:11] == ["metrics.a", "metrics.b", "metrics.c", "params.first", "params.second"]
    assert all(name.startswith("tags.") for name in columns[11:])
    assert "tags.mlflow.runName" in columns and "run_name" not in columns


def test_types_of_columns(runs):
    client = mlflow.MlflowClient()
    client.create_run("1")
    frame = mlflow.search_runs(["1"], order_by=["start_time"])
    assert str(frame["start_time"].dt.tz) == str(frame["end_time"].dt.tz) == "UTC"
    assert frame["end_time"].isna().tolist() == [False, False, True]
    assert frame["metrics.a"].dtype == np.float64
    assert frame["metrics.a"].isna().tolist() == [False, True, True]
    assert frame["metrics.c"].isna().all()  # a NaN that was logged looks as a missing one
    assert frame["params.first"].isna().tolist() == [False, True, True]
    assert isinstance(frame["params.first"][0], str)
    assert pd.Timestamp(client.get_run(runs["first"]).info.start_time, unit="ms", tz="UTC") == frame["start_time"][0]


def test_nothing_found_still_has_the_columns_of_all_runs(runs):
    frame = mlflow.search_runs(filter_string="metrics.a > 100")
    assert (list(frame.columns), len(frame)) == (BASE, 0)


def test_views_orders_and_numbers_of_results(runs):
    mlflow.delete_run(runs["first"])
    found = [mlflow.search_runs(["1"], run_view_type=view, order_by=["tags.mlflow.runName"]) for view in (ViewType.DELETED_ONLY, ViewType.ALL)]
    assert [list(frame["tags.mlflow.runName"]) for frame in found] == [["first"], ["first", "second"]]
    assert len(mlflow.search_runs(["1"], run_view_type=ViewType.ALL, max_results=1)) == 1


def test_more_runs_than_a_page(monkeypatch):
    from jupyter_mlops.tracking import run_searches

    monkeypatch.setattr(run_searches, "_PAGE", 2)
    for _ in range(5):
        with mlflow.start_run():
            pass
    assert len(mlflow.search_runs()) == len(set(mlflow.search_runs()["run_id"])) == 5


def test_params_compare_as_numbers_with_numbers_and_as_text_with_text():
    for rate in ("1e-3", "0.010", "0.1", "adaptive"):
        with mlflow.start_run():
            mlflow.log_param("lr", rate)
    for text, found in {
        "< 0.01": ["1e-3"], "<= 0.01": ["0.010", "1e-3"], "> 0.01": ["0.1"], ">= 0.01": ["0.010", "0.1"], "= 0.01": ["0.010"],
        "!= 0.01": ["0.1", "1e-3"], "= '0.01'": [], "LIKE '0.0%'": ["0.010"], "= 'adaptive'": ["adaptive"],
    }.items():  # fmt: skip
        frame = mlflow.search_runs(filter_string=f"params.lr {text}")
        assert sorted(frame["params.lr"] if len(frame) else []) == found, text
