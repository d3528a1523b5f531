"""The unchanged clients of MLflow 2 and 3 at a server of users."""

import json
import os
import pathlib
import subprocess

import pytest

from jupyter_mlops.server.auth.accounts import Accounts
from tests.environments import environment
from tests.mlflow_peers import VERSIONS
from tests.server_processes import started

FLOW = pathlib.Path(__file__).with_name("users_flow.py")


@pytest.mark.parametrize("version", VERSIONS)
def test_users_of_mlflow(version, tmp_path):
    accounts = Accounts(str(tmp_path / "mlops.duckdb"))
    accounts.users.create("ann", "correct horse battery", is_admin=True)
    accounts.users.create("eve", "horse battery staple")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "JUPYTER_MLOPS_"))}
    told = tmp_path / "told.json"
    with started(tmp_path, "--auth", "users") as (_, port):
        env |= {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{port}", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}
        command = [environment(f"users-mlflow-{version}"), FLOW, told, accounts.tokens.create("eve", "ci")]
        done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    table = json.loads(told.read_text())
    print("\n".join(f"{version}  {name:<60} {outcome}" for name, outcome in table.items()))
    assert {name: outcome for name, outcome in table.items() if outcome != "ok"} == {}, done.stderr[-3000:]
