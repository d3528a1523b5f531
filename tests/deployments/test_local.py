"""Deployments on this machine: what one process makes, others list, ask, change and remove."""

import concurrent.futures
import fcntl
import http.server
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time

import msgspec
import psutil
import pytest
from sklearn.linear_model import LinearRegression

import jupyter_mlops as mlflow
from jupyter_mlops.deployments import local_places
from jupyter_mlops.deployments.local_places import Config, Place, Record, began
from jupyter_mlops.errors import AlreadyExists, InvalidParameter, InvalidState, NotFound, PackageMissing
from jupyter_mlops.serving import client


@pytest.fixture
def lines():
    """URIs of two models: 2 x + 1, and 3 x."""
    with mlflow.start_run():
        first = mlflow.sklearn.log_model(LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0]), "first", pip_requirements=[])
        other = mlflow.sklearn.log_model(LinearRegression().fit([[0.0], [1.0]], [0.0, 3.0]), "other", pip_requirements=[])
    return first.model_uri, other.model_uri


@pytest.fixture
def local():
    """A client, whose deployments are removed at last."""
    found = mlflow.deployments.get_deploy_client("local")
    yield found
    for one in found.list_deployments():
        found.delete_deployment(one["name"])


def folder():
    return pathlib.Path(os.environ["JUPYTER_MLOPS_DATA_DIR"], "deployments")


def record(name):
    return json.loads((folder() / name / "record.json").read_text())


def test_a_deployment_outlives_who_made_it_and_changes_its_model_without_a_failed_request(local, lines, python, monkeypatch):
    first, other = lines
    script = "import sys, jupyter_mlops.deployments as d; d.get_deploy_client('local').create_deployment('line', sys.argv[1])"
    python(script, first)
    assert [(one["name"], one["status"], one["model_uri"]) for one in local.list_deployments()] == [("line", "running", first)]
    assert local.predict("line", [[2.0]]).round(6).tolist() == local.predict(endpoint="line", inputs=[[2.0]]).round(6).tolist() == [5.0]
    modes = {oct(path.stat().st_mode & 0o777) for path in folder().rglob("*") if path.is_file()}
    assert (modes, oct(folder().stat().st_mode & 0o777)) == ({"0o600"}, "0o700")
    with pytest.raises(AlreadyExists, match="'line' is there"):
        local.create_deployment("line", other)
    with monkeypatch.context() as patch, pytest.raises(PackageMissing, match=r"pip install 'jupyter-mlops\[server\]'"):
        patch.setitem(sys.modules, "uvicorn", None)  # as where it is not installed
        local.create_deployment("second", other)
    assert len(local.list_deployments()) == 1

    answers, ended, url = [], threading.Event(), local.get_deployment("line")["url"]

    def ask():
        asking = client(url)
        while not ended.is_set():
            answers.append(float(asking.predict([[2.0]]).round(6)[0]))
            time.sleep(0.01)
        asking.close()

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        while not answers and thread.is_alive():
            time.sleep(0.05)
        number = record("line")["pid"]
        local.update_deployment("line", other)
        told = local.update_deployment("line", other, config={"wait": "60"})  # nothing new for the server, which goes on
        with pytest.raises(InvalidState, match="There is no run with id 'none'"):
            local.update_deployment("line", "runs:/none/model")
    finally:
        ended.set()
        thread.join()
    assert (told["model"], told["url"]) == (other, url)
    assert answers == sorted(answers) and {*answers} == {5.0, 6.0}
    assert local.get_deployment("line")["model"] == other
    assert (folder() / "line" / "model_uri").read_text() == other  # what could not be loaded is not tried again

    assert (record("line")["pid"], record("line")["config"]["wait"]) == (number, 60)
    local.delete_deployment("line")
    local.delete_deployment("line")  # nothing
    assert [*folder().iterdir()] == []
    assert not pathlib.Path(f"/proc/{number}/cmdline").exists() or not pathlib.Path(f"/proc/{number}/cmdline").read_bytes()  # nobody may have reaped it


def test_an_update_that_fails_says_so_at_once_and_leaves_all_as_it_was(local, tmp_path):
    class Loud(mlflow.pyfunc.PythonModel):
        def load_context(self, context):
            import time

            time.sleep(1)

        def predict(self, context, model_input, params=None):
            print("x" * 5000, flush=True)  # more than is shown of the log
            return [1]

    mlflow.pyfunc.save_model(tmp_path / "loud", python_model=Loud(), pip_requirements=["cloudpickle"])
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        making = pool.submit(local.create_deployment, "loud", str(tmp_path / "loud"), config={"wait": 20})
        until = time.monotonic() + 20
        while [one["status"] for one in local.list_deployments()] != ["starting"] and time.monotonic() < until:
            time.sleep(0.01)
        assert local.predict("loud", [1]).tolist() == [1]  # which waits for the model
        url = making.result()["url"]
    for _ in range(2):  # at once again
        with pytest.raises(InvalidState, match="There is no run with id 'none'"):
            local.update_deployment("loud", "runs:/none/model")
    shutil.copytree(tmp_path / "loud", tmp_path / "strange")
    (tmp_path / "strange" / "jupyter_mlops.signature").unlink()
    with pytest.raises(InvalidState, match="trust=True.*or -C trust=true"):
        local.update_deployment("loud", str(tmp_path / "strange"))
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as taken:
        with pytest.raises(InvalidState, match="Nobody can listen at 127.0.0.1"):
            local.update_deployment("loud", config={"port": taken.server_port})
    told = local.get_deployment("loud")
    assert (told["status"], told["url"]) == ("running", url)


