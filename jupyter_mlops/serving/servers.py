"""Running a scoring server: its socket, its processes, its end."""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable

import msgspec
import uvicorn
from starlette.applications import Starlette
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from jupyter_mlops.errors import InvalidState, MlflowException
from jupyter_mlops.server.connections import server_config
from jupyter_mlops.server.sockets import address_of, open_socket
from jupyter_mlops.serving.apps import make_app
from jupyter_mlops.serving.meters import shared_meters
from jupyter_mlops.serving.settings import Settings
from jupyter_mlops.serving.uses import place_of

__all__ = ["run_server"]

_HUNG_S = 60  # a process that holds Python's lock so long is started again


def run_server(settings: Settings, host: str, port: int, say: Callable[[str], None]) -> None:
    """Answer until somebody interrupts.

    Parameters
    ----------
    settings : Settings
    host : str
    port : int
        0 for one that is free.
    say : callable
        Is given the address when somebody answers there: with several processes, before their models are loaded.

    Raises
    ------
    InvalidState
        Nobody can listen there.
    """
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # the server passes on what ended it
    try:
        with _listening(host, port) as listening:
            address = address_of(host, listening.getsockname()[1])
            settings = msgspec.structs.replace(settings, place=place_of(address, port))
            if settings.workers > 1:
                _run_processes(settings, listening, functools.partial(say, address))
            else:
                config = server_config(make_app(settings))
                say(address)
                uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:  # how a server is ended by hand
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


def _run_processes(settings: Settings, listening: socket.socket, say: Callable[[], None]) -> None:
    """Several processes at one socket; one that dies is started again."""
    with shared_meters():
        config = server_config(
            functools.partial(_make_worker, settings), factory=True, workers=settings.workers, timeout_worker_healthcheck=_HUNG_S
        )
        supervisor = Multiprocess(config, [listening])
        say()
        supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        raise InvalidState(f"No process could load {settings.model_uri}; the log says why.")


def _make_worker(settings: Settings) -> Starlette:
    """The application of one of several processes, which ends with the one that started it."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        return make_app(settings)
    except MlflowException as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(STARTUP_FAILURE)  # it would fail again


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _listening(host: str, port: int) -> socket.socket:
    try:
        return open_socket(host, port)
    except OSError as error:
        raise InvalidState(f"Nobody can listen at {host}, port {port}: {error.strerror or error}. Choose another port, or address.") from error
