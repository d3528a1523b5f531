"""What the server costs its clients, beside that of MLflow with the SQLite that it begins with."""

import concurrent.futures
import contextlib
import http.client
import json
import shutil
import statistics
import time
from urllib.parse import urlencode

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

    def get(self, path, query):
        self.connection.request("GET", f"{API}/{path}?{urlencode(query)}", headers=self.headers)
        return json.loads(self.connection.getresponse().read())

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


def percentiles(seconds):
    ordered = sorted(seconds)
    return f"median {statistics.median(ordered) * 1e3:.1f} ms, p99 {ordered[len(ordered) * 99 // 100] * 1e3:.1f} ms"


def timed(call, count):
    """Seconds of so many calls, one after another."""
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return taken


def log_batch(client):
    client.step += 1
    metrics = [{"key": f"m{number}", "value": 0.5, "timestamp": 1, "step": client.step} for number in range(100)]
    client.post("runs/log-batch", {"run_id": client.run, "metrics": metrics})


def test_batches(benchmark, ours, theirs):
    _, their_clients, _ = theirs
    clients, _ = ours
    their_times = timed(lambda: log_batch(their_clients[0]), 30)
    times = timed(lambda: log_batch(clients[0]), 300)
    benchmark.pedantic(log_batch, args=(clients[0],), rounds=20, warmup_rounds=1)
    what = f"`runs/log-batch` of 100 metrics: {percentiles(times)}; MLflow {percentiles(their_times)}"
    benchmark.extra_info.update(mlflow=statistics.median(their_times), what=what)


@pytest.fixture
def large(large_store, tmp_path):
    """A client of a server of 100,000 runs, the newest of which has a million points of ``loss``."""
    shutil.copy(large_store(100_000), tmp_path / "mlops.duckdb")
    with started(tmp_path) as (_, port):
        yield Client(port, token_of(tmp_path))


def test_searches(benchmark, large):
    body = {"experiment_ids": [str(number) for number in range(10)], "filter": "metrics.acc > 0.5 and params.model = 'forest'",
            "order_by": ["metrics.acc DESC"], "max_results": 100}  # fmt: skip
    assert len(large.post("runs/search", body)["runs"]) == 100
    times = timed(lambda: large.post("runs/search", body), 100)
    benchmark.pedantic(large.post, args=("runs/search", body), rounds=10, warmup_rounds=1)
    benchmark.extra_info.update(what=f"`runs/search`: filter, order, 100 of 100,000 runs: {percentiles(times)}")


def history(client, most=None):
    """Pages and points of the newest run's ``loss``."""
    run = client.post("runs/search", {"experiment_ids": [str(number) for number in range(10)], "order_by": ["start_time DESC"], "max_results": 1})["runs"][0]["info"]["run_id"]
    query, pages, points = {"run_id": run, "metric_key": "loss"} | ({"max_results": most} if most else {}), 0, 0
    while True:
        answer = client.get("metrics/get-history", query)
        pages, points = pages + 1, points + len(answer["metrics"])
        if not answer.get("next_page_token"):
            return pages, points
        query["page_token"] = answer["next_page_token"]


@pytest.mark.parametrize(("most", "pages"), [(None, 1), (25_000, 40)])
def test_histories(benchmark, large, most, pages):
    assert history(large, most) == (pages, 1_000_000)
    benchmark.pedantic(history, args=(large, most), rounds=3, warmup_rounds=0)
    benchmark.extra_info.update(what=f"`metrics/get-history`: 1,000,000 points in {pages} answer{'s' if pages > 1 else ''}")
