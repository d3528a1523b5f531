"""Two real kernels that resume one run: both log to it, and it ends when both have ended it or died."""

import sys

import pytest
from jupyter_client import KernelManager

import jupyter_mlops as mlflow
from jupyter_mlops import MlflowClient

pytestmark = pytest.mark.faults


@pytest.fixture
def kernel():
    """Start a kernel of this Python; returns a function that runs a cell and returns what it printed."""
    started = []

    def start():
        manager = KernelManager()
        manager.kernel_spec.argv[0] = sys.executable
        manager.start_kernel()
        client = manager.blocking_client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        started.append((manager, client))

        def run(cell):
            printed = []
            reply = client.execute_interactive(
                cell, timeout=60, output_hook=lambda m: printed.append(m["content"].get("text", ""))
            )
            assert reply["content"]["status"] == "ok", reply["content"]
            return "".join(printed)

        return manager, run

    yield start
    for manager, client in started:
        client.stop_channels()
        if manager.has_kernel:
            manager.shutdown_kernel(now=True)


def test_two_kernels_resume_one_run(kernel, sql):
    with mlflow.start_run() as run:
        mlflow.log_param("lr", 0.1)
    (first_manager, first), (_, second) = kernel(), kernel()
    resume = f"import jupyter_mlops as mlflow; run = mlflow.start_run(run_id='{run.info.run_id}')"
    log = "for step in range({0}, {0} + 500): mlflow.log_metric('loss', step, step=step)"
    first(resume)
    second(resume)
    first(log.format(0))
    second(log.format(500))
    assert mlflow.get_run(run.info.run_id).info.status == "RUNNING"
    assert second("print(mlflow.get_run(run.info.run_id).data.metrics)") == "{'loss': 999.0}\n"
    refused = "try: mlflow.log_param('lr', 0.2)\nexcept mlflow.MlflowException as error: print(error.error_code)"
    assert first(refused) == "INVALID_PARAMETER_VALUE\n"
    first_manager.shutdown_kernel(now=True)  # killed: the other one still holds the run open
    assert mlflow.get_run(run.info.run_id).info.status == "RUNNING"
    second(log.format(1000))
    second("mlflow.end_run()")
    assert mlflow.get_run(run.info.run_id).info.status == "FINISHED"
    assert len(MlflowClient().get_metric_history(run.info.run_id, "loss")) == 1500
    assert sql("SELECT count(*), count(DISTINCT step), min(step), max(step) FROM metrics") == [(1500, 1500, 0, 1499)]
    assert sql("SELECT count(*) FROM conflicts") == [(0,)]
    assert sql("SELECT count(*) FROM run_owners") == [(0,)]
