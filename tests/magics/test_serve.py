"""``%serve`` in real kernels: the server that it starts, its card, and its end with the kernel."""

import contextlib
import os
import re
import signal
import socket
import time

import httpx
import pytest

import jupyter_mlops as mlflow
from jupyter_mlops import serving
from tests.magics.kernels import started_kernel
from tests.magics.test_projects import cards, printed

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A kernel at a store with a model, ``models:/grapes@champion``."""
    import pandas as pd
    from sklearn.linear_model import LinearRegression

    folder = tmp_path_factory.mktemp("serve")
    mlflow.set_tracking_uri(str(folder / "mlops.duckdb"))
    rows = pd.DataFrame({"size": [50.0, 80.0]})
    with mlflow.start_run():
        mlflow.sklearn.log_model(LinearRegression().fit(rows, rows["size"]), "model", input_example=rows, registered_model_name="grapes")
    mlflow.MlflowClient().set_registered_model_alias("grapes", "champion", "1")
    mlflow.set_tracking_uri(None)
    with contextlib.ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("JUPYTER_MLOPS_TRACKING_URI", str(folder / "mlops.duckdb"))
            patch.setenv("JUPYTER_MLOPS_LIVE", "1")
            notebook = stack.enter_context(started_kernel(folder))
        yield notebook


def value(notebook, expression):
    return printed(notebook.run(f"print({expression})")).strip()


def error(messages):
    return printed(messages, "stderr")


def until_free(url):
    port = int(url.rpartition(":")[2])
    for _ in range(300):
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) != 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"{url} still answers.")


def test_a_model_is_served_and_its_card_has_the_numbers_of_all_workers(notebook):
    messages = notebook.run("import os\nserved = %serve models:/grapes@champion --workers 2 --timeout 20s\nserved")
    states = [card["state"]["now"] for card in cards(messages)]
    assert (states[0]["status"], states[-1]["status"]) == ("loading", "ready")
    assert len([m for m in messages if m["msg_type"] == "display_data"]) == 1  # though it is also the cell's value
    url = states[-1]["url"]
    for _ in range(12):  # each by a connection of its own, so that both processes answer
        httpx.post(f"{url}/invocations", json={"inputs": {"size": [3.0]}}).raise_for_status()
    assert httpx.post(f"{url}/invocations", json={"inputs": {"length": [3.0]}}).status_code == 400
    now = value(notebook, "served.card().statuses, sum(one['count'] for one in served.card().buckets)")
    assert now == "{'200': 12, '400': 1} 13"
    forms = value(notebook, "served.forms()[1]")
    assert "models:/grapes@champion → version 1" in forms
    assert ">13</td>" in forms
    plain = value(notebook, "os.environ.update(JUPYTER_MLOPS_LIVE='0') or served.forms()[1:], os.environ.update(JUPYTER_MLOPS_LIVE='1')")
    assert "grapes@champion → version 1</b> · served" in plain
    assert url not in plain  # nothing that the next execution would change
    assert re.search(r"grapes@champion +models:/grapes/1 +\S+ +ready +13 +1", printed(notebook.run("%serve")))


def test_run_again_it_takes_the_same_place_and_is_ended_by_name(notebook):
    url = value(notebook, "served.url")
    assert value(notebook, "served.client.model()['model']") == "models:/grapes/1"
    notebook.run("former = served\nserved = %serve models:/grapes@champion")
    assert value(notebook, "former.status, served.status, served.url") == f"ended ready {url}"
    assert "serves no models:/none" in error(notebook.run("%serve --stop models:/none"))
    assert printed(notebook.run("%serve --stop models:/grapes@champion")).strip() == f"models:/grapes@champion at {url} ended."
    until_free(url)


MODEL = """
import os, sys
import jupyter_mlops as mlflow

class Place(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [sys.prefix]

with mlflow.start_run():
    mlflow.pyfunc.log_model("model", python_model=Place(), pip_requirements=["cloudpickle"], registered_model_name="place")
os.environ |= {"MLFLOW_ENV_ROOT": os.path.abspath("environments"), "MLFLOW_CONDA_HOME": "/nowhere"}
"""


def test_in_an_environment_of_its_own(notebook):
    notebook.run(MODEL)
    messages = notebook.run("own = %serve models:/place/1 --env-manager uv")
    assert "making environment (uv)" in str(messages)
    place = value(notebook, "own.client.predict([1])[0]")
    assert place.startswith(f"{notebook.folder}/environments/uv-")
    assert "/nowhere/bin/conda cannot be started" in error(notebook.run("%serve models:/place/1 --env-manager conda"))
    assert value(notebook, "own.status, own.client.predict([1])[0]") == f"ready {place}"  # no environment, nothing lost
    notebook.run("%serve --stop models:/place/1")


def test_what_does_not_start_is_said(notebook):
    messages = notebook.run("%serve models:/grapes/7 --port 5")
    assert "models:/grapes/7 is not served: " in error(messages)
    assert "Traceback" not in error(messages)
    assert cards(messages)[-1]["state"]["now"]["status"] == "failed"


def test_it_ends_with_the_kernel(notebook):
    """A kernel that starts again, and one that is killed while a fork of it lives on."""
    notebook.run("served = %serve models:/grapes@champion")
    url = value(notebook, "served.url")
    with contextlib.closing(serving.client(url)) as asking:
        assert asking.predict({"size": [2.0]}).round(6).tolist() == [2.0]
    notebook.manager.restart_kernel()
    until_free(url)
    notebook.client.wait_for_ready(60)
    notebook.run("%load_ext jupyter_mlops\nserved = %serve models:/grapes@champion")
    url = value(notebook, "served.url")
    printing = notebook.run("import os, time\nprint(os.getpid(), os.fork() or time.sleep(60) or os._exit(0))")
    pid, fork = map(int, printed(printing).split())
    try:
        os.kill(pid, signal.SIGKILL)
        until_free(url)
    finally:
        os.kill(fork, signal.SIGKILL)
