"""Registered models, their versions, stages and aliases."""

from __future__ import annotations

import msgspec

from jupyter_mlops.entities.records import Entity
from jupyter_mlops.errors import InvalidParameter

__all__ = ["STAGES", "ModelVersion", "RegisteredModel", "canonical_stage"]

STAGES = ("None", "Staging", "Production", "Archived")


class ModelVersion(Entity, frozen=True):
    """One version of a registered model.

    Attributes
    ----------
    name : str
    version : str
        Its number, as text; numbers begin at 1 and are never used twice.
    current_stage : str
        One of None, Staging, Production, Archived.
    source : str
        Where the model's folder lies, as it was given at registration.
    location : str or None
        The folder that a ``models:/`` source meant then; None for any other source.
    run_id : str or None
    aliases : list of str
    creation_timestamp, last_updated_timestamp : int, milliseconds since the Unix epoch, UTC
    """

    name: str
    version: str
    creation_timestamp: int
    last_updated_timestamp: int | None = None
    description: str | None = None
    user_id: str | None = None
    current_stage: str = "None"
    source: str | None = None
    run_id: str | None = None
    run_link: str | None = None
    status: str = "READY"
    status_message: str | None = None
    tags: dict[str, str] = msgspec.field(default_factory=dict)
    aliases: list[str] = msgspec.field(default_factory=list)
    location: str | None = None


class RegisteredModel(Entity, frozen=True):
    """A registered model at the time it was read.

    Attributes
    ----------
    name : str
    creation_timestamp, last_updated_timestamp : int, milliseconds since the Unix epoch, UTC
    latest_versions : list of ModelVersion
        The newest version of each stage that has one.
    aliases : dict of str to str
        Alias to version.
    """

    name: str
    creation_timestamp: int
    last_updated_timestamp: int | None = None
    description: str | None = None
    latest_versions: list[ModelVersion] = msgspec.field(default_factory=list)
    tags: dict[str, str] = msgspec.field(default_factory=dict)
    aliases: dict[str, str] = msgspec.field(default_factory=dict)


def canonical_stage(stage: str) -> str:
    """The stage's own spelling, from any case.

    Raises
    ------
    InvalidParameter
        There is no such stage.

    Examples
    --------
    >>> canonical_stage("production")
    'Production'
    """
    for known in STAGES:
        if isinstance(stage, str) and known.lower() == stage.strip().lower():
            return known
    raise InvalidParameter(f"There is no stage {stage!r:.300}; stages are {', '.join(STAGES)}.")
