"""Pages of the registry as a table shows them: models with their amounts, versions with the runs that they come from."""

from __future__ import annotations

import msgspec

from jupyter_mlops.entities.records import Entity
from jupyter_mlops.entities.registered_models import ModelVersion, RegisteredModel

__all__ = ["ModelPage", "SourceRun", "VersionPage"]


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


class ModelPage(Entity, frozen=True):
    """One page of models.

    Attributes
    ----------
    amounts : dict of str to (int, str or None)
        By name of a model, how many versions it has and the number of the highest.
    total : int
        Models on all pages.
    token : str or None
        Asks for the next page.
    """

    models: list[RegisteredModel]
    amounts: dict[str, tuple[int, str | None]]
    total: int
    token: str | None = None


class VersionPage(Entity, frozen=True):
    """One page of versions.

    Attributes
    ----------
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