def test_a_server_that_was_killed_is_seen_and_started_again_and_a_reused_number_is_nobody_to_end(local, lines):
    local.create_deployment("line", lines[0], config={"timeout": "5"})
    port = record("line")["url"].rpartition(":")[2]
    os.kill(record("line")["pid"], signal.SIGKILL)
    until = time.monotonic() + 20
    while local.list_deployments()[0]["status"] != "ended" and time.monotonic() < until:
        time.sleep(0.05)
    with pytest.raises(InvalidState, match="has ended"):
        local.predict("line", [[1.0]])
    with pytest.raises(AlreadyExists, match="its server has ended"):
        local.create_deployment("line", lines[0])
    with http.server.HTTPServer(("127.0.0.1", int(port)), http.server.BaseHTTPRequestHandler):
        with pytest.raises(InvalidState, match="Nobody can listen at 127.0.0.1"):
            local.update_deployment("line")
    told = local.update_deployment("line")
    assert (told["status"], told["url"].rpartition(":")[2]) == ("running", port)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        true = (folder() / "line" / "record.json").read_bytes()
        (folder() / "line" / "record.json").write_text(json.dumps(record("line") | {"pid": stranger.pid}))
        with pytest.raises(InvalidState, match="no process that can be seen here"):
            local.delete_deployment("line")
        assert stranger.poll() is None
        (folder() / "line" / "record.json").write_bytes(true)
        stranger.communicate(b"\n")


def test_another_process_of_that_number_is_not_ended_and_what_holds_on_is_told(monkeypatch):
    place, waiting = Place("line"), [sys.executable, "-c", "input()"]
    with place.locked():
        pass
    (folder() / "line.lock").touch()
    looking = os.open(folder() / "line.lock", os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)  # as somebody does who asks whether it is alive
    threading.Timer(0.05, os.close, (looking,)).start()
    with place.locked(), subprocess.Popen(waiting, stdin=subprocess.PIPE) as server:
        time.sleep(0.05)  # the clock of the system's starts has a hundred ticks a second
        with subprocess.Popen(waiting, stdin=subprocess.PIPE) as stranger:
            known = Record(model_uri="m", created=0, config=Config(), pid=stranger.pid, began=began(psutil.Process(server.pid)))
            place.write(known)
            with pytest.raises(InvalidState, match="no process that can be seen here"):
                place.stop()
            assert stranger.poll() is None
            stranger.communicate(b"\n")
        place.write(msgspec.structs.replace(known, pid=server.pid))
        monkeypatch.setattr(local_places, "_END_S", 0.3)
        with pytest.raises(InvalidState, match="what its model started has not"):  # this process has the lock
            place.stop()
        assert server.wait() == -signal.SIGTERM
    (folder() / "line" / "record.json").write_text('{"model_uri": "m", "created": 0, "config": {"colour": "red"}}')
    with pytest.raises(InvalidState, match="'line' .* cannot be read here: .*colour.* version of jupyter-mlops that made it"):
        place.read()


def test_what_cannot_be_deployed_leaves_nothing(local, tmp_path):
    with pytest.raises(NotFound, match="no file MLmodel|no model"):
        local.create_deployment("nothing", str(tmp_path))
    assert [*folder().iterdir()] == []
    for name in ("", "../up", "a.b", "-t", "a" * 64):
        with pytest.raises(InvalidParameter, match="A deployment is called by"):
            local.create_deployment(name, str(tmp_path))
    with pytest.raises(InvalidParameter, match="unknown field `size`. Settings are port, workers"):
        local.create_deployment("x", str(tmp_path), config={"size": "2"})
    with pytest.raises(InvalidParameter, match=r"<= 1000000000.0 - at `\$\.timeout`"):  # which JSON has not
        local.create_deployment("x", str(tmp_path), config={"timeout": float("inf")})
    with pytest.raises(InvalidParameter, match="by their flavor python_function"):
        local.create_deployment("x", str(tmp_path), "sklearn")
    with pytest.raises(NotFound, match="no deployment 'x'"):
        local.get_deployment("x")
