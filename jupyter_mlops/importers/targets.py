"""The store that an import writes to: one short session for each step, and none at all in a dry run of a new store."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from jupyter_mlops.entities.experiments import DEFAULT_EXPERIMENT_NAME
from jupyter_mlops.storage.duckdb import imports, removals
from jupyter_mlops.storage.duckdb.imported_models import logged_places
from jupyter_mlops.storage.duckdb.imported_records import ExperimentRecord
from jupyter_mlops.storage.duckdb.imported_runs import artifact_uris
from jupyter_mlops.storage.duckdb.imports import Mark, PlacedExperiment
from jupyter_mlops.storage.duckdb.sessions import Session, absolute_in
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.journal.heads import ARTIFACT_ROOT

__all__ = ["KnownRuns", "Target"]


class KnownRuns(NamedTuple):
    """Places of artifacts, and marks of runs and of their artifacts, by run id; and removed runs that left artifacts."""

    uris: dict[str, str]
    marks: dict[str, Mark]
    copies: dict[str, Mark]
    left: list[str]


class Target:
    """A store and the source that is brought into it.

    Parameters
    ----------
    store : DuckDBStore
    source : str
        Name of the source, by which its things are marked.
    dry_run : bool
        Only read, and nothing where no store is yet.
    """

    def __init__(self, store: DuckDBStore, source: str, dry_run: bool) -> None:
        self.store = store
        self.source = source
        self.dry_run = dry_run
        self._is_new = dry_run and not (os.path.exists(store.path) or os.path.exists(store.files.folder))

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """A session to write in."""
        assert not self.dry_run
        with self.store.files.session("import") as session:
            yield session

    def absolute(self, location: str) -> str:
        """A location as it is stored, absolute."""
        return absolute_in(self.store.files.root, location)

    def owns(self, path: str) -> bool:
        """Whether a folder is among the store's own artifacts."""
        return os.path.abspath(path).startswith(os.path.join(self.store.files.root, ARTIFACT_ROOT) + os.sep)

    def marks(self, kind: str) -> dict[str, Mark]:
        """What was taken before, by the source's id."""
        if self._is_new:
            return {}
        with self.store.files.reading("import") as session:
            return imports.marks(session, self.source, kind)

    def known_runs(self, run_ids: list[str]) -> KnownRuns:
        """Those of `run_ids` that are in the store, and what was noted of them."""
        if self._is_new:
            return KnownRuns({}, {}, {}, [])
        with self.store.files.reading("import") as session:
            left = {item.run_id for item in removals.leftovers(session)}
            return KnownRuns(
                artifact_uris(session, run_ids),
                imports.marks(session, self.source, "run", run_ids),
                imports.marks(session, self.source, "artifacts", run_ids),
                sorted(left.intersection(run_ids)),
            )

    def keep_artifacts(self, run_ids: Sequence[str]) -> None:
        """Have no removal take away the artifacts of runs that come back, from before they are copied."""
        with self.writing() as session, session.transaction():
            removals.keep_artifacts(session, run_ids)

    def artifact_uris(self, run_ids: Sequence[str]) -> dict[str, str]:
        """Where artifacts lie, of those runs that are there."""
        if self._is_new or not run_ids:
            return {}
        with self.store.files.reading("import") as session:
            return artifact_uris(session, run_ids)

    def logged_places(self, model_ids: Sequence[str]) -> dict[str, str]:
        """Where models with an id of their own lie, of those that are there."""
        if self._is_new or not model_ids:
            return {}
        with self.store.files.reading("import") as session:
            return logged_places(session, model_ids)

    def experiments(self, records: list[ExperimentRecord], locations: Mapping[str, str]) -> list[PlacedExperiment]:
        """Make or find what experiments become here."""
        if self.dry_run:
            return self._planned(records, locations)
        with self.writing() as session:
            placed = imports.place_experiments(session, self.source, records, locations)
            imports.take_experiments(session, self.source, placed)
        return placed

    def _planned(self, records: list[ExperimentRecord], locations: Mapping[str, str]) -> list[PlacedExperiment]:
        if self._is_new:
            here = DEFAULT_EXPERIMENT_NAME
            return [
                PlacedExperiment(r, int(r.experiment_id), "", "merged" if r.name == here else "new") for r in records
            ]
        with self.store.files.reading("import") as session:
            return imports.place_experiments(session, self.source, records, locations)
