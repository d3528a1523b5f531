"""A process that exists to run one plan, read as a line of JSON from its standard input: ``python -m jupyter_mlops.projects.child``.

With the name of a file as argument it is attended: its input stays open for as long as it is wanted, its run waits as SCHEDULED
and is begun once at most, and why it failed is written to that file.

``--attached`` ends it, as an interrupt does, when whoever started it closes that input: by its own end, however it came.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType

import msgspec

from jupyter_mlops.entities.statuses import RunStatus
from jupyter_mlops.errors import ExecutionException, MlflowException
from jupyter_mlops.projects.executions import end_run_of, execute, interrupts_by_sigterm
from jupyter_mlops.projects.plans import Plan
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.tracking.client import MlflowClient

__all__ = ["main"]


def main() -> int:
    """Run it; 0 when it went well."""
    told = next((word for word in sys.argv[1:] if not word.startswith("--")), "")
    plan = msgspec.json.decode(sys.stdin.buffer.readline(), type=Plan)
    is_attached = "--attached" in sys.argv[1:]
    with interrupts_by_sigterm():
        if is_attached:
            threading.Thread(target=_interrupt_at_end_of_input, daemon=True).start()
        try:
            if told:
                _begin(plan)
                _attend()
            open_store(plan.tracking_uri).own_run(plan.run_id)  # whoever started this may end before
            execute(plan)
        except MlflowException as error:
            if not is_attached:  # whoever waits for it finds that in the run
                sys.stderr.write(f"Error: {error}\n")
            with suppress(OSError):  # of somebody who is gone, maybe with the folder
                Path(told or os.devnull).write_text(str(error), encoding="utf-8")
            return 1
        except KeyboardInterrupt:
            return 130
    return 0


def _begin(plan: Plan) -> None:
    client = MlflowClient(plan.tracking_uri)
    status = client.get_run(plan.run_id).info.status
    if status != RunStatus.to_string(RunStatus.SCHEDULED):
        failure = f"Run {plan.run_id} was begun by a worker that is gone now. No program is run twice in one run: begin another."
        end_run_of(client, plan.run_id, "FAILED", failure)
        raise ExecutionException(failure)
    client.update_run(plan.run_id, status="RUNNING")


def _attend() -> None:
    """From now on be ended, as a failure, by the end of whoever holds the input open."""

    def fail(_number: int, _frame: FrameType | None) -> None:
        raise ExecutionException("The worker that ran it was killed or lost its scheduler.")

    def watch() -> None:
        os.read(0, 1)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGHUP)  # not to this thread: the other one is waiting

    signal.signal(signal.SIGHUP, fail)
    threading.Thread(target=watch, daemon=True).start()


def _interrupt_at_end_of_input() -> None:
    while os.read(0, 1):  # not by `sys.stdin`: its lock would hold up the end of this process
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
