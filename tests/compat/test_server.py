"""The unchanged clients of MLflow 2 and 3 work against our server."""

import json
import os
import pathlib
import subprocess

import pytest

from tests.mlflow_peers import VERSIONS, mlflow_peer
from tests.server_processes import started, token_of

FLOW = pathlib.Path(__file__).with_name("classic_flow.py")


@pytest.fixture
def server(tmp_path):
    """A server of its own: its address, token and folder."""
    with started(tmp_path) as (_, port):
        yield {"url": f"http://127.0.0.1:{port}", "token": token_of(tmp_path), "folder": tmp_path}


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
