"""What logging costs the caller, and how long until it can be read."""

import os
import subprocess
import sys
import time

import jupyter_mlops as mlflow
from jupyter_mlops.storage.journal.operations import METRIC, encode
from jupyter_mlops.storage.journal.protocol import frame

CALLS = 2000


def test_bare_write(benchmark, tmp_path):
    """The floor of `log_metric`: as many bytes by ``os.write`` alone."""
    data = frame(encode((METRIC, time.time_ns() // 1_000_000, "0" * 32, "loss", 0.5, None, 1000)))
    fd = os.open(tmp_path / "bytes", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write():
        for _ in range(CALLS):
            os.write(fd, data)

    benchmark.extra_info.update(calls=CALLS)
    benchmark.pedantic(write, rounds=50, warmup_rounds=2)
    os.close(fd)


def test_log_metric(benchmark):
    def log():
        for step in range(CALLS):
            mlflow.log_metric("loss", 0.5, step=step)

    benchmark.extra_info.update(
        what="`log_metric`, as its caller sees it", floor="test_bare_write", calls=CALLS, budget="≤ 2.5 µs"
    )
    with mlflow.start_run():
        benchmark.pedantic(log, rounds=50, warmup_rounds=2)


def test_small_run(benchmark):
    def run():
        with mlflow.start_run():
            mlflow.log_params({"lr": 0.1, "depth": 3, "seed": 7, "model": "forest"})
            for key in ("a", "b", "c", "d"):
                mlflow.log_metric(key, 0.5)
            mlflow.set_tag("team", "a")
            mlflow.log_metrics({"e": 1.0, "f": 2.0, "g": 3.0, "h": 4.0})

    benchmark.extra_info.update(what="`start_run`, 13 items, `end_run`", budget="≤ 1 ms")
    benchmark.pedantic(run, rounds=100, warmup_rounds=3)


def test_get_run(benchmark):
    with mlflow.start_run() as run:
        mlflow.log_params({f"p{n}": n for n in range(20)})
        mlflow.log_metrics({f"m{n}": n for n in range(20)})
    mlflow.get_run(run.info.run_id)
    benchmark.extra_info.update(what="`get_run`, nothing new to fold", budget="")
    benchmark.pedantic(mlflow.get_run, args=(run.info.run_id,), rounds=100)


def test_get_run_after_logging(benchmark):
    with mlflow.start_run() as run:
        mlflow.get_run(run.info.run_id)
        benchmark.extra_info.update(what="`get_run`, 1,000 new points folded first", budget="")

        def log():
            for step in range(1000):
                mlflow.log_metric("loss", 0.5, step=step)
            return (run.info.run_id,), {}

        benchmark.pedantic(mlflow.get_run, setup=log, rounds=30)


LOGGER = """
import sys, jupyter_mlops
with jupyter_mlops.start_run():
    print("ready", flush=True)
    sys.stdin.readline()
    for step in range(2000):
        jupyter_mlops.log_metric("loss", 0.5, step=step)
    print("done", flush=True)
    sys.stdin.readline()
"""


def test_eight_processes(benchmark, tmp_path):
    root = os.path.dirname(os.path.dirname(mlflow.__file__))
    mlflow.search_runs()
    rounds = iter(range(100))
    running = []

    def start():
        stop()
        mlflow.set_tracking_uri(tmp_path / f"store{next(rounds)}.duckdb")
        mlflow.search_runs()
        for _ in range(8):
            running.append(
                subprocess.Popen(
                    [sys.executable, "-c", LOGGER],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    env={**os.environ, "PYTHONPATH": root},
                )
            )
        for process in running:
            process.stdout.readline()

    def stop():
        while running:
            process = running.pop()
            process.communicate("\n")

    def log_and_read():
        for process in running:
            process.stdin.write("\n")
            process.stdin.flush()
        for process in running:
            assert process.stdout.readline() == "done\n"
        runs = mlflow.search_runs(output_format="list")
        client = mlflow.MlflowClient()
        assert sum(len(client.get_metric_history(run.info.run_id, "loss")) for run in runs) == 16_000

    benchmark.extra_info.update(what="8 processes × 2,000 metrics, until all were read", budget="≤ 0.5 s")
    benchmark.pedantic(log_and_read, setup=start, rounds=5)
    stop()
