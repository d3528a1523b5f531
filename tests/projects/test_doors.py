"""MLflow's client finds the store of a run, whatever else the process that runs it has open."""

import os
import resource
import subprocess
import sys

import pytest

PROGRAM = """
import os, httpx
import jupyter_mlops as mlflow
from jupyter_mlops.projects.doors import Door
mlflow.MlflowClient().search_experiments()
held = [os.open("/dev/null", os.O_RDONLY) for _ in range(1100)]
with Door(mlflow.get_tracking_uri()) as door:
    print(httpx.get(door.variables["MLFLOW_TRACKING_URI"] + "/health", timeout=60).status_code)
"""


def test_many_open_files_do_not_keep_it_shut():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2000:
        pytest.skip("needs 2,000 open files: raise the hard limit by ulimit -Hn")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2000), hard))
    try:
        done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, env=os.environ)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert done.stdout == "200\n", done.stderr
