"""Real Jupyter servers with the extension, and clients that come with a token, with a cookie, or with nothing."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time

import httpx

from jupyter_mlops.storage.locate import store_key
from tests.server_processes import free_port

TOKEN = "the-token"
ROOT = pathlib.Path(__file__).parents[3]
EXTENSION = "--ServerApp.jpserver_extensions={'jupyter_mlops': True}"


class JupyterServer:
    def __init__(self, folder, port, base=""):
        self.folder, self.port, self.base = folder, port, base
        self.url = f"http://127.0.0.1:{port}{base}"

    def client(self, **headers):
        """Somebody with such headers."""
        return httpx.Client(base_url=f"{self.url}/jupyter-mlops/", headers=headers, timeout=60)

    def person(self, name):
        """Somebody whom a server of people knows, asking from a page of its own."""
        return self.client(**{"X-Person": name, "Cookie": "_xsrf=abcd", "X-XSRFToken": "abcd", "Referer": f"{self.url}/lab"})

    @contextlib.contextmanager
    def session(self):
        """A browser that has logged in: it has cookies alone, among them the one against forged requests."""
        with self.client(Referer=f"{self.url}/lab") as client:
            client.get(f"{self.url}/api/me?token={TOKEN}").raise_for_status()
            client.get(f"{self.url}/no-such-page")
            assert client.cookies["_xsrf"]
            yield client

    @property
    def user(self):
        """Somebody with the token."""
        return self.client(Authorization=f"token {TOKEN}")

    def enter(self, store):
        """Let its user have opened another store; returns its key."""
        stores, key = self.folder / "data" / "stores.json", store_key(store)
        stores.write_text(json.dumps(json.loads(stores.read_text()) | {key: store}))
        return key

    def log(self):
        return (self.folder / "server.log").read_text()


@contextlib.contextmanager
def jupyter_server(folder, *options, config="", port=None, base="", **variables):
    """A Jupyter server of the store in `folder`."""
    folder.mkdir(exist_ok=True)
    (folder / "jupyter_server_config.py").write_text(config)
    port = port or free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "JUPYTER_MLOPS_"))}
    env |= {"JUPYTER_MLOPS_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(ROOT), "JUPYTER_MLOPS_TRACKING_URI": str(folder / "mlops.duckdb")}
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", EXTENSION, f"--ServerApp.port={port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.base_url={base}/"]
    command += [f"--config={folder / 'jupyter_server_config.py'}", f"--ServerApp.root_dir={folder}", *options]
    with open(folder / "server.log", "a") as log:
        process = subprocess.Popen(command, env=env | variables, stdout=log, stderr=log, cwd=folder)
    server = JupyterServer(folder, port, base)
    server.process = process
    try:
        _wait_for(server)
        yield server
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(server):
    for _ in range(300):
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{server.url}/api", timeout=2)
            return
        assert server.process.poll() is None, server.log()
        time.sleep(0.1)
    raise TimeoutError(server.log())
