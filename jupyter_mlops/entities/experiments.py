"""An experiment: a named collection of runs."""

from __future__ import annotations

import msgspec

from jupyter_mlops.entities.records import Entity

__all__ = ["DEFAULT_EXPERIMENT_ID", "DEFAULT_EXPERIMENT_NAME", "NAMED", "Experiment"]

DEFAULT_EXPERIMENT_ID = "0"
DEFAULT_EXPERIMENT_NAME = "Default"
NAMED = "name:"  # begins the id of an experiment that a client chose while no server could tell it, and that its name follows


class Experiment(Entity, frozen=True):
    """An experiment at the time it was read.

    Attributes
    ----------
    experiment_id : str
    name : str
    artifact_location : str
        Absolute; a run's artifacts lie in ``<artifact_location>/<run_id>/artifacts``.
    lifecycle_stage : str
        ``"active"`` or ``"deleted"``.
    tags : dict of str to str
    creation_time, last_update_time : int or None, milliseconds since the Unix epoch, UTC
    """

    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: str = "active"
    tags: dict[str, str] = msgspec.field(default_factory=dict)
    creation_time: int | None = None
    last_update_time: int | None = None
