"""What an import hands to the store: things of another tracker, as they were read, with our names for their fields."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "DatasetRecord", "ExperimentRecord", "LoggedModelRecord", "ModelRecord", "Points", "RunRecord", "VersionRecord",
    "digest_of",
]  # fmt: skip


class ExperimentRecord(msgspec.Struct, frozen=True):
    """An experiment of the source."""

    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: str
    creation_time: int | None
    last_update_time: int | None
    tags: dict[str, str]


class DatasetRecord(msgspec.Struct, frozen=True):
    """A data set that went into a run, with the tags of that input."""

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None
    profile: str | None
    tags: dict[str, str]


class RunRecord(msgspec.Struct, frozen=True):
    """A run of the source, without its metrics.

    Attributes
    ----------
    points : int
        About how many points of metrics there are.
    points_state : list
        Whatever changes when points are added.
    """

    run_id: str
    experiment_id: str
    name: str
    user_id: str
    status: str
    start_time: int
    end_time: int | None
    lifecycle_stage: str
    deleted_time: int | None
    artifact_uri: str
    params: dict[str, str]
    tags: dict[str, str]
    inputs: list[DatasetRecord]
    points: int
    points_state: list[Any]


class Points(NamedTuple):
    """Points of metrics of several runs, as columns.

    Attributes
    ----------
    keys : list of str
    run, key : array of shape (n,), int64
        Indices into the runs that were asked for and into `keys`.
    value : array of shape (n,), float64
    timestamp, step : array of shape (n,), int64
    """

    keys: list[str]
    run: np.ndarray[Any, Any]
    key: np.ndarray[Any, Any]
    value: np.ndarray[Any, Any]
    timestamp: np.ndarray[Any, Any]
    step: np.ndarray[Any, Any]


class LoggedModelRecord(msgspec.Struct, frozen=True):
    """A model with an id of its own, as MLflow 3 logs them."""

    model_id: str
    experiment_id: str
    run_id: str | None
    name: str
    artifact_location: str
    status: str
    creation_time: int | None
    last_update_time: int | None


class VersionRecord(msgspec.Struct, frozen=True):
    """A version of a registered model; of a deleted one only the number counts."""

    version: int
    description: str | None
    user_id: str | None
    stage: str
    source: str | None
    storage_location: str | None
    run_id: str | None
    run_link: str | None
    status: str
    status_message: str | None
    deleted: bool
    creation_time: int | None
    last_update_time: int | None
    tags: dict[str, str]


class ModelRecord(msgspec.Struct, frozen=True):
    """A registered model with its versions."""

    name: str
    description: str | None
    creation_time: int | None
    last_update_time: int | None
    tags: dict[str, str]
    aliases: dict[str, int]
    versions: list[VersionRecord]


def digest_of(*things: Any) -> str:
    """32 hex characters that change when anything in `things` does.

    Examples
    --------
    >>> digest_of("a", 1) == digest_of("a", 1), digest_of("a", 1) == digest_of("a", 2)
    (True, False)
    """
    return hashlib.blake2b(msgspec.msgpack.encode(things, order="deterministic"), digest_size=16).hexdigest()
