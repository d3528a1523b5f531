"""What an import did."""

from __future__ import annotations

import msgspec

__all__ = ["ImportReport"]


class ImportReport(msgspec.Struct):
    """Counts and what there is to know of an import.

    Attributes
    ----------
    source, store : str
    dry_run : bool
        Nothing was written: the counts say what would be.
    experiments_new, experiments_merged, experiments_known, runs_new, runs_updated, runs_unchanged : int
    models_new, models_updated, models_unchanged, versions, logged_models : int
        `versions` and `logged_models` count those that were written.
    points : int
        Points of metrics that were read of the runs that were written.
    artifact_files, artifact_bytes : int
        Copied now; what was there already does not count.
    remote : int
        Runs whose artifacts lie on no disk of this machine; their URIs were kept.
    renumbered : dict of str to str
        Ids of experiments that are others here.
    conflicts : list of str
        What is in the store from elsewhere, and was left alone.
    problems : list of str
        What could not be read or kept.
    seconds : float
    """

    source: str
    store: str
    dry_run: bool = False
    experiments_new: int = 0
    experiments_merged: int = 0
    experiments_known: int = 0
    runs_new: int = 0
    runs_updated: int = 0
    runs_unchanged: int = 0
    points: int = 0
    artifact_files: int = 0
    artifact_bytes: int = 0
    remote: int = 0
    logged_models: int = 0
    models_new: int = 0
    models_updated: int = 0
    models_unchanged: int = 0
    versions: int = 0
    renumbered: dict[str, str] = msgspec.field(default_factory=dict)
    conflicts: list[str] = msgspec.field(default_factory=list)
    problems: list[str] = msgspec.field(default_factory=list)
    seconds: float = 0.0

    @property
    def read_nothing(self) -> bool:
        """Whether there were problems alone."""
        runs = self.runs_new + self.runs_updated + self.runs_unchanged
        return bool(self.problems) and not runs + self.models_new + self.models_updated + self.models_unchanged
