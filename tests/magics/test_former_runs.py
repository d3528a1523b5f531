"""The runs that a tracked cell had before."""

import jupyter_mlops as mlflow
from jupyter_mlops.entities.tags import SWEEP_TAG
from jupyter_mlops.magics.cells.former_runs import former_runs
from jupyter_mlops.tracking.settings import current_store


def test_a_former_run_is_found_behind_any_number_of_sweeps():
    client = mlflow.MlflowClient()
    first = client.create_run("0", start_time=1, run_name="forest")
    for number in range(60):
        client.create_run("0", start_time=2 + number, run_name="forest", tags={SWEEP_TAG: "{}"})
    assert [run.info.run_id for run in former_runs(current_store(), "forest", None, "0")] == [first.info.run_id]


def test_a_sweep_of_the_name_is_no_former_run():
    sweep = mlflow.MlflowClient().create_run("0", run_name="forest", tags={SWEEP_TAG: "{}"}).info.run_id
    assert former_runs(current_store(), "forest", None, "0") == former_runs(current_store(), sweep, None, "0") == []
