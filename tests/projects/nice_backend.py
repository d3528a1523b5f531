"""A backend of another package, as its author writes it."""

import subprocess
import sys

import msgspec

from jupyter_mlops.projects.backends.base import Backend
from jupyter_mlops.projects.submitted_runs import ProcessRun


class NiceBackend(Backend):
    """Runs projects with a lower priority."""

    options = ("by",)

    def submit(self, plan, *, wait):
        command = ["nice", "-n", str(self.config.get("by", 10)), sys.executable, "-m", "jupyter_mlops.projects.child"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
        with process.stdin:
            process.stdin.write(msgspec.json.encode(plan))
        return ProcessRun(plan.run_id, plan.tracking_uri, process)
