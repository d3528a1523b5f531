"""Servers as processes of their own, as a user starts them."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

COMMAND = [sys.executable, "-c", "from jupyter_mlops.cli.main import main; main()", "server"]


def free_port():
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def started(folder, *options, port=None, command="server"):
    """A server of the store in `folder` that answers: its process and port; ``data/servers`` in it has its token."""
    port = port or free_port()
    env = os.environ | {"JUPYTER_MLOPS_DATA_DIR": str(folder / "data")}
    arguments = [*COMMAND[:-1], command, "--port", str(port), "--store", str(folder / "mlops.duckdb"), *options]
    with subprocess.Popen(arguments, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder) as process:
        try:
            for _ in range(300):
                with contextlib.suppress(OSError):
                    if _answers(port):
                        break
                assert process.poll() is None, process.stdout.read()
                time.sleep(0.1)
            yield process, port
        finally:
            process.kill()


def _answers(port):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1).close()
    except urllib.error.HTTPError as error:  # below a prefix
        error.close()
    return True


def token_of(folder):
    """The token that the server in `folder` left to its user."""
    return next((folder / "data" / "servers").glob("*.token")).read_text()
