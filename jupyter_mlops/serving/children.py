"""A scoring server as a child process, which ends with who started it."""

from __future__ import annotations

import collections
import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Self

import msgspec

from jupyter_mlops.entities.processes import end_group, module_command
from jupyter_mlops.environments.builds import Environment
from jupyter_mlops.errors import InvalidParameter, InvalidState
from jupyter_mlops.server.sockets import ANY_HOSTS
from jupyter_mlops.serving.clients import ScoringClient, client
from jupyter_mlops.serving.model_environments import environment_variables, model_environment
from jupyter_mlops.serving.packages import require_server
from jupyter_mlops.serving.settings import Begin, Settings
from jupyter_mlops.storage.http.addresses import LOOPBACK

__all__ = ["ServedProcess", "serve", "serve_until_interrupted", "start_serving"]

_LINES = 200  # of the log that are kept
_SAID = 20  # of them that an error tells
_END_S = 12.0
_LOOK_S = 0.05
_REST_S = 2.0  # for the end of the log; what a model left running may hold it open for ever


def serve(
    model_uri: str | os.PathLike[str], host: str = "127.0.0.1", port: int = 0, *, workers: int = 1, timeout: float = 60.0,
    follow: bool = False, trust: bool = False, wait: float = 120.0, env_manager: str | None = "local",
    pip_requirements_override: Sequence[str] | None = None, install_mlflow: bool = False, extra_envs: Mapping[str, str] | None = None,
    log: bool | float = False, log_without: Sequence[str] = (),
) -> ServedProcess:  # fmt: skip
    """Serve a model by HTTP from a process of its own, which ends with this one.

    Parameters
    ----------
    model_uri : str or path
        As `load_model` takes it; ``models:/name@alias`` and stages with `follow`.
    host : str, default ``"127.0.0.1"``
        Address to listen at; others than this machine's own reach a server at ``"0.0.0.0"``, and nobody is asked who he is.
    port : int, default 0
        0 for one that is free.
    workers : int, default 1
        Processes that answer, each with a model of its own.
    timeout : float, default 60, seconds
        Of one prediction.
    follow : bool, default False
        Exchange the model when the alias or stage means another version; no request fails for that.
    trust : bool, default False
        As in `load_model`.
    wait : float, default 120, seconds
        How long the model may take to load.
    env_manager : {"local", "virtualenv", "uv", "conda"}, optional
        What makes an environment of the model's own, once, in which it is served; the best that is installed with None. By default it
        is served in this one.
    pip_requirements_override : list of str, optional
        Requirements in that environment in place of the model's of the same packages, or beside them.
    install_mlflow : bool, default False
        Install MLflow there, too.
    extra_envs : mapping of str to str, optional
        Variables of the environment of the server.
    log : bool or float, default False
        Keep requests and predictions beside the model, as Parquet files that `monitor` sums up: all, or this share of them.
    log_without : list of str, optional
        Columns that are not kept, such as names of people.

    Returns
    -------
    ServedProcess

    Raises
    ------
    InvalidState
        The server did not start; what it said.
    InvalidParameter
        There is no such port, number of workers, time or share of requests, or `log_without` is no list.
    PackageMissing
        The extra ``server`` is not installed.

    Notes
    -----
    About two seconds, as it takes to start Python and load the model.

    References
    ----------
    ``mlflow models serve``, whose protocol this is.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> from sklearn.linear_model import LinearRegression
    >>> with mlflow.start_run():
    ...     info = mlflow.sklearn.log_model(LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0]), "model")
    >>> with serve(info.model_uri) as served:
    ...     served.client.predict([[2.0]]).round(6)
    array([5.])
    """
    served = start_serving(
        model_uri, host, port, workers=workers, timeout=timeout, follow=follow, trust=trust, env_manager=env_manager,
        pip_requirements_override=pip_requirements_override, install_mlflow=install_mlflow, extra_envs=extra_envs, log=log,
        log_without=log_without,
    )  # fmt: skip
    try:
        served.wait_until_ready(wait)
    except KeyboardInterrupt:  # nobody else has it to end it
        served.stop()
        raise
    return served


def start_serving(
    model_uri: str | os.PathLike[str], host: str = "127.0.0.1", port: int = 0, *, workers: int = 1, timeout: float = 60.0,
    follow: bool = False, trust: bool = False, env_manager: str | None = "local", pip_requirements_override: Sequence[str] | None = None,
    install_mlflow: bool = False, extra_envs: Mapping[str, str] | None = None, log: bool | float = False, log_without: Sequence[str] = (),
) -> ServedProcess:  # fmt: skip
    """As `serve`, not waited for: `ServedProcess.wait_until_ready` does that."""
    _check_arguments(port, workers, timeout, log, log_without)
    settings = Settings(
        model_uri=os.fspath(model_uri), workers=workers, timeout=timeout, follow=follow, trust=trust,
        allowed_hosts=("*",) if host in ANY_HOSTS else (*LOOPBACK, host), log=float(log), log_without=tuple(log_without),
    )  # fmt: skip
    with contextlib.ExitStack() as held:
        environment = held.enter_context(
            model_environment(
                model_uri, env_manager, pip_requirements_override=pip_requirements_override, install_mlflow=install_mlflow, trust=trust
            )
        )
        if not environment.folder:
            require_server()
        return ServedProcess(Begin(settings, host, port), environment, extra_envs, held)


