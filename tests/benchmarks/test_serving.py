"""One row asked of a scoring server: ours, a bare Starlette that calls the same ``predict``, and MLflow's, in one run."""

import concurrent.futures
import contextlib
import http.client
import itertools
import pathlib
import statistics
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import psutil
import pytest
from sklearn.linear_model import LogisticRegression

import jupyter_mlops as mlflow
from jupyter_mlops.models import ModelSignature
from jupyter_mlops.serving import serve
from jupyter_mlops.types.schema import ColSpec, Schema
from tests.mlflow_servers import wait_for
from tests.server_processes import free_port
from tests.serving.scoring_servers import mlflow_scoring_server

BODY = b'{"dataframe_split": {"columns": ["a", "b", "c", "d"], "data": [[0.1, 0.2, 0.3, 0.4]]}}'
EACH, ROUNDS = 100, 5


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("served") / "model"
    data = pd.DataFrame(np.random.default_rng(0).random((100, 4)), columns=list("abcd"))
    signature = ModelSignature(Schema([ColSpec("double", name) for name in "abcd"]), Schema([ColSpec("long")]))
    mlflow.sklearn.save_model(LogisticRegression().fit(data, (data.a > 0.5).astype(int)), path, signature=signature, pip_requirements=["scikit-learn"])
    return path


@contextlib.contextmanager
def bare(model, folder):
    port = free_port()
    command = [sys.executable, str(pathlib.Path(__file__).with_name("bare_scoring.py")), str(model), str(port)]
    with (folder / "bare.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/ping", process, folder / "bare.log")
            yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
        finally:
            process.terminate()


@contextlib.contextmanager
def ours(model):
    with serve(model) as served:
        yield served.url, psutil.Process(served._process.pid)


def ask(url, count):
    """Seconds of each of so many requests of one client, whose connection stays open."""
    connection, taken = http.client.HTTPConnection(url.rpartition("/")[2], timeout=60), []
    for _ in range(count):
        began = time.perf_counter()
        connection.request("POST", "/invocations", BODY, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
        taken.append(time.perf_counter() - began)
    connection.close()
    return taken


def spent(process):
    return sum(sum(one.cpu_times()[:2]) for one in [process, *process.children(recursive=True)])


def load(url, process, clients):
    """Requests a second, median and 99th of 100 requests, and CPU of the server for each, of so many clients at once."""
    ask(url, 20)
    before, began = spent(process), time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        taken = sorted(one for each in pool.map(lambda _: ask(url, EACH), range(clients)) for one in each)
    seconds = time.perf_counter() - began
    return len(taken) / seconds, statistics.median(taken) * 1e3, taken[len(taken) * 99 // 100] * 1e3, (spent(process) - before) / len(taken) * 1e3


@pytest.mark.parametrize("clients", [1, 32])
def test_one_row(benchmark, model, tmp_path, clients):
    with ours(model) as mine, bare(model, tmp_path) as floor, mlflow_scoring_server(tmp_path, model, "3.17.2") as theirs:
        sides = {"ours": mine, "bare Starlette": floor, "MLflow": theirs}
        found = {name: [] for name in sides}
        for _, (name, side) in itertools.product(range(ROUNDS), sides.items()):  # in turn, as machines are noisy
            found[name].append(load(*side, clients))
        benchmark.pedantic(ask, args=(mine[0], 10), rounds=10, warmup_rounds=1)
    best = {name: max(rounds) for name, rounds in found.items()}
    told = "; ".join(f"{name} {rate:,.0f}/s, p50 {p50:.2f} ms, p99 {p99:.2f} ms, CPU {cpu:.2f} ms" for name, (rate, p50, p99, cpu) in best.items())
    share = best["ours"][0] / best["bare Starlette"][0]
    benchmark.extra_info.update(what=f"one row, {clients} clients: {told}; {share:.0%} of the bare one")
