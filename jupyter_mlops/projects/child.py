"""A process that exists to run one plan, read as JSON from its standard input: ``python -m jupyter_mlops.projects.child``."""

from __future__ import annotations

import os
import signal
import sys

import msgspec

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.projects.executions import execute, interrupts_by_sigterm
from jupyter_mlops.projects.plans import Plan
from jupyter_mlops.storage.opened import open_store

__all__ = ["main"]


def main() -> int:
    """Run it; 0 when it went well."""
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    with interrupts_by_sigterm():
        try:
            open_store(plan.tracking_uri).own_run(plan.run_id)  # whoever started this may end before
            execute(plan, alone=True)
        except MlflowException as error:
            sys.stderr.write(f"Error: {error}\n")
            return 1
        except KeyboardInterrupt:
            return 130
    return 0


if __name__ == "__main__":
    code = main()
    if code and os.name == "posix" and os.getpgid(0) == os.getpid():  # what a program that failed left behind
        sys.stderr.flush()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)
    sys.exit(code)
