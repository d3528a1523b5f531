"""System metrics: which there are, when they begin and end, and that nothing breaks a run."""

import logging
import threading
import time

import psutil
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.tracking import stacks

HERE = {
    "cpu_utilization_percentage", "system_memory_usage_megabytes", "system_memory_usage_percentage",
    "disk_usage_percentage", "disk_usage_megabytes", "disk_available_megabytes",
    "network_receive_megabytes", "network_transmit_megabytes",
}  # fmt: skip


@pytest.fixture
def often():
    """Samples every 20 ms; no thread may be left when the test ends."""
    mlflow.set_system_metrics_sampling_interval(0.02)
    yield
    for thread in threads():  # the end of a run waits for a second, not longer
        thread.join(60)
    assert not threads()


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "SystemMetricsMonitor"]


def steps(sql, run_id):
    """Steps of each system metric of a run."""
    rows = sql(
        f"SELECT key, step FROM metrics JOIN runs USING (rid) WHERE run_id = '{run_id}' AND key LIKE 'system/%' ORDER BY step"
    )
    found = {}
    for key, step in rows:
        found.setdefault(key, []).append(step)
    return found


def wait_for(run_id, count):
    """Go on when each system metric of a run has so many points."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        found = [key for key in mlflow.get_run(run_id).data.metrics if key.startswith("system/")]
        if found and all(len(mlflow.MlflowClient().get_metric_history(run_id, key)) >= count for key in found):
            return
        time.sleep(0.02)
    raise AssertionError("too few points")


def test_names_steps_and_values(often, sql, value):
    with mlflow.start_run(log_system_metrics=True) as run:
        assert [thread.daemon for thread in threads()] == [True]
        wait_for(run.info.run_id, 3)
    found = steps(sql, run.info.run_id)
    assert found.keys() == {f"system/{name}" for name in HERE}
    assert all(points == list(range(len(points))) for points in found.values())
    metrics = mlflow.get_run(run.info.run_id).data.metrics
    assert metrics["system/system_memory_usage_megabytes"] * 1e6 == pytest.approx(psutil.virtual_memory().used, rel=0.2)
    assert metrics["system/disk_usage_percentage"] == pytest.approx(psutil.disk_usage("/").percent, abs=2)
    averages = [v for k, v in metrics.items() if "network" not in k]
    assert averages == [round(v, 1) for v in averages]
    late = value("SELECT count(*) FROM metrics JOIN runs USING (rid) WHERE timestamp > end_time")
    assert late == 0


def test_who_decides(often, monkeypatch):
    def is_on(**given):
        with mlflow.start_run(**given):
            return bool(threads())

    assert not is_on()
    mlflow.enable_system_metrics_logging()
    assert is_on()
    assert not is_on(log_system_metrics=False)
    monkeypatch.setenv("JUPYTER_MLOPS_ENABLE_SYSTEM_METRICS_LOGGING", "no")
    assert not is_on()
    mlflow.enable_system_metrics_logging()
    assert is_on()
    mlflow.disable_system_metrics_logging()
    assert not is_on()


def test_several_samples_make_a_point_and_a_node_has_a_name(often, sql):
    mlflow.set_system_metrics_samples_before_logging(3)
    mlflow.set_system_metrics_node_id("node-1")
    with mlflow.start_run(log_system_metrics=True) as run:
        wait_for(run.info.run_id, 2)
    found = steps(sql, run.info.run_id)
    assert found.keys() == {f"system/node-1/{name}" for name in HERE}
    times = sql("SELECT DISTINCT timestamp FROM metrics ORDER BY timestamp")
    assert times[1][0] - times[0][0] >= 55


def test_a_short_run_has_none_and_ends_at_once(sql):
    with mlflow.start_run(log_system_metrics=True) as run:  # the interval is 10 s
        began = time.monotonic()
    assert time.monotonic() - began < 1
    assert steps(sql, run.info.run_id) == {}
    assert not threads()


def test_a_resumed_run_goes_on_behind_its_last_step(often, sql):
    with mlflow.start_run(log_system_metrics=True) as run:
        wait_for(run.info.run_id, 2)
    before = steps(sql, run.info.run_id)
    with mlflow.start_run(run.info.run_id, log_system_metrics=True):
        most = max(len(points) for points in before.values())
        wait_for(run.info.run_id, most + 2)
    found = steps(sql, run.info.run_id)
    assert all(points == list(range(len(points))) for points in found.values())


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_it_ends_when_an_error_leaves_the_run(often, error):
    with pytest.raises(error), mlflow.start_run(log_system_metrics=True):
        raise error
    assert not threads()


def test_it_ends_with_a_run_that_cannot_end_well(often):
    mlflow.start_run(log_system_metrics=True)
    with pytest.raises(Exception, match="Unknown run status"):
        mlflow.end_run("GONE")
    assert not threads()


def test_it_ends_by_itself_when_a_client_ends_or_deletes_the_run(often):
    client = mlflow.MlflowClient()
    for leave in (client.set_terminated, client.delete_run):
        run = mlflow.start_run(log_system_metrics=True)
        leave(run.info.run_id)
        for thread in threads():
            thread.join(5)
        assert not threads()
        stacks.remove(stacks.current())


def test_a_broken_sensor_is_told_once_and_the_others_go_on(often, sql, caplog, monkeypatch):
    def broken(_path):
        raise PermissionError("no disk for you")

    monkeypatch.setattr(psutil, "disk_usage", broken)
    with caplog.at_level(logging.WARNING), mlflow.start_run(log_system_metrics=True) as run:
        wait_for(run.info.run_id, 3)
    found = steps(sql, run.info.run_id)
    assert {name.removeprefix("system/") for name in found} == {name for name in HERE if not name.startswith("disk")}
    assert [record.getMessage() for record in caplog.records] == ["The disk cannot be measured: no disk for you"]


def test_a_setting_that_cannot_be_is_an_error_or_only_logged(often, caplog, monkeypatch):
    for wrong in (0, -1, "often", float("nan"), float("inf")):
        with pytest.raises(InvalidParameter, match="above 0"):
            mlflow.set_system_metrics_sampling_interval(wrong)
    with pytest.raises(InvalidParameter, match="above 0"):
        mlflow.set_system_metrics_samples_before_logging(0)
    with pytest.raises(InvalidParameter, match="node id"):
        mlflow.set_system_metrics_node_id("a#b")
    monkeypatch.setenv("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", "often")
    with mlflow.start_run(log_system_metrics=True):
        assert not threads()
    assert "'often'" in caplog.text
    mlflow.set_system_metrics_sampling_interval(None)
    with mlflow.start_run(log_system_metrics=True):
        assert threads()


def test_a_forked_child_leaves_it_to_its_parent(python):
    out = python("""
        import os, threading, time
        import jupyter_mlops as mlflow
        mlflow.set_system_metrics_sampling_interval(0.001)
        run = mlflow.start_run(log_system_metrics=True)
        time.sleep(0.05)
        for _ in range(10):  # one of them inside a sample
            pid = os.fork()
            if not pid:
                mlflow.log_metric("of_child", 1)
                mlflow.end_run()
                os._exit(sum("Metrics" in t.name for t in threading.enumerate()))
            assert os.waitpid(pid, 0)[1] == 0
        print([t.name for t in threading.enumerate() if "Metrics" in t.name])
    """)
    assert out.split() == ["['SystemMetricsMonitor']"]


def test_gpus_have_their_metrics(often, python, tmp_path):
    """NVIDIA's library as it answers where there is a GPU; the real one raises where there is none."""
    (tmp_path / "pynvml.py").write_text("""
from types import SimpleNamespace as N
nvmlInit = lambda: None
nvmlDeviceGetCount = lambda: 2
nvmlDeviceGetHandleByIndex = lambda place: place
nvmlDeviceGetMemoryInfo = lambda gpu: N(used=(gpu + 1) * 10**9, total=4 * 10**9)
nvmlDeviceGetUtilizationRates = lambda gpu: N(gpu=50 + gpu)
nvmlDeviceGetPowerUsage = lambda gpu: 100_000
def nvmlDeviceGetEnforcedPowerLimit(gpu):
    if gpu:
        raise RuntimeError("not supported")
    return 400_000
""")
    out = python("""
        import sys
        sys.path.insert(0, ".")
        import jupyter_mlops as mlflow
        from tests.tracking.test_system_metrics import wait_for
        mlflow.set_system_metrics_sampling_interval(0.02)
        with mlflow.start_run(log_system_metrics=True) as run:
            wait_for(run.info.run_id, 1)
        found = mlflow.get_run(run.info.run_id).data.metrics
        print(sorted((k.removeprefix("system/gpu_"), v) for k, v in found.items() if "gpu" in k))
    """)
    assert eval(out) == [
        ("0_memory_usage_megabytes", 1000), ("0_memory_usage_percentage", 25), ("0_power_usage_percentage", 25),
        ("0_power_usage_watts", 100), ("0_utilization_percentage", 50), ("1_memory_usage_megabytes", 2000),
        ("1_memory_usage_percentage", 50), ("1_utilization_percentage", 51),
    ]  # fmt: skip


