"""Projects on this machine."""

from __future__ import annotations

import subprocess
import sys

import msgspec

from jupyter_mlops.projects.backends.base import Backend
from jupyter_mlops.projects.executions import execute
from jupyter_mlops.projects.plans import Plan
from jupyter_mlops.projects.submitted_runs import EndedRun, ProcessRun, SubmittedRun

__all__ = ["LocalBackend"]


class LocalBackend(Backend):
    """Runs a plan here to its end, or has a process of its own do so, which goes on when this one ends."""

    def submit(self, plan: Plan, *, wait: bool) -> SubmittedRun:
        if wait:
            execute(plan)
            return EndedRun(plan.run_id, plan.tracking_uri)
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_mlops.projects.child"], stdin=subprocess.PIPE, start_new_session=True
        )
        assert process.stdin is not None
        with process.stdin:
            process.stdin.write(msgspec.json.encode(plan))
        return ProcessRun(plan.run_id, plan.tracking_uri, process)
