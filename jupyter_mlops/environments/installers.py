"""Programs that install packages: their lines are shown while they run, kept in a log, and told when they fail."""

from __future__ import annotations

import collections
import contextlib
import os
import subprocess
from types import TracebackType
from typing import IO, Any

from jupyter_mlops.entities.processes import Watchdog, end_group
from jupyter_mlops.entities.uris import without_secrets
from jupyter_mlops.environments.notices import notice
from jupyter_mlops.errors import EnvironmentFailed
from jupyter_mlops.storage.artifact_stores.transfers import make_bar

__all__ = ["Installer"]

_LAST_LINES = 15
_WIDTH = 60
_WITHOUT = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "FORCE_COLOR", "CLICOLOR_FORCE")  # kernels ask for colours


class Installer:
    """Runs programs one after the other, with one progress line for all.

    Parameters
    ----------
    what : str
        What is made, for the progress line and errors.
    log : str, optional
        File that all they say is appended to.
    turn : int, optional
        An open file with a lock, which they inherit: it is held as long as one of them runs, whatever becomes of this process.
    """

    def __init__(self, what: str, log: str | None = None, turn: int | None = None) -> None:
        self._what, self._log = what, log
        self._inherited = () if turn is None or os.name != "posix" else (turn,)
        self._file: IO[str] | None = None
        self._bar: Any = None

    def __enter__(self) -> Installer:
        self._file = open(self._log or os.devnull, "a", encoding="utf-8")
        self._bar = make_bar(f"making {self._what}", None, unit=" lines")
        if self._bar.disable:
            notice(f"Making the {self._what}: this takes a while, once.")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bar.close()
        assert self._file is not None
        self._file.close()

    def note(self, line: str) -> None:
        """Write a line into the log, without passwords in it."""
        assert self._file is not None
        self._file.write(without_secrets(line) + "\n")

    def call(self, command: list[str], folder: str | None = None) -> None:
        """Run a program to its end.

        Raises
        ------
        EnvironmentFailed
            It is not there or fails.
        """
        assert self._file is not None
        environment = {name: value for name, value in os.environ.items() if name not in _WITHOUT} | {"NO_COLOR": "1"}
        last: collections.deque[str] = collections.deque(maxlen=_LAST_LINES)
        self.note(f"$ {' '.join(command)}")
        try:
            process = subprocess.Popen(
                command, env=environment, cwd=folder, text=True, errors="replace", start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pass_fds=self._inherited,
            )  # fmt: skip
        except OSError as error:
            raise EnvironmentFailed(self._what, f"{command[0]} cannot be started: {error.strerror}.") from None
        with Watchdog() as watchdog, contextlib.ExitStack() as stack:
            watchdog.watch(process)
            stack.callback(end_group, process)
            assert process.stdout is not None
            for said in process.stdout:
                line = without_secrets(said.rstrip())
                last.append(line)
                self.note(line)
                self._bar.update()
                self._bar.set_postfix_str(line[:_WIDTH], refresh=False)
            code = process.wait()
        self._file.flush()
        if code:
            raise EnvironmentFailed(self._what, "\n".join(line for line in last if line.strip()))
