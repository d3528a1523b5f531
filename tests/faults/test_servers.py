"""Servers that are told to end, and servers that are killed: what was answered is there, what is under way is answered."""

import concurrent.futures
import contextlib
import hashlib
import http.client
import itertools
import json
import os
import pathlib
import signal
import threading
import time

import pytest

from tests.faults.amounts import FULL
from tests.faults.disks import small_disk
from tests.server.live import Client
from tests.server_processes import started

pytestmark = pytest.mark.faults

API = "/api/2.0/mlflow"
CLIENTS = 6
ROUNDS = 10 if FULL else 2


def token_at(folder, port):
    """The token of the server at a port; those that were killed have left theirs."""
    return (folder / "data" / "servers" / f"127.0.0.1_{port}.token").read_text()


def new_run(ask):
    answer = ask.post(f"{API}/runs/create", json_body={"experiment_id": "0", "start_time": 1})
    assert answer.status_code == 200, answer.text
    return answer.json()["run"]["info"]


def place_of(run):
    return "/api/2.0/mlflow-artifacts/artifacts/" + run["artifact_uri"].removeprefix("mlflow-artifacts:/")


def test_told_to_end_it_first_answers_what_is_under_way(tmp_path):
    data = os.urandom(30 << 20)
    with started(tmp_path) as (process, port):
        ask = Client(port, token_at(tmp_path, port))
        run = new_run(ask)
        assert ask.request("PUT", f"{place_of(run)}/down", content=data).status_code == 200
        told, *begun = (threading.Event() for _ in range(4))
        sent, loading, hearing = begun

        def pieces():
            for start in range(0, len(data), 1 << 20):
                if start == 10 << 20:
                    sent.set()
                    told.wait(10)
                    time.sleep(0.5)
                yield data[start : start + (1 << 20)]

        def upload():
            headers = {**ask.headers, "Host": "localhost", "Content-Length": str(len(data))}
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
                connection.request("PUT", f"{place_of(run)}/up", pieces(), headers)
                return connection.getresponse().status

        def download():
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
                connection.request("GET", f"{place_of(run)}/down", headers={**ask.headers, "Host": "localhost"})
                response = connection.getresponse()
                first = response.read(1 << 16)
                loading.set()
                told.wait(10)
                return first + response.read()

        def listen():
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
                connection.request("GET", "/events", headers={**ask.headers, "Host": "localhost"})
                response = connection.getresponse()
                first = response.readline()
                hearing.set()
                return first + response.read()

        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            up, down, heard = (pool.submit(work) for work in (upload, download, listen))
            assert all(one.wait(20) for one in begun)
            process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            told.set()
            assert up.result() == 200
            assert hashlib.sha256(down.result()).digest() == hashlib.sha256(data).digest()
            assert b"retry:" in heard.result()
            process.wait(20)
        assert time.monotonic() - began < 9, "nobody waits for streams that never end"
        said = process.stdout.read()
        assert "Traceback" not in said, said
    kept = list(pathlib.Path(tmp_path, "mlartifacts").rglob("up"))
    assert [hashlib.sha256(path.read_bytes()).digest() for path in kept] == [hashlib.sha256(data).digest()]


def test_told_to_end_it_does_not_wait_for_ever(tmp_path):
    with started(tmp_path) as (process, port):
        ask = Client(port, token_at(tmp_path, port))
        run = new_run(ask)
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            connection.putrequest("PUT", f"{place_of(run)}/never", skip_host=True)
            for name, value in {**ask.headers, "Host": "localhost", "Content-Length": "1000000"}.items():
                connection.putheader(name, value)
            connection.endheaders(b"x" * 1000)
            time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            process.wait(20)
    assert not [path for path in pathlib.Path(tmp_path, "mlartifacts").rglob("*") if path.is_file() and path.name != ".gitignore"]


def test_killed_it_has_lost_nothing_that_it_answered(tmp_path, sql):
    answered, runs, lock = [], [], threading.Lock()
    for _ in range(ROUNDS):
        with started(tmp_path) as (process, port):
            token = token_at(tmp_path, port)

            def work(process=process, port=port, token=token):
                with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                    run = new_run(Client(port, token))["run_id"]
                    with lock:
                        runs.append(run)
                    headers = {"Host": "localhost", "Content-Type": "application/json", "Authorization": f"Bearer {token}"}
                    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
                        for number in itertools.count():
                            batch = {"run_id": run, "metrics": [{"key": "m", "value": number, "timestamp": 1, "step": number * 10 + step} for step in range(10)],
                                     "params": [{"key": f"p{number}", "value": str(number)}], "tags": [{"key": f"t{number}", "value": run}]}  # fmt: skip
                            connection.request("POST", f"{API}/runs/log-batch", json.dumps(batch), headers)
                            response = connection.getresponse()
                            response.read()
                            assert response.status == 200
                            with lock:
                                answered.append((run, number))

            threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
            for thread in threads:
                thread.start()
            time.sleep(1.5)
            process.kill()
            for thread in threads:
                thread.join()
            process.wait()
    with started(tmp_path) as (_, port):
        ask = Client(port, token_at(tmp_path, port))
        for run in runs:
            numbers = {number for owner, number in answered if owner == run}
            found = ask.get(f"{API}/metrics/get-history", params={"run_id": run, "metric_key": "m"}).json().get("metrics", [])
            steps = [point["step"] for point in found]
            assert len(steps) == len(set(steps)), "each once"
            assert {number * 10 + step for number in numbers for step in range(10)} <= set(steps)
            assert len(set(steps)) <= 10 * (len(numbers) + 1), "at most one batch more, whose answer was on its way"
            assert len(steps) % 10 == 0, "a batch is there whole or not at all"
            data = ask.get(f"{API}/runs/get", params={"run_id": run}).json()["run"]["data"]
            assert {f"p{number}" for number in numbers} <= {one["key"] for one in data.get("params", [])}
    assert answered
    counted = sql("SELECT run_id, count(*), count(DISTINCT step) FROM metrics JOIN runs USING (rid) GROUP BY run_id", path=str(tmp_path / "mlops.duckdb"))
    assert all(count == steps for _, count, steps in counted), "each once, in the file as well"
    print(f"\n[faults] {ROUNDS} servers killed in the middle of {len(answered)} answered batches: all there, each once")


def test_a_full_disk_refuses_a_file_and_leaves_nothing_of_it(tmp_path):
    with small_disk(tmp_path / "disk", 24) as folder, started(folder) as (_, port):
        ask = Client(port, token_at(folder, port))
        run = new_run(ask)
        refused = ask.request("PUT", f"{place_of(run)}/large", content=os.urandom(30 << 20))
        assert refused.status_code == 507, refused.text
        assert "no room for" in refused.json()["message"]
        assert not [path for path in (folder / "mlartifacts").rglob("*") if "part" in path.name or path.name == "large"]
        assert ask.request("PUT", f"{place_of(run)}/small", content=b"fits").status_code == 200
        assert ask.get(f"{place_of(run)}/small").content == b"fits"
