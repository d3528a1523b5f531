"""data.md 3: how busy the machine is; names, steps, threads and errors in depth are in tests/tracking."""

import os
import threading
import time

import pytest

import jupyter_mlops as mlflow

INTERVAL, SAMPLES, NODE = (f"MLFLOW_SYSTEM_METRICS_{name}" for name in ("SAMPLING_INTERVAL", "SAMPLES_BEFORE_LOGGING", "NODE_ID"))


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "SystemMetricsMonitor"]


def keys_of_a_run(**given):
    """Names of the system metrics of a run that waits for some."""
    with mlflow.start_run(log_system_metrics=True, **given) as run:
        while not mlflow.get_run(run.info.run_id).data.metrics:
            time.sleep(0.02)
    return set(mlflow.get_run(run.info.run_id).data.metrics)


def test_it_is_enabled_for_the_process_by_an_exported_variable_or_for_a_run():
    assert os.environ.get("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING") is None
    mlflow.enable_system_metrics_logging()
    assert os.environ["MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING"] == "true"
    with mlflow.start_run():
        assert len(threads()) == 1
        mlflow.disable_system_metrics_logging()
        assert len(threads()) == 1  # runs that started before go on
        with mlflow.start_run(nested=True), mlflow.start_run(nested=True, log_system_metrics=False):
            assert len(threads()) == 1
        with mlflow.start_run(nested=True, log_system_metrics=True):
            assert len(threads()) == 2
    for thread in threads():  # the end of a run waits for a second, not longer
        thread.join(60)
    assert threads() == []


@pytest.mark.parametrize(
    ("function", "variable", "given"),
    [
        (mlflow.set_system_metrics_sampling_interval, INTERVAL, 0.5), (mlflow.set_system_metrics_samples_before_logging, SAMPLES, 3),
        (mlflow.set_system_metrics_node_id, NODE, "one"),
    ],
)  # fmt: skip
def test_settings_are_exported_and_none_takes_them_away(function, variable, given):
    function(given)
    assert os.environ[variable] == str(given)
    function(None)
    assert variable not in os.environ


def test_names_have_a_prefix_and_the_node(monkeypatch):
    monkeypatch.setenv(INTERVAL, "0.05")
    listed = {
        "cpu_utilization_percentage", "system_memory_usage_megabytes", "system_memory_usage_percentage", "disk_usage_percentage",
        "disk_usage_megabytes", "disk_available_megabytes", "network_receive_megabytes", "network_transmit_megabytes",
    }  # fmt: skip
    assert {f"system/{name}" for name in listed} <= keys_of_a_run()
    mlflow.set_system_metrics_node_id("one")
    assert {f"system/one/{name}" for name in listed} <= keys_of_a_run()


def test_a_run_shorter_than_the_interval_logs_none(value):
    with mlflow.start_run(log_system_metrics=True):
        pass
    assert value("SELECT count(*) FROM metrics") == 0


def test_it_works_for_runs_of_any_thread_but_not_for_those_of_the_client(monkeypatch):
    monkeypatch.setenv(INTERVAL, "0.05")
    mlflow.enable_system_metrics_logging()
    before = threads()
    mlflow.MlflowClient().create_run("0")
    assert threads() == before
    found = []
    thread = threading.Thread(target=lambda: found.append(keys_of_a_run()))
    thread.start()
    thread.join()
    assert "system/cpu_utilization_percentage" in found[0]
