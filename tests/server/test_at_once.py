"""What is answered in the event loop: points of runs that are known, and nothing that could keep others waiting."""

import asyncio
import re
import threading

import pytest
from starlette.routing import Match

import jupyter_mlops as mlflow
from jupyter_mlops.errors import StoreBusy
from jupyter_mlops.server.asgi import make_app
from jupyter_mlops.server.auth.known_users import KnownUsers
from jupyter_mlops.server.auth.levels import Level
from jupyter_mlops.server.calls import called
from jupyter_mlops.server.gathered_writes import GatheredWrites
from jupyter_mlops.server.settings import Settings
from jupyter_mlops.tracking import run_states
from jupyter_mlops.tracking.settings import current_store
from tests.server.auth.people import make_people
from tests.server.live import served

LOG = "/api/2.0/mlflow/runs/log-metric"


def point(run_id, step, **more):
    return {"run_id": run_id, "key": "loss", "value": 0.5, "timestamp": 1, "step": step, **more}


@pytest.fixture
def run_id():
    """A run that this process knows, and whose first point it logged."""
    run_id = mlflow.MlflowClient().create_run("0").info.run_id
    mlflow.MlflowClient().log_metric(run_id, "loss", 1.0, 1, 0)
    return run_id


@pytest.fixture
def started():
    """Threads that were begun since the test asked first."""
    before = set()

    def since():
        new = set(threading.enumerate()) - before
        before.update(new)
        return {thread.name for thread in new if not thread.name.startswith("jupyter_mlops-journal")}

    return since


def test_a_point_of_a_known_run_needs_no_thread_and_no_lease(ask, run_id, started, sql):
    started()
    with current_store().files.turn("a test that holds it"):
        for step in range(1, 20):
            assert ask.post(LOG, json_body=point(run_id, step)).json() == {}
        assert ask.post(LOG.replace("/api", "/ajax-api"), json_body=point(run_id, 20)).json() == {}
        refused = ask.post(LOG, json_body=point(run_id, 21, value="much"))
        assert (refused.status_code, refused.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert started() == set()
    mlflow.get_run(run_id)  # which folds
    assert sql("SELECT count(*), max(step) FROM metrics") == [(21, 20)]


def forgotten(run_id):
    run_states._states.clear()
    run_states._kept.clear()
    return point(run_id, 1)


def closed(run_id):
    current_store().files.close()
    return point(run_id, 1)


def removed(run_id):
    current_store().files.opened.close()
    return point(run_id, 1)


def long(run_id):
    return point(run_id, 1, more="x" * 20_000)


@pytest.mark.parametrize("cold", [forgotten, closed, removed, long])
def test_what_might_wait_is_answered_in_a_thread(ask, run_id, started, sql, cold):
    body = cold(run_id)
    started()
    assert ask.post(LOG, json_body=body).json() == {}
    assert len(started()) == 1
    mlflow.get_run(run_id)
    assert sql("SELECT step FROM metrics ORDER BY 1") == [(0,), (1,)]


def test_others_are_answered_while_a_run_is_looked_for(ask, run_id):
    body, answers = forgotten(run_id), []
    waiting = threading.Thread(target=lambda: answers.append(ask.post(LOG, json_body=body)))
    with current_store().files.turn("a test that holds it"):
        waiting.start()
        waiting.join(0.2)
        assert ask.get("/health").text == "OK" and answers == []
    waiting.join(20)
    assert answers[0].json() == {}


def test_deleted_runs_are_refused_at_once(ask, run_id, started):
    mlflow.MlflowClient().delete_run(run_id)
    started()
    assert ask.post(LOG, json_body=point(run_id, 1)).json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert started() == set()


def test_who_may_only_read_logs_nothing_in_a_known_run_either(run_id, sql):
    accounts, headers = make_people(current_store())
    with served(current_store(), token=None, authority=KnownUsers(accounts, Level.READ)) as ask:
        assert ask.post(LOG, json_body=point(run_id, 1), headers=headers["reader"]).status_code == 403
        assert ask.post(LOG, json_body=point(run_id, 2), headers=headers["admin"]).status_code == 200
    accounts.database.close()
    mlflow.get_run(run_id)
    assert sql("SELECT step FROM metrics ORDER BY 1") == [(0,), (2,)]


@pytest.mark.parametrize("prefix", ["", "/mlops"])
def test_no_route_is_hidden_by_the_table(prefix):
    app = make_app(current_store(), Settings(prefix=prefix))
    table, *others, rest = app.routes[-1].routes if prefix else app.routes
    assert rest.path == "/{api:path}"
    for route in others:
        path = prefix + re.sub(r"\{\w+(:path)?\}", "x", route.path)
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            assert table.matches({"type": "http", "method": method, "path": path, "root_path": prefix})[0] is Match.NONE, path
    asked = {"type": "http", "method": "POST", "path": prefix + LOG, "root_path": prefix}
    assert table.matches(asked)[0] is Match.FULL
    assert table.matches(asked | {"method": "GET"})[0] is Match.NONE


class Wire:
    def __init__(self):
        self.sent, self.closed = [], False

    def write(self, data):
        self.sent.append(data)

    def is_closing(self):
        return self.closed

    def close(self):
        self.closed = True


def test_head_and_body_go_as_one():
    async def sent():
        wire = Wire()
        writes = GatheredWrites(wire, asyncio.get_running_loop())
        writes.write(b"head")
        writes.write(b"body")
        assert wire.sent == []
        await asyncio.sleep(0)
        writes.write(b"large" * 10_000)
        assert len(wire.sent) == 2, "who writes much must learn whether it is read"
        writes.write(b"last")
        writes.close()
        writes.write(b"late")
        await asyncio.sleep(0)
        return wire.sent

    assert asyncio.run(sent()) == [b"headbody", b"large" * 10_000, b"last"]


def test_calls_that_take_long_are_not_without_number():
    """Each has a thread of its own, and all may wait for one store that somebody holds."""
    may_end = threading.Event()

    def request():
        may_end.wait(60)
        raise StoreBusy("held")

    async def ask():
        asked = [asyncio.create_task(called("POST", "views/predict_open", request)) for _ in range(100)]
        refused, waiting = await asyncio.wait(asked, timeout=5)
        may_end.set()
        await asyncio.wait(asked)
        return refused, waiting, await called("POST", "views/predict_open", request)

    refused, waiting, after = asyncio.run(ask())
    assert len(waiting) <= 64 and {one.result()[0] for one in refused} == {503}
    assert after[1]["message"] == "held"
