"""Servers and what can happen to them: bounds, faults, another version under load, and their end."""

import concurrent.futures
import contextlib
import http.server
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time

import httpx
import pandas as pd
import psutil
import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mlops as mlflow
from jupyter_mlops.errors import (
    InvalidParameter,
    InvalidState,
    MlflowException,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    PackageMissing,
    ServerError,
    ServerLacks,
    ServerUnreachable,
)
from jupyter_mlops.serving import client, serve, served_models
from jupyter_mlops.serving.served_models import Refusal, ServedModel
from jupyter_mlops.serving.settings import Settings

ROWS = pd.DataFrame({"a": [0.1, 0.9], "b": [1, 40]})


def until(condition, seconds=20):
    for _ in range(seconds * 20):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("It did not come to that.")


def test_a_client_gets_what_the_model_gives(served):
    assert served.client.predict(ROWS).tolist() == [False, True]
    assert served.client.predict({"a": [0.1], "b": [1]}).tolist() == [False]
    with pytest.raises(InvalidParameter, match="lacks what the model takes: b"):
        served.client.predict(ROWS[["a"]])
    assert served.client.is_alive()
    assert "at http://127.0.0.1" in repr(served)


def test_nobody_there():
    nobody = client("http://127.0.0.1:9")
    assert not nobody.is_alive()
    with pytest.raises(ServerUnreachable, match="No scoring server answers at http://127.0.0.1:9"):
        nobody.predict([1])
    nobody.close()
    with pytest.raises(ServerUnreachable, match="connection to http://127.0.0.1:9 was closed"):
        nobody.predict([1])


@pytest.fixture
def answering():
    """The address of somebody who answers with what is in the list, bodies or statuses with them, one after the other, and the list."""
    answers = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            status, body = answers.pop(0) if isinstance(answers[0], tuple) else (200, answers.pop(0))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", answers
        server.shutdown()
        thread.join()


