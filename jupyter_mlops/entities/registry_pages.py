"""Pages of the registry as a table shows them: models with their amounts, versions with their source runs."""

from __future__ import annotations

import msgspec

from jupyter_mlops.entities.records import Entity
from jupyter_mlops.entities.registered_models import ModelVersion

__all__ = ["ModelPage", "ModelSummary", "SourceRun", "VersionPage"]


class SourceRun(Entity, frozen=True):
    """The run that a version comes from.

    Attributes
    ----------
    experiment : str
        Its name.
    metrics : dict of str to float
        Latest values of the metrics that the page chose.
    """

    run_id: str
    run_name: str | None
    experiment: str
    metrics: dict[str, float] = msgspec.field(default_factory=dict)


class ModelSummary(Entity, frozen=True):
    """A registered model with its amounts.

    Attributes
    ----------
    tags, aliases : dict of str to str
        Alias to version.
    stages : dict of str to str
        The highest version of each stage that has one.
    versions : int
        How many there are.
    latest : str or None
        The highest of them.
    """

    name: str
    creation_timestamp: int
    last_updated_timestamp: int | None
    description: str | None
    tags: dict[str, str]
    aliases: dict[str, str]
    stages: dict[str, str]
    versions: int
    latest: str | None


class ModelPage(Entity, frozen=True):
    """One page of models.

    Attributes
    ----------
    total : int
        Models on all pages.
    token : str or None
        Asks for the next page.
    """

    models: list[ModelSummary]
    total: int
    token: str | None = None


class VersionPage(Entity, frozen=True):
    """One page of versions.

    Attributes
    ----------
    model : ModelSummary or None
        The model that all of them are of, if they are of one that was asked for.
    runs : dict of str to SourceRun
        By run id; runs that are not in this store are left out.
    metrics : list of str
        Keys of the metrics that most of these runs have, at most 12, sorted.
    total : int
        Versions on all pages.
    token : str or None
        Asks for the next page.
    """

    versions: list[ModelVersion]
    runs: dict[str, SourceRun]
    metrics: list[str]
    total: int
    token: str | None = None
    model: ModelSummary | None = None