def test_a_process_that_ends_or_only_logs_is_not_kept(python):
    out = python("""
        import sys, time
        import jupyter_mlops as mlflow
        from jupyter_mlops.storage.opened import open_store
        mlflow.set_system_metrics_sampling_interval(0.02)
        mlflow.start_run(log_system_metrics=True)
        writer = open_store().files.writer()
        begun = writer.backlog()
        while writer.backlog() == begun:  # to read the metrics would load what must not be there
            time.sleep(0.02)
        print([name for name in ("duckdb", "pandas", "numpy") if name in sys.modules])
    """)
    assert out.split() == ["[]"]


def test_a_tracked_cell_is_a_run_as_any_other(python):
    out = python("""
        import sys, threading
        from IPython.core.interactiveshell import InteractiveShell
        import jupyter_mlops as mlflow
        from tests.tracking.test_system_metrics import wait_for
        shell = InteractiveShell.instance(user_ns={"mlflow": mlflow, "wait_for": wait_for})
        shell.run_line_magic("load_ext", "jupyter_mlops")
        mlflow.enable_system_metrics_logging()
        mlflow.set_system_metrics_sampling_interval(0.02)
        for name, last in (("good", "1"), ("bad", "1 / 0")):
            shell.run_cell(f"%%track {name}\\nwait_for(mlflow.active_run().info.run_id, 1)\\n{last}")
        left = [thread.name for thread in threading.enumerate() if "Metrics" in thread.name]
        runs = mlflow.search_runs(output_format="list")
        print("", left, sorted(run.info.status for run in runs if "system/disk_usage_percentage" in run.data.metrics), sep="\\n")
    """)
    assert out.splitlines()[-2:] == ["[]", "['FAILED', 'FINISHED']"]
    assert "system/" not in out  # the card is about the cell
