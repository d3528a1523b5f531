"""Where requests to a model and the profile of its training data are kept: beside its folder, wherever that lies."""

from __future__ import annotations

import hashlib
import re

from jupyter_mlops.entities.registered_models import ModelVersion
from jupyter_mlops.entities.uris import join_uri

__all__ = ["is_part", "log_place", "monitoring_place"]

_PART = re.compile(r"\d{8}T\d{6}-[0-9a-f]+-\d+\.parquet")
_UNFIT = re.compile(r"[^\w.-]", re.ASCII)
_LONGEST = 80


def monitoring_place(model_place: str) -> str:
    """The folder of all logs of a model that lies at a place, and of what its training data look like: its versions were trained on the same.

    Examples
    --------
    >>> monitoring_place("s3://bucket/model/")
    's3://bucket/model.monitoring'
    """
    return f"{model_place.rstrip('/')}.monitoring"


def log_place(model_place: str, version: ModelVersion | None = None) -> str:
    """The folder of the log of a model that lies at a place: of each version its own, as several may be of one folder.

    Examples
    --------
    >>> log_place("/store/mlartifacts/0/ab/artifacts/model", ModelVersion("wine", "3", 0))
    '/store/mlartifacts/0/ab/artifacts/model.monitoring/wine-v3'
    >>> log_place("s3://bucket/model/")
    's3://bucket/model.monitoring/model'
    """
    return join_uri(monitoring_place(model_place), "model" if version is None else f"{_named(version.name)}-v{version.version}")


def _named(name: str) -> str:
    """A name as a folder's, still one of its own when letters are left out."""
    fit = _UNFIT.sub("_", name)[:_LONGEST]
    return fit if fit == name else f"{fit}-{hashlib.sha256(name.encode(errors='replace')).hexdigest()[:8]}"


def is_part(name: str) -> bool:
    """Whether a file is a part of a log, which are called by time, process and number, so that they sort as they were begun.

    Examples
    --------
    >>> is_part("20261127T015245-1f4-0.parquet"), is_part("mine.parquet")
    (True, False)
    """
    return _PART.fullmatch(name) is not None
