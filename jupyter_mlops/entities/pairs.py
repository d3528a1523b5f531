"""Keys with a text: params and tags."""

from __future__ import annotations

from jupyter_mlops.entities.records import Entity

__all__ = ["ExperimentTag", "InputTag", "ModelVersionTag", "Param", "RegisteredModelTag", "RunTag"]


class _Pair(Entity, frozen=True):
    key: str
    value: str


class Param(_Pair, frozen=True):
    """A parameter of a run: written once, always text."""


class RunTag(_Pair, frozen=True):
    """A tag of a run: may be overwritten."""


class ExperimentTag(_Pair, frozen=True):
    """A tag of an experiment."""


class InputTag(_Pair, frozen=True):
    """A tag of a data set that went into a run."""


class RegisteredModelTag(_Pair, frozen=True):
    """A tag of a registered model."""


class ModelVersionTag(_Pair, frozen=True):
    """A tag of a model version."""
