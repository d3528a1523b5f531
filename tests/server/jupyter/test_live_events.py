"""Live events under Jupyter."""

import contextlib
import json

from jupyter_mlops.storage.locate import store_key
from jupyter_mlops.tracking.client import MlflowClient
from tests.server.jupyter.jupyter_servers import jupyter_server


@contextlib.contextmanager
def following(user, query=""):
    with user.stream("GET", f"events{query}") as answer:
        assert answer.status_code == 200
        yield answer, (json.loads(line.removeprefix("data: ")) for line in answer.iter_lines() if line.startswith("data: "))


def test_a_page_hears_of_what_kernels_log(jupyter, client):
    key = store_key(str(jupyter.folder / "mlops.duckdb"))
    run = client.create_run("0").info.run_id
    with jupyter.user as user, following(user, f"?store={key}&since=0") as (answer, events):
        assert answer.headers["Content-Type"] == "text/event-stream"
        assert answer.headers["X-Accel-Buffering"] == "no"
        first = next(events)
        assert first["store"] == key
        client.log_metric(run, "loss", 1.0)
        assert next(events)["change"] > first["change"]


def test_one_stream_tells_of_several_stores(jupyter, client):
    other = str(jupyter.folder / "other.duckdb")
    second = MlflowClient(other)
    second.create_run("0")
    client.create_run("0")
    keys = [store_key(str(jupyter.folder / "mlops.duckdb")), jupyter.enter(other)]
    with jupyter.user as user, following(user, f"?store={keys[0]}&since=0&store={keys[1]}&since=0") as (_, events):
        assert {next(events)["store"], next(events)["store"]} == set(keys)
        second.create_run("0")
        assert next(events)["store"] == keys[1]


def test_a_user_holds_few_streams_and_gives_them_back(people, monkeypatch):
    with contextlib.ExitStack() as held, people.person("ann") as ann:
        for _ in range(3):
            held.enter_context(following(ann))
        refused = ann.get("events")
        assert (refused.status_code, refused.json()["error_code"]) == (503, "TEMPORARILY_UNAVAILABLE")
        with people.person("bob") as bob, following(bob):
            pass
    with people.person("ann") as ann:
        for _ in range(100):
            with ann.stream("GET", "events") as again:
                if again.status_code == 200:
                    return
    raise AssertionError("the places were not given back")


def test_what_is_no_number_and_no_store_is_refused(jupyter):
    with jupyter.user as user:
        for query in ("?since=x", "?since=-1", f"?since={'1' * 30}", "?store=a&since=1&since=2", "?" + "store=a&" * 20):
            assert user.get(f"events{query}").status_code == 400
        assert user.get("events?store=0123456789abcdef&since=1").json()["error_code"] == "STORE_NOT_KNOWN"


def test_open_streams_do_not_keep_a_server_from_ending(tmp_path):
    with jupyter_server(tmp_path / "ending") as server, server.user as user, following(user):
        server.process.terminate()
        assert server.process.wait(15) is not None
    assert "Traceback" not in server.log()
