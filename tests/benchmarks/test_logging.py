"""What logging costs the caller, and how long until it can be read."""

import os
import subprocess
import sys
import time

import pytest

import jupyter_mlops as mlflow
from jupyter_mlops.storage.journal.operations import METRIC, encode
from jupyter_mlops.storage.journal.protocol import frame
from tests.server_processes import started, token_of

CALLS = 500  # one round is over before another process has its turn


def test_bare_write(benchmark, tmp_path):
    """The floor of `log_metric`: as many bytes by ``os.write`` alone."""
    data = frame(encode((METRIC, time.time_ns() // 1_000_000, "0" * 32, "loss", 0.5, None, 1000)))
    fd = os.open(tmp_path / "bytes", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write():
        for _ in range(CALLS):
            os.write(fd, data)

    benchmark.extra_info.update(calls=CALLS)
    benchmark.pedantic(write, rounds=200, warmup_rounds=2)
    os.close(fd)


def test_log_metric(beside_mlflow):
    statement = """
    for step in range(CALLS):
        mlflow.log_metric("loss", 0.5, step=step)
    """
    beside_mlflow(
        "`log_metric`, as its caller sees it", statement, "mlflow.start_run()", rounds=200, floor="test_bare_write", calls=CALLS,
        mlflow_calls=100, budget=2.5e-6,
    )  # fmt: skip


def test_log_metric_to_a_server(benchmark, tmp_path, monkeypatch):
    """What the caller waits for while a server takes what is logged, in the background."""
    with started(tmp_path) as (_, port):
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token_of(tmp_path))
        mlflow.set_tracking_uri(f"http://127.0.0.1:{port}")
        mlflow.start_run()

        def log():
            for step in range(CALLS):
                mlflow.log_metric("loss", 0.5, step=step)

        benchmark.extra_info.update(what="`log_metric` to a server, as its caller sees it", calls=CALLS, floor="test_bare_write", budget=2.5e-6)
        benchmark.pedantic(log, rounds=200, warmup_rounds=2)
        mlflow.end_run()
        mlflow.flush()


@pytest.mark.benchmark(timer=time.process_time)
def test_log_metric_cpu(beside_mlflow):
    """All the CPU of the process: its threads, and the fold of what was logged."""
    statement = """
    for step in range(CALLS):
        mlflow.log_metric("loss", 0.5, step=step)
    mlflow.get_run(run)
    """
    setup = "run = mlflow.start_run().info.run_id"
    beside_mlflow(
        "CPU of a `log_metric`, the fold included",
        statement,
        setup,
        rounds=10,
        calls=20_000,
        mlflow_calls=100,
        budget=8e-6,
    )


def test_small_run(beside_mlflow):
    statement = """
    with mlflow.start_run():
        mlflow.log_params({"lr": 0.1, "depth": 3, "seed": 7, "model": "forest"})
        for key in ("a", "b", "c", "d"):
            mlflow.log_metric(key, 0.5)
        mlflow.set_tag("team", "a")
        mlflow.log_metrics({"e": 1.0, "f": 2.0, "g": 3.0, "h": 4.0})
    """
    beside_mlflow("`start_run`, 13 items, `end_run`", statement, rounds=100, budget=1e-3)


@pytest.mark.benchmark(timer=time.process_time)
def test_system_metrics_cpu(beside_mlflow):
    """Ten times as often as by default; the budget of 1 % is that of these three seconds."""
    statement = """
    with mlflow.start_run(log_system_metrics=True):
        time.sleep(3.1)
    """
    setup = "import time; mlflow.set_system_metrics_sampling_interval(1)"
    beside_mlflow("CPU of system metrics in 3 s, a sample each second", statement, setup, rounds=3, mlflow_rounds=2, budget=0.03)


def test_get_run(benchmark):
    with mlflow.start_run() as run:
        mlflow.log_params({f"p{n}": n for n in range(20)})
        mlflow.log_metrics({f"m{n}": n for n in range(20)})
    mlflow.get_run(run.info.run_id)
    benchmark.extra_info.update(what="`get_run`, nothing new to fold")
    benchmark.pedantic(mlflow.get_run, args=(run.info.run_id,), rounds=100)


def test_get_run_after_logging(benchmark):
    with mlflow.start_run() as run:
        mlflow.get_run(run.info.run_id)
        benchmark.extra_info.update(what="`get_run`, 1,000 new points folded first")

        def log():
            for step in range(1000):
                mlflow.log_metric("loss", 0.5, step=step)
            return (run.info.run_id,), {}

        benchmark.pedantic(mlflow.get_run, setup=log, rounds=30)


LOGGER = """
import sys, {package} as mlflow
mlflow.set_tracking_uri({uri!r})
with mlflow.start_run():
    print("ready", flush=True)
    sys.stdin.readline()
    for step in range({points}):
        mlflow.log_metric("loss", 0.5, step=step)
    print("done", flush=True)
    sys.stdin.readline()
"""
READER = """
import {package} as mlflow
mlflow.set_tracking_uri({uri!r})
client = mlflow.MlflowClient()
print(sum(len(client.get_metric_history(run.info.run_id, "loss")) for run in client.search_runs(["0"])))
"""


class Loggers:
    """Eight processes that log at a word, and what they logged read back by this one."""

    def __init__(self, python, package, uri, points):
        self._python, self._points = python, points
        self._names = {"package": package, "uri": uri, "points": points}
        self._running = [self._start(LOGGER) for _ in range(8)]
        for process in self._running:
            assert process.stdout.readline() == "ready\n"

    def _start(self, script):
        root = os.path.dirname(os.path.dirname(mlflow.__file__))
        return subprocess.Popen(
            [self._python, "-c", script.format(**self._names)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": root},
        )

    def log(self):
        for process in self._running:
            process.stdin.write("\n")
            process.stdin.flush()
        for process in self._running:
            assert process.stdout.readline() == "done\n"

    def stop(self):
        for process in self._running:
            process.communicate("\n")

    def count(self):
        return int(self._start(READER).communicate()[0])


def _mlflow_seconds(python, points):
    """How long the real MLflow takes; its points are counted afterwards, outside of the time."""
    uri = "sqlite:///theirs.db"
    subprocess.run([python, "-c", f"import mlflow; mlflow.set_tracking_uri({uri!r}); mlflow.search_runs()"], check=True)
    loggers = Loggers(python, "mlflow", uri, points)
    began = time.perf_counter()
    loggers.log()
    took = time.perf_counter() - began
    loggers.stop()
    assert loggers.count() == 8 * points
    return took


def test_eight_processes(benchmark, tmp_path, mlflow_python):
    """MLflow logs a fortieth of the points, and its time is multiplied: all of them would take minutes."""
    rounds, started = iter(range(100)), []

    def start():
        while started:
            started.pop().stop()
        uri = str(tmp_path / f"store{next(rounds)}.duckdb")
        mlflow.set_tracking_uri(uri)
        mlflow.search_runs()
        started.append(Loggers(sys.executable, "jupyter_mlops", uri, 2000))

    def log_and_read():
        started[0].log()
        runs = mlflow.search_runs(output_format="list")
        client = mlflow.MlflowClient()
        assert sum(len(client.get_metric_history(run.info.run_id, "loss")) for run in runs) == 16_000

    theirs = 40 * _mlflow_seconds(mlflow_python, 50)
    benchmark.extra_info.update(what="8 processes × 2,000 metrics, until all were read", budget=0.5, mlflow=theirs)
    benchmark.pedantic(log_and_read, setup=start, rounds=5)
    started.pop().stop()
