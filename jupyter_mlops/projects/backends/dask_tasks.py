"""What a worker of Dask does: run one plan in a process of its own, for as long as the task is wanted."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

import msgspec
from distributed import get_worker
from distributed.core import Status

from jupyter_mlops.entities.processes import end_group
from jupyter_mlops.entities.uris import is_local
from jupyter_mlops.errors import ExecutionException
from jupyter_mlops.projects.archives import unpack
from jupyter_mlops.projects.executions import GRACE_S
from jupyter_mlops.projects.plans import Plan

__all__ = ["fingerprint", "has_task", "perform", "sees"]

_LOOK_S = 0.1


def fingerprint(folder: str) -> tuple[int, int] | None:
    """What tells whether a folder is the same one elsewhere, such as on a disk that machines share; None where none is."""
    with contextlib.suppress(OSError):
        found = os.stat(folder)
        return found.st_ino, found.st_mtime_ns
    return None


def sees(folder: str, mark: tuple[int, int]) -> bool:
    """Whether that very folder is here too."""
    return fingerprint(folder) == mark


def has_task(key: str, dask_worker: Any) -> bool:
    """Whether a worker has a task, also one that is cancelled and has not ended yet."""
    return key in dask_worker.state.tasks


def perform(plan: Plan, content: bytes) -> None:
    """Run a plan here; `content` is its folder where workers do not see it, see `archives`.

    Raises
    ------
    ExecutionException
        It failed, or cannot be run on this worker.
    """
    with tempfile.TemporaryDirectory(prefix="project-") as folder:
        if content:
            plan = unpack(content, plan, folder)
        _check(plan)
        told = os.path.join(folder, "failure")
        command = [sys.executable, "-m", "jupyter_mlops.projects.child", told]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
        assert process.stdin is not None
        try:
            process.stdin.write(msgspec.json.encode(plan) + b"\n")
            process.stdin.flush()
            while process.poll() is None and _is_wanted():
                time.sleep(_LOOK_S)
        finally:
            end_group(process, GRACE_S)  # it ends its program first, and a container
            process.stdin.close()
        if process.returncode:
            raise ExecutionException(f"On worker {get_worker().address}: {_read(told) or f'it ended with {process.returncode}'}")


def _check(plan: Plan) -> None:
    here = f"Worker {get_worker().address}"
    if is_local(plan.tracking_uri) and not os.path.exists(plan.tracking_uri):
        raise ExecutionException(
            f"{here} does not see the store {plan.tracking_uri}: start `jupyter mlops server` beside the store and "
            "set_tracking_uri to an address of it that workers reach."
        )
    missing = [path for path in (plan.folder, *plan.paths) if not os.path.exists(path)]
    if missing:
        raise ExecutionException(f"{here} does not see {', '.join(missing)}: put that on a disk that all workers share, or have it as a URI.")


def _is_wanted() -> bool:
    worker = get_worker()
    task = worker.state.tasks.get(worker.get_current_task())
    return task is not None and task.state != "cancelled" and worker.status in (Status.running, Status.paused)


def _read(path: str) -> str:
    with contextlib.suppress(FileNotFoundError), open(path, encoding="utf-8") as file:
        return file.read()
    return ""
