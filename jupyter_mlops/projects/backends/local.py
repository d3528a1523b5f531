"""Projects on this machine."""

from __future__ import annotations

import os
import subprocess
import sys

import msgspec

from jupyter_mlops.entities.processes import module_command
from jupyter_mlops.projects.backends.base import Backend
from jupyter_mlops.projects.executions import execute, interrupts_by_sigterm
from jupyter_mlops.projects.plans import Plan
from jupyter_mlops.projects.submitted_runs import EndedRun, ProcessRun, SubmittedRun

__all__ = ["LocalBackend"]


class LocalBackend(Backend):
    """Runs a plan here to its end, or has a process of its own do so, which goes on when this one ends.

    With ``attached`` it ends with this one. ``output`` is a file that it and its program print to, progress included.
    """

    def submit(self, plan: Plan, *, wait: bool) -> SubmittedRun:
        if wait:
            with interrupts_by_sigterm():  # of a step whose caller is ended: its program has a group of its own
                execute(plan)
            return EndedRun(plan.run_id, plan.tracking_uri)
        attached, output = self.config.get("attached"), self.config.get("output")
        process = subprocess.Popen(
            [*module_command(sys.executable, "jupyter_mlops.projects.child"), *(["--attached"] if attached else [])],
            stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True,
            env=os.environ | ({"PYTHONUNBUFFERED": "1", "JUPYTER_MLOPS_PROGRESS": "1"} if output else {}),
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(plan) + b"\n")
        process.stdin.flush()
        if not attached:
            process.stdin.close()
        return ProcessRun(plan.run_id, plan.tracking_uri, process)
