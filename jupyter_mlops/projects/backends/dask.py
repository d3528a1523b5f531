"""Projects on workers of Dask: the caller's side."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mlops.errors import ExecutionException, PackageMissing
from jupyter_mlops.projects.archives import pack
from jupyter_mlops.projects.backends.base import Backend
from jupyter_mlops.projects.executions import end_run_of
from jupyter_mlops.projects.folders import remove_folders
from jupyter_mlops.projects.plans import Plan
from jupyter_mlops.projects.submitted_runs import SubmittedRun
from jupyter_mlops.tracking.client import MlflowClient

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["DaskBackend"]

_CONNECT_S = 10
_LOOK_S = 1.0


class DaskBackend(Backend):
    """Runs plans on workers of the scheduler at ``address``, one per thread of theirs; without one in a cluster of its own.

    That cluster is in this process and ends with it. Runs at an address that nobody waits for go on. Workers need
    jupyter_mlops, and whatever projects without an environment of their own import.
    """

    options = ("address",)

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        try:
            import distributed  # noqa: F401 - an extra
        except ImportError:
            raise PackageMissing("backend='dask' needs distributed: pip install 'jupyter-mlops[dask]'.") from None
        self._address = config.get("address")
        self.queues = bool(self._address)
        if self._address:
            _connect(self._address).close()  # so that a wrong address is told before there is a run

    def submit(self, plan: Plan, *, wait: bool) -> SubmittedRun:
        from distributed import LocalCluster, fire_and_forget

        from jupyter_mlops.projects.backends.dask_tasks import perform

        with ExitStack() as opened:
            place = self._address or opened.enter_context(
                LocalCluster(
                    n_workers=1, threads_per_worker=1, processes=False, memory_limit=None,
                    dashboard_address="127.0.0.1:0", scheduler_kwargs={"dashboard": False},  # others may have Dask's own port
                )
            )
            client = opened.enter_context(_connect(place))
            content = b"" if _is_seen(client, plan.folder) else pack(plan.folder)
            if content:
                remove_folders(plan.temporary)
                plan = msgspec.structs.replace(plan, temporary=())
            MlflowClient(plan.tracking_uri).update_run(plan.run_id, status="SCHEDULED")
            future = client.submit(perform, plan, content, key=f"project-{plan.run_id}-{uuid.uuid4().hex}", pure=False)
            goes_on = self.queues and not wait
            if goes_on:
                fire_and_forget(future)
            return DaskRun(plan, future, opened.pop_all(), goes_on)


def _connect(place: Any) -> Client:
    from distributed import Client

    try:
        return Client(place, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise ExecutionException(
            f"No Dask scheduler answers at {place!r} ({error}): start one by `dask scheduler`, or leave address out."
        ) from None


def _is_seen(client: Client, folder: str) -> bool:
    """Whether every worker sees that very folder; no, while there is none."""
    from jupyter_mlops.projects.backends.dask_tasks import fingerprint, sees

    try:
        answers = client.run(sees, folder, fingerprint(folder))
    except ImportError as error:
        raise ExecutionException(f"Dask's workers cannot run projects: {error}. Install jupyter_mlops where they run.") from None
    return bool(answers) and all(answers.values())


class DaskRun(SubmittedRun):
    """A task of Dask that runs a plan. Once it has ended, all that was opened for it is closed, whoever waits or does not."""

    def __init__(self, plan: Plan, future: Future[None], opened: ExitStack, goes_on: bool) -> None:
        super().__init__(plan.run_id, plan.tracking_uri)
        self._goes_on = goes_on
        self._temporary = plan.temporary
        self._future = future
        self._opened = opened
        self._asked = False
        self._well = False
        self._ended = threading.Event()
        future.add_done_callback(self._end)

    def wait(self) -> bool:
        looks = 0
        while not self._ended.wait(_LOOK_S):
            looks = looks + 1 if self._is_lost() else 0
            if looks > 1:  # a task that ends just now is nowhere for a moment
                end_run_of(self._client, self.run_id, "FAILED", "The Dask worker that ran it is gone.")
                self.cancel()
        return self._well

    def cancel(self) -> None:
        if not self._ended.is_set():
            self._asked = True
            self._future.cancel(force=True)
            self._ended.wait()

    def _is_lost(self) -> bool:
        try:
            tasks = self._future.client.processing()
        except OSError:
            return False  # the scheduler is gone: the client tells the future so
        return all(self._future.key not in keys for keys in tasks.values()) and self.get_status() != "SCHEDULED"

    def _end(self, future: Future[None]) -> None:
        """Called when the task has ended, in a thread of Dask's."""
        try:
            self._well = future.status == "finished"
            if self._asked:
                self._await_end()
                end_run_of(self._client, self.run_id, "KILLED")
            elif future.status == "error":
                end_run_of(self._client, self.run_id, "FAILED", str(future.exception()))
            elif self._goes_on:
                return  # it has ended well, or this process ends before it
            elif not self._well:
                end_run_of(self._client, self.run_id, "FAILED", "Its Dask cluster was closed or cannot be reached any more.")
            remove_folders(self._temporary)
        finally:
            self._opened.close()
            self._ended.set()

    def _await_end(self) -> None:
        """Wait until no worker has the task any more: only then has its program ended."""
        from jupyter_mlops.projects.backends.dask_tasks import has_task

        client, pause = self._future.client, threading.Event()
        while any(client.run(has_task, self._future.key, on_error="ignore").values()):
            pause.wait(0.05)
