"""A plan given to a backend, and waited for where that is asked."""

from __future__ import annotations

from jupyter_mlops.entities.tags import ERROR_TAG
from jupyter_mlops.errors import ExecutionException
from jupyter_mlops.projects.backends.base import Backend
from jupyter_mlops.projects.executions import end_run_of
from jupyter_mlops.projects.folders import remove_folders
from jupyter_mlops.projects.plans import Plan
from jupyter_mlops.projects.submitted_runs import SubmittedRun
from jupyter_mlops.tracking.client import MlflowClient

__all__ = ["submit"]


def submit(backend: Backend, plan: Plan, *, wait: bool) -> SubmittedRun:
    """Have a plan done. Whatever goes wrong, its run has ended then, and its temporary folders are gone.

    Raises
    ------
    ExecutionException
        It was waited for and failed; the message is that of the run.
    """
    submitted = None
    client = MlflowClient(plan.tracking_uri)
    try:
        submitted = backend.submit(plan, wait=wait)
        if wait and not submitted.wait():
            run = client.get_run(plan.run_id)
            raise ExecutionException(run.data.tags.get(ERROR_TAG) or f"Run {plan.run_id} ended as {run.info.status}.")
    except BaseException as error:
        if submitted is not None:
            submitted.cancel()
        end_run_of(client, plan.run_id, "KILLED" if isinstance(error, KeyboardInterrupt) else "FAILED", str(error))
        remove_folders(plan.temporary)
        raise
    return submitted
