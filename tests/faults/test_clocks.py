"""Clocks that are set back: what is logged later still wins, nothing is lost, no run lives on or dies over it."""

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient

pytestmark = pytest.mark.faults

# The clock of the whole process goes an hour back between two records, as by a time server.
BACK = """
import sys, time
real, shift = time.time_ns, [0]
time.time_ns = lambda: real() - shift[0]
time.time = lambda: time.time_ns() / 1e9
import jupyter_mlops as mlflow
with mlflow.start_run() as run:
    print(run.info.run_id, flush=True)
    mlflow.log_metric("loss", 1.0)
    mlflow.log_param("p", "first")
    mlflow.set_tag("t", "first")
    if "fold" in sys.argv:
        mlflow.search_runs()
    shift[0] = 3600 * 10**9
    mlflow.log_metric("loss", 2.0, step=1)
    mlflow.set_tag("t", "second")
    mlflow.log_params({"q": "x"})
    if "fold" in sys.argv:
        assert mlflow.get_run(run.info.run_id).data.tags["t"] == "second"
    mlflow.log_metric("loss", 3.0, step=2)
if "again" in sys.argv:
    with mlflow.start_run(run_id=run.info.run_id):
        mlflow.set_tag("t", "third")
        assert mlflow.get_run(run.info.run_id).info.status == "RUNNING"
if "die" in sys.argv:
    import os
    mlflow.start_run(run_id=run.info.run_id)
    os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("fold", ["fold", "no"])
@pytest.mark.parametrize("then", ["end", "again", "die"])
def test_an_hour_back_between_two_records(python, sql, fold, then):
    run_id = python(BACK, fold, then, check=False).stdout.strip()
    run = mlflow.get_run(run_id)
    assert run.info.status == ("KILLED" if then == "die" else "FINISHED")
    assert run.data.tags["t"] == ("third" if then == "again" else "second")
    assert run.data.params == {"p": "first", "q": "x"}
    assert run.data.metrics == {"loss": 3.0}
    assert [m.step for m in sorted(MlflowClient().get_metric_history(run_id, "loss"), key=lambda m: m.step)] == [0, 1, 2]
    assert sql("SELECT count(*) FROM conflicts UNION ALL SELECT count(*) FROM rejected") == [(0,), (0,)]


def test_a_later_process_whose_clock_is_behind(python):
    """A run that was begun by a clock an hour ahead is ended, deleted and restored all the same."""
    ahead = BACK.replace("real() - shift[0]", "real() + 3600 * 10**9 - shift[0]").replace("shift[0] = 3600", "shift[0] = 0 * 3600")
    run_id = python(ahead).strip()
    with mlflow.start_run(run_id=run_id):
        mlflow.log_metric("loss", 4.0, step=3)
        mlflow.set_tag("t", "now")
        assert mlflow.get_run(run_id).info.status == "RUNNING"
    assert mlflow.get_run(run_id).info.status == "FINISHED"
    assert mlflow.get_run(run_id).data.metrics == {"loss": 4.0}
    assert mlflow.get_run(run_id).data.tags["t"] == "now"
    mlflow.delete_run(run_id)
    assert mlflow.get_run(run_id).info.lifecycle_stage == "deleted"
    MlflowClient().restore_run(run_id)
    MlflowClient().log_metric(run_id, "loss", 5.0, step=4)
    assert mlflow.get_run(run_id).data.metrics == {"loss": 5.0}
