"""Processes that are started for somebody, and all that they start: ended together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess

__all__ = ["end_group"]

_GRACE_S = 5.0


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


def _send(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(group, number)
        else:
            os.kill(group, number)
