"""Where MLflow's own client, which reads no file of ours, finds the store of a run: a server that begins when somebody knocks."""

from __future__ import annotations

import importlib.util
import os
import secrets
import selectors
import socket
import subprocess
import sys
import threading

import msgspec

from jupyter_mlops.entities.uris import is_local

__all__ = ["Door"]

_SERVER = ("starlette", "uvicorn", "httptools")
_END_S = 10


class Door:
    """A port of this machine that a server of a store answers at, inside of ``with``, to whoever has its token.

    Parameters
    ----------
    tracking_uri : str
        A server needs no door, and without the extra ``server``, or on Windows, there is none.

    Attributes
    ----------
    variables : dict of str to str
        What MLflow's client finds the way in by; ours goes to the file, as ``JUPYTER_MLOPS_TRACKING_URI`` says.

    Notes
    -----
    Listening takes less than a millisecond. The server, a process of its own, is started by the first connection, which
    waits for it; a program that uses our client, or none, never has one.
    """

    def __init__(self, tracking_uri: str) -> None:
        self.variables = {"MLFLOW_TRACKING_URI": tracking_uri}
        self._store = tracking_uri
        self._is_open = is_local(tracking_uri) and os.name == "posix" and all(map(importlib.util.find_spec, _SERVER))
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Door:
        if self._is_open:
            self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
            self._until, self._closing = os.pipe()
            self._token = secrets.token_urlsafe(24)
            directly = ",".join(filter(None, (os.environ.get("no_proxy") or os.environ.get("NO_PROXY"), "127.0.0.1")))
            self.variables = {
                "JUPYTER_MLOPS_TRACKING_URI": self._store, "MLFLOW_TRACKING_URI": f"http://127.0.0.1:{self._socket.getsockname()[1]}",
                "MLFLOW_TRACKING_TOKEN": self._token, "MLFLOW_TRACKING_USERNAME": "run", "MLFLOW_TRACKING_PASSWORD": self._token,
                "NO_PROXY": directly, "no_proxy": directly,
            }  # fmt: skip
            self._thread = threading.Thread(target=self._wait, name="jupyter_mlops-door", daemon=True)
            self._thread.start()
        return self

    def _wait(self) -> None:
        with selectors.DefaultSelector() as ready:  # however many files this process has open
            ready.register(self._socket, selectors.EVENT_READ)
            ready.register(self._until, selectors.EVENT_READ)
            if any(key.fileobj == self._until for key, _ in ready.select()):
                return
        number = self._socket.fileno()
        self._server = subprocess.Popen(
            [sys.executable, "-P", "-m", "jupyter_mlops.server.inherited"], pass_fds=[number], start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        assert self._server.stdin is not None
        self._server.stdin.write(msgspec.json.encode({"store": self._store, "token": self._token, "socket": number}) + b"\n")
        self._server.stdin.flush()

    def __exit__(self, *_error: object) -> None:
        if not self._is_open:
            return
        os.close(self._closing)
        self._thread.join()
        os.close(self._until)
        self._socket.close()
        if self._server and self._server.stdin:
            self._server.stdin.close()
            try:
                self._server.wait(_END_S)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
