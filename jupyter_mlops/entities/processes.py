"""Processes that are started for somebody, and all that they start: ended together, also when that one is killed.

Run as a script, with the standard library alone, this file is a `Watchdog`'s process.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time

__all__ = ["Watchdog", "end_group", "module_command"]

_GRACE_S = 5.0
_LOOK_S = 0.05
_COMMAND_S = 30


def module_command(python: str, module: str) -> list[str]:
    """What runs a module. It imports from the current folder only where this process does: others may have put modules there, as in ``/tmp``."""
    is_imported_from = "" in sys.path or os.getcwd() in sys.path
    return [python, *([] if is_imported_from else ["-P"]), "-m", module]


def end_group(process: subprocess.Popen[str] | subprocess.Popen[bytes], grace_s: float = _GRACE_S) -> None:
    """End a process that leads a group of its own, and the whole group: asked first, killed after `grace_s` seconds.

    Nothing happens to a group that has ended.
    """
    if process.poll() is None:
        _send(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace_s)
    _send(process.pid, signal.SIGKILL if os.name == "posix" else signal.SIGTERM)  # what it left behind
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _send(group: int, number: int) -> bool:
    """Whether somebody was there."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(group, number)
        else:
            os.kill(group, number)
        return True
    return False


class Watchdog:
    """Tidies up when this process is killed inside of ``with``: ends groups of processes, calls commands, removes folders.

    Notes
    -----
    A process of its own, which waits for the end of a pipe that this one holds; it is told by lines of JSON. Its start
    takes less than a millisecond of this process.

    Examples
    --------
    >>> with Watchdog() as watchdog:
    ...     process = subprocess.Popen(["true"], process_group=0)
    ...     watchdog.watch(process)
    ...     process.wait()
    0
    """

    def __enter__(self) -> Watchdog:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__], start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return self

    def watch(self, process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
        """End the group that this process leads."""
        self._tell("group", process.pid)

    def call(self, command: list[str]) -> None:
        """Call a command when the groups are ended."""
        self._tell("command", command)

    def remove(self, folder: str) -> None:
        """Remove a folder at last."""
        self._tell("folder", folder)

    def _tell(self, what: str, value: object) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # somebody ended it
            self._process.stdin.write(json.dumps([what, value]).encode() + b"\n")
            self._process.stdin.flush()

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.communicate()


def _tidy_up(told: dict[str, list[object]]) -> None:
    groups = [group for group in told.get("group", []) if isinstance(group, int)]
    there = [group for group in groups if _send(group, signal.SIGTERM)]
    until = time.monotonic() + _GRACE_S
    while os.name == "posix" and any(_send(group, 0) for group in there) and time.monotonic() < until:
        time.sleep(_LOOK_S)
    for group in there:
        _send(group, signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    for command in told.get("command", []):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run(command, stdin=subprocess.DEVNULL, timeout=_COMMAND_S, check=False)  # type: ignore[call-overload]
    for folder in told.get("folder", []):
        shutil.rmtree(str(folder), ignore_errors=True)


if __name__ == "__main__":
    heard: dict[str, list[object]] = {}
    for line in sys.stdin:
        with contextlib.suppress(ValueError):  # half a line of one that was killed
            what, value = json.loads(line)
            heard.setdefault(what, []).append(value)
    _tidy_up(heard)
