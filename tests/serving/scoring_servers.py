"""MLflow's own scoring server as a process."""

import contextlib
import os
import pathlib
import subprocess

import psutil

from tests.mlflow_peers import mlflow_peer
from tests.mlflow_servers import stop, wait_for
from tests.server_processes import free_port


@contextlib.contextmanager
def mlflow_scoring_server(folder, model, version, *options):
    """A scoring server of that version for the model in a folder, in its own environment: its address and process."""
    python, port = mlflow_peer(version), free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW", "PYTHON", "JUPYTER_MLOPS"))}
    env |= {"PATH": f"{pathlib.Path(python).parent}:{os.environ['PATH']}", "GIT_PYTHON_REFRESH": "quiet"}
    command = [python, "-m", "mlflow", "models", "serve", "-m", str(model), "--port", str(port), "--env-manager", "local", *options]
    log = folder / f"scoring-{version}.log"
    with log.open("w") as file, subprocess.Popen(command, cwd=folder, env=env, stdout=file, stderr=file) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/ping", process, log)
            yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
        finally:
            stop(psutil.Process(process.pid))
