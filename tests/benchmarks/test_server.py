"""What the server costs its clients, beside that of MLflow with the SQLite that it begins with."""

import concurrent.futures
import contextlib
import http.client
import json
import statistics
import time

import psutil
import pytest

from tests.mlflow_servers import mlflow_server
from tests.server_processes import started, token_of

API = "/api/2.0/mlflow"


class Client:
    """One client with a connection that stays open, and a run of its own."""

    def __init__(self, port, token):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        self.step = 0
        self.run = self.post("runs/create", {"experiment_id": "0", "start_time": 1})["run"]["info"]["run_id"]

    def post(self, path, body):
        self.connection.request("POST", f"{API}/{path}", json.dumps(body), self.headers)
        response = self.connection.getresponse()
        answer = json.loads(response.read())
        assert response.status == 200, answer
        return answer

    def log_metric(self):
        self.step += 1
        self.post("runs/log-metric", {"run_id": self.run, "key": "loss", "value": 0.5, "timestamp": 1, "step": self.step})


def together(clients, each):
    with concurrent.futures.ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(lambda client: [client.log_metric() for _ in range(each)], clients))


def spent(process):
    return sum(sum(one.cpu_times()[:2]) for one in [process, *process.children(recursive=True)])


@pytest.fixture(params=[1, 4])
def theirs(request, tmp_path):
    """MLflow's server with so many workers: clients of it, and its process."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    with mlflow_server(folder, "2.22.0", "--workers", str(request.param)) as (process, port):
        for _ in range(100):
            with contextlib.suppress(OSError, http.client.HTTPException):
                yield request.param, [Client(port, "") for _ in range(32)], process
                return
            time.sleep(0.2)


@pytest.fixture
def ours(tmp_path):
    folder = tmp_path / "ours"
    folder.mkdir()
    with started(folder) as (process, port):
        yield [Client(port, token_of(folder)) for _ in range(32)], psutil.Process(process.pid)


@pytest.mark.parametrize("count", [1, 32])
def test_metrics(benchmark, ours, theirs, count):
    workers, their_clients, their_process = theirs
    clients, process = ours
    rounds = 5 if count == 1 else 2
    together(their_clients[:count], 1)
    before, times = spent(their_process), []
    for _ in range(rounds):
        began = time.perf_counter()
        together(their_clients[:count], 10)
        times.append((time.perf_counter() - began) / (10 * count))
    their_cpu = (spent(their_process) - before) / (10 * count * rounds)
    before = spent(process)
    benchmark.pedantic(together, args=(clients[:count], 10), rounds=20, warmup_rounds=1)
    our_cpu = (spent(process) - before) / (10 * count * 21)
    what = f"10 metrics each of {count} clients through the server (MLflow: {workers} workers), CPU a call {our_cpu * 1e3:.2f} ms, MLflow {their_cpu * 1e3:.2f} ms"
    benchmark.extra_info.update(mlflow=statistics.median(times) * 10 * count, what=what, budget=0.01 if count == 1 else None)
