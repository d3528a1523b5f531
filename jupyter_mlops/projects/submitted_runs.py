"""A project's run that was begun: waited for, asked, cancelled."""

from __future__ import annotations

import subprocess
from abc import ABC, abstractmethod

from jupyter_mlops.entities.processes import end_group
from jupyter_mlops.projects.executions import GRACE_S, end_run_of
from jupyter_mlops.tracking.client import MlflowClient

__all__ = ["EndedRun", "ProcessRun", "SubmittedRun"]


class SubmittedRun(ABC):
    """What `run` returns, whatever the backend.

    Attributes
    ----------
    run_id : str
    tracking_uri : str
        The store that it is in.

    Notes
    -----
    Each method may be called often, and from any thread.
    """

    def __init__(self, run_id: str, tracking_uri: str) -> None:
        self.run_id, self.tracking_uri = run_id, tracking_uri
        self._client = MlflowClient(tracking_uri)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.run_id} {self.get_status()}>"

    @abstractmethod
    def wait(self) -> bool:
        """Wait for its end; True when it went well. Nothing of it is left running then."""

    @abstractmethod
    def cancel(self) -> None:
        """End it and all that it started, and wait for that; the run is KILLED then. Nothing happens to one that has ended."""

    def get_status(self) -> str:
        """RUNNING, SCHEDULED, FINISHED, FAILED or KILLED, as the store says now."""
        return self._client.get_run(self.run_id).info.status


class EndedRun(SubmittedRun):
    """One that was waited for."""

    def wait(self) -> bool:
        return True  # what failed has raised

    def cancel(self) -> None:
        """Nothing is left to end."""


class ProcessRun(SubmittedRun):
    """One in a process of its own."""

    def __init__(self, run_id: str, tracking_uri: str, process: subprocess.Popen[bytes]) -> None:
        super().__init__(run_id, tracking_uri)
        self._process = process

    def wait(self) -> bool:
        code = self._process.wait()
        if code:
            end_run_of(self._client, self.run_id, "FAILED", f"Its process ended with {code}.")  # it may have been killed
        return code == 0

    def cancel(self) -> None:
        if self._process.poll() is None:
            end_group(self._process, GRACE_S)  # it ends its program first, and a container
            end_run_of(self._client, self.run_id, "KILLED")
