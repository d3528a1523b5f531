"""Models with an id of their own, as MLflow 3 logs them."""

from __future__ import annotations

import msgspec

from jupyter_mlops.entities.records import Entity

__all__ = ["LOGGED_STATUSES", "LoggedModel"]

LOGGED_STATUSES = ("LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED")


class LoggedModel(Entity, frozen=True):
    """A logged model at the time it was read.

    Attributes
    ----------
    model_id : str
        ``m-`` and 32 hexadecimal digits.
    experiment_id, name : str
    artifact_location : str
        Where its folder lies, absolute.
    status : str
        One of `LOGGED_STATUSES`.
    creation_timestamp, last_updated_timestamp : int, milliseconds since the Unix epoch, UTC
    model_type, source_run_id : str or None
    metrics : dict of str to float
        The latest of its source run, and of runs of its experiment that evaluated it.
    """

    model_id: str
    experiment_id: str
    name: str
    artifact_location: str
    status: str
    creation_timestamp: int
    last_updated_timestamp: int
    model_type: str | None = None
    source_run_id: str | None = None
    tags: dict[str, str] = msgspec.field(default_factory=dict)
    params: dict[str, str] = msgspec.field(default_factory=dict)
    metrics: dict[str, float] = msgspec.field(default_factory=dict)
