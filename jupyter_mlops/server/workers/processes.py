"""One worker as the server sees it: started, asked, watched, ended."""

from __future__ import annotations

import collections
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection
from typing import Any

import msgspec

from jupyter_mlops.errors import InvalidParameter, InvalidState, MlflowException, NotFound
from jupyter_mlops.server.workers.environments import reduced
from jupyter_mlops.server.workers.limits import Limits
from jupyter_mlops.server.workers.messages import Begin, Call, Loaded, Reply, receive, send

__all__ = ["Unheard", "WorkerProcess"]

_MOST_LINES, _MOST_SAID = 8, 1000
_CODES = (InvalidParameter.code, InvalidState.code, NotFound.code)
_CHILDREN_S = 1.0  # between two looks at what a worker started


class Unheard(InvalidState):
    """A worker had ended before it was asked: the call may be made again."""


class WorkerProcess:
    """A process that serves models.

    Parameters
    ----------
    limits : Limits
    folder : str
        The worker's own, which goes with it and all that models put into temporary files.
    models : list of Loaded
    vouched : collection of str
        Fingerprints of folders whose code somebody let run before.

    Notes
    -----
    Make it in a thread that lives as long as the server: Linux ends it with the thread that started it.
    """

    def __init__(self, limits: Limits, folder: str, models: list[Loaded], vouched: Collection[str] = ()) -> None:
        self._limits, self._folder, self._models = limits, folder, models
        self._most_bytes = limits.most_bytes()
        self._killing, self._is_killed = threading.Lock(), False
        self._until: float | None = None
        self._why = ""
        self._looked = 0.0
        self._last: collections.deque[bytes] = collections.deque(maxlen=_MOST_LINES)
        self._process = self._start()
        self._reader = threading.Thread(target=self._keep_last_lines, daemon=True)
        self._reader.start()
        with contextlib.suppress(OSError):  # that it ended at once is found at the first call
            send(self._process.stdin, Begin(models, list(vouched)))  # type: ignore[arg-type]

    @property
    def pid(self) -> int:
        """Id of the process."""
        return self._process.pid

    def _start(self) -> subprocess.Popen[bytes]:
        python = self._limits.python or sys.executable
        command = [python, "-P", "-m", "jupyter_mlops.server.workers.worker", str(os.getpid()), self._folder]
        pipe = subprocess.PIPE
        env = reduced(os.environ, python) | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self._folder)
        try:
            return subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=self._folder, env=env, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise InvalidState(f"No model can run: {python} cannot be started: {error.strerror or error}.") from None

    def _keep_last_lines(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stream:
            for line in iter(lambda: stream.readline(_MOST_SAID), b""):
                self._last.append(line)

    def call(self, call: Call, seconds: float) -> Reply:
        """What the worker answers.

        Raises
        ------
        Unheard
            It had ended before.
        InvalidState
            It ended, by itself or because it took too long or too much.
        MlflowException
            What it answered was an error.
        """
        self._until = time.monotonic() + seconds
        try:
            self._send(call, seconds)
            reply: Reply = receive(self._process.stdout, Reply)  # type: ignore[arg-type]
        except (EOFError, OSError):
            self.end()
            raise InvalidState(self._said(seconds)) from None
        except msgspec.MsgspecError as error:
            self.end()
            raise InvalidState(f"The process of {self._names()} answered what is no answer: {error}.") from None
        finally:
            self._until = None
        if reply.error_code:  # a model may have written it: it says nothing of who may ask
            raise MlflowException(reply.message, reply.error_code if reply.error_code in _CODES else InvalidState.code)
        return reply

    def _send(self, call: Call, seconds: float) -> None:
        try:
            send(self._process.stdin, call)  # type: ignore[arg-type]
        except OSError:
            self.end()
            raise Unheard(self._said(seconds)) from None

    def _names(self) -> str:
        return " and ".join(one.label for one in self._models)

    def _said(self, seconds: float) -> str:
        names, again = self._names(), "The next call starts another one."
        if self._why == "time":
            return f"{names} took more than {seconds:g} s, and its process was ended. {again}"
        if self._why == "memory":
            return f"{names} took more than {self._most_bytes >> 20} MB of memory, and its process was ended. {again}"
        self._reader.join(1)
        lines = b"".join(self._last).decode("utf-8", "replace").strip()[-_MOST_SAID:]
        return f"The process of {names} ended {_ending(self._process.returncode)}. {again}" + (f" It said last:\n{lines}" if lines else "")

    def watch(self) -> bool:
        """End the process if it takes too long or too much, and what it left behind if it ended; whether it is there still."""
        if not self.is_running:
            self._kill("")
        elif self._until is not None and time.monotonic() > self._until:
            self._kill("time")
        elif self._memory() > self._most_bytes:
            self._kill("memory")
        return not self._is_killed

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def _memory(self) -> int:
        import psutil  # only for servers

        try:
            process = psutil.Process(self.pid)
            found = int(process.memory_info().rss)
            if time.monotonic() - self._looked > _CHILDREN_S:
                self._looked = time.monotonic()
                found += sum(_resident(child) for child in process.children(recursive=True))
            return found
        except psutil.Error:  # it is gone
            return 0

    def _kill(self, why: str) -> None:
        """End it with all that it started, once: soon after it is gone its number may be another process's."""
        with self._killing:
            if self._is_killed:
                return
            self._is_killed, self._why = True, why
            _kill_all(self._process)

    def end(self) -> None:
        """End it, with all that it started and its folder."""
        self._kill("")
        self._process.wait()
        if self._until is None:  # else whoever waits for an answer holds them
            for stream in (self._process.stdin, self._process.stdout):
                with contextlib.suppress(OSError):
                    if stream is not None:
                        stream.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _kill_all(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with its group, and those below it that left the group."""
    import psutil  # only for servers

    below: list[Any] = []
    with contextlib.suppress(psutil.Error):  # it is gone, and who looks after its group is not known any more
        below = psutil.Process(process.pid).children(recursive=True)
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    for one in below:
        with contextlib.suppress(psutil.Error):
            one.kill()


def _resident(process: Any) -> int:
    import psutil  # only for servers

    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _ending(code: int) -> str:
    """How a process ended, in words.

    Examples
    --------
    >>> _ending(3), _ending(-11)
    ('with code 3', 'by SIGSEGV')
    """
    if code >= 0:
        return f"with code {code}"
    try:
        name = signal.Signals(-code).name
        return f"by {name}" + (", most often because the machine had no memory left" if name == "SIGKILL" else "")
    except ValueError:
        return f"by signal {-code}"