def _check_arguments(port: int, workers: int, timeout: float, log: float, log_without: Sequence[str]) -> None:
    if not (isinstance(port, int) and 0 <= port <= 65535):
        raise InvalidParameter(f"port={port!r}: expected a number up to 65535, or 0 for one that is free.")
    if workers < 1:
        raise InvalidParameter(f"workers={workers}: a server needs one at least.")
    if not (isinstance(timeout, int | float) and timeout > 0):
        raise InvalidParameter(f"timeout={timeout!r}: expected seconds, above 0, that a prediction may take.")
    if not (isinstance(log, int | float) and 0 <= log <= 1):
        raise InvalidParameter(f"log={log!r}: the share of requests to keep is above 0 and at most 1, True for all.")
    if isinstance(log_without, str):  # it would be taken for columns of one letter each, and the column would be kept
        raise InvalidParameter(f"log_without is a list of columns: give [{log_without!r}].")
    if log_without and not log:
        raise InvalidParameter("log_without= leaves columns out of a log, which log=True keeps.")


def _start(begin: Begin, environment: Environment, extra: Mapping[str, str] | None = None, *, stderr: int | None = None) -> subprocess.Popen[str]:
    """A process that serves, in an environment: it writes its address, and ends when its input does."""
    process = subprocess.Popen(
        module_command(environment.python, "jupyter_mlops.serving.child"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True,
        errors="replace", env=environment_variables(environment, extra), start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(begin).decode() + "\n")  # it stays open: the child ends when it closes
    process.stdin.flush()
    return process


def serve_until_interrupted(begin: Begin, environment: Environment, extra: Mapping[str, str], say: Callable[[str], None]) -> int:
    """Let a process in an environment serve until somebody interrupts this one; returns its exit code, its log goes to stderr.

    Parameters
    ----------
    begin : Begin
    environment : Environment
    extra : mapping of str to str
        Variables of the environment of the process.
    say : callable
        Is given the address when somebody answers there.
    """
    process = _start(begin, environment, extra)
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        assert process.stdout is not None
        if address := process.stdout.readline().strip():
            say(address)
        return process.wait()
    except KeyboardInterrupt:  # how a server is ended by hand
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)
        end_group(process, grace_s=_END_S)


class ServedProcess:
    """A scoring server that `serve` started. As a context manager it ends with the block.

    Attributes
    ----------
    url : str
    client : ScoringClient
    """

    client: ScoringClient = None  # type: ignore[assignment]  # until it answers

    def __init__(self, begin: Begin, environment: Environment, extra: Mapping[str, str] | None, held: contextlib.ExitStack) -> None:
        self.url, self._is_over = "", False
        self._model_uri, self._host = begin.settings.model_uri, begin.host
        self._lines: collections.deque[str] = collections.deque(maxlen=_LINES)
        self._held = held.pop_all()  # of the environment, which stays there
        self._addresses: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._process = _start(begin, environment, extra, stderr=subprocess.PIPE)
        assert self._process.stdout is not None
        threading.Thread(target=self._read_address, args=(self._process.stdout,), daemon=True).start()
        self._process.stdout = None  # closing it would wait for that thread
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()

    def wait_until_ready(self, seconds: float) -> None:
        """Come back when it answers.

        Raises
        ------
        InvalidState
            It ended, or it took longer and was ended.
        """
        until = time.monotonic() + seconds
        while self.is_alive() and time.monotonic() < until:
            if self.url and self.client.is_alive():
                return
            self._look_for_address()
        has_ended = not self.is_alive()
        self.stop()
        if has_ended:
            end = "\n".join(self.log.strip().splitlines()[-_SAID:])
            raise InvalidState(f"{self._model_uri} is not served: {end or 'the process ended.'}")
        raise InvalidState(f"{self._model_uri} did not load within {seconds:g} s: give serve(wait=…) more.")

    @property
    def log(self) -> str:
        """The last 200 lines that server and model wrote."""
        return "".join(self._lines)

    def is_alive(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def wait(self) -> None:
        """Come back when the process has ended."""
        self._process.wait()

    def memory(self) -> int:
        """What it holds in memory with its workers, in bytes; 0 when it has ended."""
        import psutil  # only for who looks

        try:
            process = psutil.Process(self._process.pid)
            return sum(int(one.memory_info().rss) for one in (process, *process.children(recursive=True)))
        except psutil.Error:  # one of them ended meanwhile
            return 0

    def stop(self) -> None:
        """End it; requests that are being answered are waited for, for some seconds."""
        if not self._is_over:  # its number may be another's later
            end_group(self._process, grace_s=_END_S)
            self._is_over = True
        self._reader.join(_REST_S)
        if self.client is not None:
            self.client.close()
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<{self._model_uri} {f'at {self.url}' if self.is_alive() else 'ended'}>"

    def _look_for_address(self) -> None:
        with contextlib.suppress(queue.Empty):
            address = self._addresses.get(timeout=_LOOK_S)
            self.url = address.replace(self._host, ANY_HOSTS.get(self._host, self._host), 1)
            self.client = client(self.url)

    def _read_address(self, stream: IO[str]) -> None:
        with stream:
            if address := stream.readline().strip():  # nothing when it ended before
                self._addresses.put(address)

    def _read_log(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stream:
            for line in iter(lambda: stream.readline(2000), ""):
                self._lines.append(line)