def test_answers_of_other_servers(answering, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # which does not reach this machine's own
    url, answers = answering
    with contextlib.closing(client(url)) as asking:
        answers += [b'{"predictions": [1.0, NaN]}', b'{"predictions": [[1, 2], [3]]}']
        assert str(asking.predict([1]).tolist()) == "[1.0, nan]"  # as MLflow's servers write it
        assert asking.predict([1]) == [[1, 2], [3]]
        for body in (b"<html>", b"[1]", b'"x"', b"", b"[" * 100_000):
            answers.append(body)
            with pytest.raises(InvalidState, match="is no scoring server"):
                asking.predict([1])
        for status, body, kind in (
            (400, b"no", InvalidParameter), (400, b'{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no"}', NotFound), (401, b"no", NotAuthenticated),
            (403, b"no", NotPermitted), (404, b"no", ServerLacks), (503, b"no", InvalidState), (504, b'{"error_code": "DEADLINE_EXCEEDED", "message": "no"}', ServerError),
        ):  # fmt: skip
            answers.append((status, body))
            with pytest.raises(MlflowException, match=": no$") as error:
                asking.predict([1])
            assert type(error.value) is kind


def test_what_cannot_be_served_says_why(tmp_path, model, served, monkeypatch):
    with pytest.raises(InvalidState, match="no file MLmodel|no model"):
        serve(tmp_path)
    with pytest.raises(InvalidState, match="No process could load"):
        serve(tmp_path, workers=2)
    with pytest.raises(InvalidState, match="Nobody can listen at 127.0.0.1.*Choose another port"):
        serve(model, port=int(served.url.rpartition(":")[2]))
    for wrong in ({"workers": 0}, {"port": 65536}, {"port": "x"}, {"timeout": 0}):
        (name,) = wrong
        with pytest.raises(InvalidParameter, match=f"{name}="):
            serve(model, **wrong)
    monkeypatch.setitem(sys.modules, "uvicorn", None)  # as where it is not installed
    with pytest.raises(PackageMissing, match=r"Serving needs uvicorn: pip install 'jupyter-mlops\[server\]'"):
        serve(model)


@pytest.fixture
def slow(tmp_path):
    """A model that takes as many seconds as it is given, or ends its process, or asks to."""

    class Slow(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            import os
            import time

            if model_input[0] < -1:
                raise SystemExit(3)
            if model_input[0] < 0:
                os._exit(9)
            time.sleep(model_input[0])
            return [os.getpid()]

    mlflow.pyfunc.save_model(tmp_path / "slow", python_model=Slow(), pip_requirements=[])
    return tmp_path / "slow"


def ask(url, seconds, by=httpx):
    return by.post(f"{url}/invocations", json={"inputs": [seconds]}, timeout=60)


def test_a_prediction_that_takes_too_long_and_one_that_must_wait(slow, monkeypatch):
    with serve(slow, "0.0.0.0", timeout=1, trust=True) as server, concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert server.url.startswith("http://127.0.0.1:")
        first = pool.submit(ask, server.url, 3)
        time.sleep(0.3)
        began = time.monotonic()
        assert httpx.get(f"{server.url}/ping").status_code == 200  # a slow model does not stop the server
        assert time.monotonic() - began < 1
        assert ask(server.url, 0).status_code == 504  # its turn does not come in time
        assert (first.result().status_code, first.result().json()["error_code"]) == (504, "DEADLINE_EXCEEDED")
        until(lambda: ask(server.url, 0).status_code == 200)
        assert (ask(server.url, -2).status_code, ask(server.url, 0).status_code) == (400, 200)
        assert ask(server.url, 60).status_code == 504
        began = time.monotonic()
        server.stop()  # though the model goes on
        assert time.monotonic() - began < 8
        monkeypatch.setattr(os, "killpg", lambda *_: pytest.fail("Its number may be that of others now."))  # at the end of the block


def test_as_many_wait_as_may(slow):
    most = Settings(model_uri="").most_waiting
    many = httpx.Limits(max_connections=None)
    with serve(slow, trust=True) as server, httpx.Client(limits=many) as one, concurrent.futures.ThreadPoolExecutor(most + 30) as pool:
        first = pool.submit(ask, server.url, 3, one)
        time.sleep(0.5)
        answers = [one.result() for one in [pool.submit(ask, server.url, 0, one) for _ in range(most + 29)]]
        refused = [one for one in answers if one.status_code == 503]
        assert first.result().status_code == 200
        assert len(refused) == 30
        assert {one.headers["retry-after"] for one in refused} == {"1"}
        assert {one.status_code for one in answers} == {200, 503}


def test_a_body_that_is_too_long(served):
    many = Settings(model_uri="").most_body + 1
    answer = httpx.post(f"{served.url}/invocations", content=b" " * many, headers={"Content-Type": "application/json"}, timeout=60)
    assert (answer.status_code, answer.json()["message"]) == (400, "The body has more than 67,108,864 bytes.")


def test_processes_share_the_work_and_one_that_dies_is_started_again(slow):
    with serve(slow, workers=2, trust=True) as server, concurrent.futures.ThreadPoolExecutor(8) as pool:

        def asked():
            return {tuple(one.json()["predictions"]) for one in pool.map(lambda _: ask(server.url, 0.1), range(16))}

        seen = set()
        until(lambda: seen.update(asked()) or len(seen) == 2)  # the first that is ready answers alone for a while
        with contextlib.suppress(httpx.HTTPError):
            ask(server.url, -1)
        until(lambda: len(asked() - seen) == 1)
        assert 'jupyter_mlops_predictions_total{status="200"}' in httpx.get(f"{server.url}/metrics").text


_STARTS = """
import os, sys, time
from jupyter_mlops.serving import serve
served = serve(sys.argv[1], workers=int(sys.argv[2]))
if os.fork() == 0:  # what a program forked holds the server's input open when that program is killed
    time.sleep(40)
    os._exit(0)
print(served.url, served._process.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_ends_with_who_started_it_however_that_ends(workers, model, tmp_path):
    command = [sys.executable, "-c", _STARTS, str(model), str(workers)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        url, pid = process.stdout.readline().split()
        family = [psutil.Process(int(pid)), *psutil.Process(int(pid)).children(recursive=True)]
        with contextlib.closing(client(url)) as asking:
            assert asking.is_alive()
        process.kill()
    _, alive = psutil.wait_procs(family, 15)
    assert not alive


def test_an_interrupt_while_a_model_is_loaded_leaves_no_server(tmp_path):
    class Late(mlflow.pyfunc.PythonModel):
        def load_context(self, context):
            import time

            time.sleep(60)

        def predict(self, context, model_input, params=None):
            return []

    mlflow.pyfunc.save_model(tmp_path / "late", python_model=Late(), pip_requirements=[])
    before = psutil.Process().children()
    timer = threading.Timer(2, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        serve(tmp_path / "late", trust=True)
    timer.cancel()
    assert [one for one in psutil.Process().children() if one not in before] == []


def test_what_a_model_leaves_running_keeps_nobody_waiting(tmp_path):
    class Forks(mlflow.pyfunc.PythonModel):
        def load_context(self, context):
            import os
            import time

            if (number := os.fork()) == 0:  # it holds all that the server holds open
                os.setsid()
                time.sleep(60)
                os._exit(0)
            with open(os.environ["NUMBERS"], "a") as file:
                file.write(f"{number}\n")
            if "FAILS" in os.environ:
                raise ValueError("no grapes")

        def predict(self, context, model_input, params=None):
            return []

    mlflow.pyfunc.save_model(tmp_path / "forks", python_model=Forks(), pip_requirements=[])
    numbers = {"NUMBERS": str(tmp_path / "numbers")}
    try:
        server, began = serve(tmp_path / "forks", trust=True, extra_envs=numbers), time.monotonic()
        server.stop()
        with pytest.raises(InvalidState, match="no grapes"):
            serve(tmp_path / "forks", trust=True, extra_envs={**numbers, "FAILS": "1"})
        assert time.monotonic() - began < 30
    finally:
        for number in (tmp_path / "numbers").read_text().split():
            os.kill(int(number), signal.SIGKILL)


def test_workers_end_with_their_supervisor(model):
    with serve(model, workers=2) as server:
        family = psutil.Process(server._process.pid).children(recursive=True)
        os.kill(server._process.pid, signal.SIGKILL)
        _, alive = psutil.wait_procs(family, 15)
        assert not alive
        assert "ended" in repr(server)


def test_another_version_takes_over_under_load_and_no_request_fails():
    def version(slope):
        with mlflow.start_run():
            mlflow.sklearn.log_model(LinearRegression().fit([[0.0], [1.0]], [0.0, slope]), "model", registered_model_name="m-followed")

    version(1.0)
    registry = mlflow.MlflowClient()
    registry.set_registered_model_alias("m-followed", "champion", 1)
    with serve("models:/m-followed@champion", follow=True) as server, concurrent.futures.ThreadPoolExecutor(4) as pool:
        is_over, answers = [], []

        def load():
            with httpx.Client(base_url=server.url) as one:
                while not is_over:
                    answers.append(one.post("/invocations", json={"instances": [[1.0]]}))

        asking = [pool.submit(load) for _ in range(4)]
        try:
            assert server.client.model()["model"] == "models:/m-followed/1"
            version(2.0)
            registry.set_registered_model_alias("m-followed", "champion", 2)
            until(lambda: server.client.model()["model"] == "models:/m-followed/2", 60)
            time.sleep(0.5)
        finally:
            is_over.append(True)
        for one in asking:
            one.result()
        assert {one.status_code for one in answers} == {200}
        values = [round(one.json()["predictions"][0], 6) for one in answers]
        assert {values[0], values[-1]} == {1.0, 2.0}
        assert set(values) == {1.0, 2.0}
        for number in (1, 2):
            uses = mlflow.registry.lineage("m-followed", number).to_frame()
            assert socket.gethostname() in set(uses[uses["label"] == "served"]["to_name"])
        registry.delete_registered_model("m-followed")  # a registry that has it no longer changes nothing
        time.sleep(2.5)
        assert server.client.predict([[1.0]]).round(6).tolist() == [2.0]
        until(lambda: "is still models:/m-followed/2" in server.log)


def test_bad_rows_do_not_fill_the_log(caplog):
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]), "model")
    served = ServedModel(info.model_uri)
    for row in (["pear"], ["plum"], ["fig"], [1.0, 2.0]):
        with pytest.raises(Refusal, match="The model failed"):
            served.score("application/json", json.dumps({"inputs": [row]}).encode())
    assert caplog.text.count("The model failed: ValueError(") == 4
    assert caplog.text.count("Traceback") == 2  # of each cause one


def test_what_a_number_means_is_not_asked_again_and_again(caplog):
    with mlflow.start_run():
        mlflow.sklearn.log_model(LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]), "model", registered_model_name="numbered")
    served = ServedModel("models:/numbered/1")
    mlflow.MlflowClient().delete_registered_model("numbered")
    served.follow(0.01)
    time.sleep(0.3)
    served.end()
    assert (served.name, "is still" in caplog.text) == ("models:/numbered/1", False)


def test_a_version_that_fails_on_its_own_input_example_answers_nobody(caplog, monkeypatch):
    def remote(data):
        return [os.environ["WEIGHTS"] for _ in data]

    monkeypatch.setenv("WEIGHTS", "here")
    with mlflow.start_run():
        for name, predict in (("same", lambda data: data), ("remote", remote)):
            mlflow.pyfunc.log_model(name, python_model=predict, input_example=[1.0], registered_model_name="broken")
    registry = mlflow.MlflowClient()
    registry.set_registered_model_alias("broken", "champion", 1)
    served = ServedModel("models:/broken@champion")
    monkeypatch.delenv("WEIGHTS")
    served.follow(0.05)
    try:
        registry.set_registered_model_alias("broken", "champion", 2)
        until(lambda: "is still models:/broken/1: models:/broken/2 fails on its own input example: KeyError: 'WEIGHTS'" in caplog.text)
        assert json.loads(served.score("application/json", b'{"inputs": [2.0]}')) == {"predictions": [{"0": 2.0}]}
        assert "served" not in set(mlflow.registry.lineage("broken", "2").to_frame()["label"])
    finally:
        served.end()


def test_a_version_that_could_not_be_loaded_is_tried_again_and_a_silent_registry_told_of_once(monkeypatch, caplog):
    with mlflow.start_run():
        for slope in (1.0, 2.0):
            mlflow.sklearn.log_model(LinearRegression().fit([[0.0], [1.0]], [0.0, slope]), f"model{slope:g}", registered_model_name="flaky")
    registry = mlflow.MlflowClient()
    registry.set_registered_model_alias("flaky", "champion", 1)
    served = ServedModel("models:/flaky@champion")
    whole = pathlib.Path(registry.get_model_version_download_uri("flaky", "2").removeprefix("file://"))
    whole.rename(whole.with_name("away"))
    monkeypatch.setattr(served_models, "_AGAIN_S", 0.2)
    served.follow(0.05)
    try:
        registry.set_registered_model_alias("flaky", "champion", 2)
        time.sleep(0.5)
        assert served.name == "models:/flaky/1"
        whole.with_name("away").rename(whole)
        until(lambda: served.name == "models:/flaky/2")
        registry.delete_registered_model_alias("flaky", "champion")
        time.sleep(0.5)
        registry.set_registered_model_alias("flaky", "champion", 2)
        until(lambda: "models:/flaky@champion is known again: models:/flaky/2." in caplog.text)
        assert caplog.text.count("has no alias") == 1
    finally:
        served.end()
