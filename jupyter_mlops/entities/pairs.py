"""Keys with a text: params and tags."""

from __future__ import annotations

from jupyter_mlops.entities.records import Entity

__all__ = ["ExperimentTag", "ModelVersionTag", "Param", "RegisteredModelTag", "RunTag"]


class Param(Entity, frozen=True):
    """A parameter of a run: written once, always text."""

    key: str
    value: str


class RunTag(Entity, frozen=True):
    """A tag of a run: may be overwritten."""

    key: str
    value: str


class ExperimentTag(Entity, frozen=True):
    """A tag of an experiment."""

    key: str
    value: str


class RegisteredModelTag(Entity, frozen=True):
    """A tag of a registered model."""

    key: str
    value: str


class ModelVersionTag(Entity, frozen=True):
    """A tag of a model version."""

    key: str
    value: str
