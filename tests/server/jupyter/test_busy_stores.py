"""A store that somebody holds keeps nobody else waiting, and several servers work on one store."""

import concurrent.futures
import json
import time

from jupyter_mlops.storage.locate import store_key
from jupyter_mlops.tracking.client import MlflowClient
from tests.server.jupyter.jupyter_servers import jupyter_server

HOLD = """
import sys
from jupyter_mlops.storage.duckdb.lease import lease
with lease(sys.argv[1], "hold it for a test"):
    print("held", flush=True)
    sys.stdin.readline()
"""
MANY = 8  # more than there are threads for a store, and than asyncio has


def test_jupyter_goes_on_while_a_store_is_held(jupyter, client, child):
    client.create_run("0")
    other = str(jupyter.folder / "beside.duckdb")
    MlflowClient(other).create_run("0")
    with jupyter.user as user:
        assert user.get("changes").status_code == 200
        beside = f"changes?store={jupyter.enter(other)}"
        holder = child(HOLD, jupyter.folder / "mlops.duckdb")
        assert holder.stdout.readline() == "held\n"
        with concurrent.futures.ThreadPoolExecutor(MANY) as threads:
            waiting = [threads.submit(user.get, "changes") for _ in range(MANY)]
            for path in (f"{jupyter.url}/api/status", f"{jupyter.url}/api/kernels", "plotly.js", beside):
                assert user.get(path).status_code == 200, "the loop of Jupyter, what needs no store, and other stores"
            assert not all(one.done() for one in waiting)
            answers = [one.result() for one in concurrent.futures.as_completed(waiting)]
        assert {answer.status_code for answer in answers} == {503}
        told = answers[0].json()
        assert told["error_code"] == "TEMPORARILY_UNAVAILABLE"
        assert f"process {holder.pid}" in told["message"]
        print(file=holder.stdin, flush=True)
        holder.wait(20)
        assert user.get("changes").status_code == 200


def test_two_servers_and_a_kernel_work_on_one_store(jupyter, client, tmp_path, sql):
    store = jupyter.folder / "mlops.duckdb"
    key = store_key(str(store))
    ids = [client.create_run("0").info.run_id for _ in range(4)]
    with jupyter_server(tmp_path / "second", JUPYTER_MLOPS_TRACKING_URI=str(store)) as second:
        with second.user as user:
            assert user.get("stores").json()["default"] == key

        def tag(number):
            server = (jupyter, second)[number % 2]
            with server.user as user:
                body = {"run_id": ids[number % 4], "key": f"tag{number}", "value": "x"}
                return user.post(f"api/2.0/mlflow/runs/set-tag?store={key}", json=body).status_code

        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            asked = [threads.submit(tag, number) for number in range(24)]
            for number in range(20):
                client.log_metric(ids[0], "loss", 1.0, step=number)
            assert {one.result() for one in asked} == {200}
        with second.user as user:
            assert user.get(f"api/2.0/mlflow/runs/get?run_id={ids[0]}").json()["run"]["data"]["metrics"][0]["step"] == 19
    where = "', '".join(ids)
    assert sql(f"SELECT count(*) FROM tags JOIN runs USING (rid) WHERE run_id IN ('{where}') AND key LIKE 'tag%'", str(store)) == [(24,)]


def test_the_audit_names_who_asked(people, sql):
    with people.person("ann") as ann:
        assert ann.post("api/2.0/mlflow/registered-models/create", json={"name": "m"}).status_code == 200
    store = str(people.folder / "mlops.duckdb")
    told = sql("SELECT * FROM audit", store)
    assert any("ann" in json.dumps(row, default=str) for row in told)


def test_a_store_that_is_gone_is_not_made_again_by_who_looks_for_it(jupyter, tmp_path):
    """Nor one on a disk that is away: it would be an empty one, in its place."""
    place = tmp_path / "disk" / "team.duckdb"
    stores = jupyter.folder / "data" / "stores.json"
    key = store_key(str(place))
    with jupyter.user as user:
        user.get("changes").raise_for_status()
        stores.write_text(json.dumps(json.loads(stores.read_text()) | {key: str(place)}))
        MlflowClient(str(place)).create_experiment("there")
        assert user.post("views/runs", params={"store": key}, json={}).status_code == 200
        with user.stream("GET", "events", params={"store": key}) as events:
            lines = events.iter_lines()
            assert any(line.startswith("data") for line in lines)
            place.parent.rename(tmp_path / "away")
            time.sleep(2.5)  # more than between two looks
        assert not place.parent.exists()
        answer = user.post("views/runs", params={"store": key}, json={})
        assert (answer.status_code, answer.json()["error_code"]) == (404, "STORE_NOT_KNOWN")
        assert user.get("events", params={"store": key}).status_code == 404
        assert not place.parent.exists()
        (tmp_path / "away").rename(place.parent)
        assert user.post("views/runs", params={"store": key}, json={}).status_code == 200
