"""The steps of a run, wherever tags lead."""

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.views.runs.steps import run_steps


@pytest.mark.parametrize("size", [1, 2, 3])
def test_runs_that_are_below_one_another_are_shown_once(size):
    runs = [mlflow.MlflowClient().create_run("0").info.run_id for _ in range(size)]
    for number, run_id in enumerate(runs):
        mlflow.MlflowClient().set_tag(run_id, "mlflow.parentRunId", runs[number - 1])
    told = run_steps(open_store(mlflow.get_tracking_uri()), runs[0])
    assert [(step["run_id"], step["depth"]) for step in told["steps"]] == [(run_id, depth) for depth, run_id in enumerate(runs[1:])]
    assert told["more"] == 0
