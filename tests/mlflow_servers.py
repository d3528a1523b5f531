"""MLflow's own tracking server as a process: a SQLite database and artifacts in a folder, as its users begin."""

import contextlib
import os
import pathlib
import subprocess
import time
import urllib.request

import psutil

from tests.mlflow_peers import VERSIONS, mlflow_peer
from tests.server_processes import free_port

DATABASE = "mlflow.db"


@contextlib.contextmanager
def mlflow_server(folder, version=VERSIONS[0], *options, port=None):
    """A server of that version with the store in `folder`, which answers: its process and port."""
    python, port = mlflow_peer(version), port or free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW", "PYTHON", "JUPYTER_MLOPS"))}
    env |= {"PATH": f"{pathlib.Path(python).parent}:{os.environ['PATH']}", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "GIT_PYTHON_REFRESH": "quiet"}
    command = [python, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--backend-store-uri", f"sqlite:///{DATABASE}"]
    with (folder / "server.log").open("w") as log, subprocess.Popen([*command, "--workers", "1", *options], cwd=folder, env=env, stdout=log, stderr=log) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/health", process, folder / "server.log")
            yield psutil.Process(process.pid), port
        finally:
            stop(psutil.Process(process.pid))


def stop(process):
    """End a server with all that it started."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for one in [*process.children(recursive=True), process]:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()


def wait_for(address, process, log):
    """Come back when somebody answers at an address."""
    for _ in range(600):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=5).close()
            return
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise TimeoutError(log.read_text())
