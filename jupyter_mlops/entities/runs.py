"""A run and its parts, as the store returns them: snapshots, never live."""

from __future__ import annotations

import msgspec

from jupyter_mlops.entities.datasets import RunInputs
from jupyter_mlops.entities.records import Entity

__all__ = ["Run", "RunData", "RunInfo"]


class RunInfo(Entity, frozen=True):
    """What a run is.

    Attributes
    ----------
    run_id : str
    experiment_id : str
    run_name : str
    user_id : str
    status : str
        One of RUNNING, SCHEDULED, FINISHED, FAILED, KILLED.
    start_time, end_time : int or None, milliseconds since the Unix epoch, UTC
        `end_time` is None while the run has never ended.
    lifecycle_stage : str
        ``"active"`` or ``"deleted"``.
    artifact_uri : str
        Where its artifacts lie, absolute.
    """

    run_id: str
    experiment_id: str
    run_name: str
    user_id: str
    status: str
    start_time: int
    end_time: int | None = None
    lifecycle_stage: str = "active"
    artifact_uri: str = ""

    @property
    def run_uuid(self) -> str:
        """The run id, under MLflow's oldest name."""
        return self.run_id


class RunData(Entity, frozen=True):
    """What was logged: latest metrics, params and tags, each a dict by key."""

    metrics: dict[str, float] = msgspec.field(default_factory=dict)
    params: dict[str, str] = msgspec.field(default_factory=dict)
    tags: dict[str, str] = msgspec.field(default_factory=dict)


class Run(Entity, frozen=True):
    """A run at the time it was read.

    Examples
    --------
    >>> run = Run(RunInfo("a" * 32, "0", "calm-fox-1", "ann", "RUNNING", 0), RunData(params={"lr": "0.1"}))
    >>> run.info.status, run.data.params
    ('RUNNING', {'lr': '0.1'})
    """

    info: RunInfo
    data: RunData = msgspec.field(default_factory=RunData)
    inputs: RunInputs = msgspec.field(default_factory=RunInputs)
