"""Our client, as users of MLflow's have it, works against MLflow's servers and ours."""

import contextlib
import json
import os
import subprocess
import sys

import pytest

from tests.compat.test_server import FLOW
from tests.mlflow_peers import VERSIONS
from tests.mlflow_servers import mlflow_server
from tests.server_processes import started, token_of


@contextlib.contextmanager
def _served(kind, folder):
    """What a client of that server has in its environment."""
    with started(folder) if kind == "ours" else mlflow_server(folder, kind) as (_, port):
        token = {"MLFLOW_TRACKING_TOKEN": token_of(folder)} if kind == "ours" else {}
        yield {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{port}", **token}


@pytest.mark.parametrize("kind", ["ours", *VERSIONS])
def test_the_classic_flow(kind, tmp_path):
    told, folder = tmp_path / "told.json", tmp_path / "server"
    folder.mkdir()
    with _served(kind, folder) as variables:
        env = os.environ | variables | {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}
        env |= {"JUPYTER_MLOPS_CAPTURE": "0", "JUPYTER_MLOPS_DATA_DIR": str(tmp_path / "client")}
        command = [sys.executable, "-m", "jupyter_mlops.as_mlflow", FLOW, told]
        done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    table = json.loads(told.read_text())
    print("\n".join(f"{kind}  {name:<70} {outcome}" for name, outcome in table.items()))
    assert {name: outcome for name, outcome in table.items() if outcome != "ok"} == {}, done.stderr[-3000:]
    assert not [*tmp_path.glob("*.duckdb")]
