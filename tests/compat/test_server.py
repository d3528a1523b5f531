"""The unchanged clients of MLflow 2 and 3 work against our server."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.mlflow_peers import VERSIONS, mlflow_peer

FLOW = pathlib.Path(__file__).with_name("classic_flow.py")


@pytest.fixture
def server(tmp_path):
    """A server of its own: its address, token and folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {"JUPYTER_MLOPS_DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "-m", "jupyter_mlops.cli.main", "server", "--port", str(port), "--store", str(tmp_path / "mlops.duckdb")]
    command[1:3] = ["-c", "from jupyter_mlops.cli.main import main; main()"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path) as process:
        url = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{url}/health", timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, process.stdout.read()
                time.sleep(0.1)
        token = next((tmp_path / "data" / "servers").glob("*.token")).read_text()
        yield {"url": url, "token": token, "folder": tmp_path}
        process.terminate()
        process.wait(20)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_classic_flow(version, server, tmp_path):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "JUPYTER_MLOPS_"))}
    env |= {"MLFLOW_TRACKING_URI": server["url"], "MLFLOW_TRACKING_TOKEN": server["token"], "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}
    told = tmp_path / "told.json"
    done = subprocess.run([mlflow_peer(version), FLOW, told], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    table = json.loads(told.read_text())
    print("\n".join(f"{version}  {name:<70} {outcome}" for name, outcome in table.items()))
    assert {name: outcome for name, outcome in table.items() if outcome != "ok"} == {}, done.stderr[-3000:]
