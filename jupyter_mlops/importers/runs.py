"""Bringing runs in: what is new or changed is read in batches, artifacts are copied, and a batch is one short lease."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from jupyter_mlops.entities.plain_texts import shown
from jupyter_mlops.errors import InvalidParameter, ServerUnreachable
from jupyter_mlops.importers.artifacts import Origin, digest_of_files
from jupyter_mlops.importers.places import Places
from jupyter_mlops.importers.reports import ImportReport
from jupyter_mlops.importers.sanitation import Unreadable
from jupyter_mlops.importers.sources import GIANT, Source
from jupyter_mlops.importers.targets import KnownRuns, Target
from jupyter_mlops.storage.duckdb.imported_records import Points, RunRecord, digest_of
from jupyter_mlops.storage.duckdb.imported_runs import PlacedRun, Taken, take_runs
from jupyter_mlops.storage.duckdb.imports import Mark, PlacedExperiment
from jupyter_mlops.storage.journal.heads import ARTIFACT_ROOT

__all__ = ["RunImport"]

_READ_AT_ONCE = 100
_LEASE_S = 0.1  # what a batch should take; others wait twice that at most
_LEAST_ROWS, _MOST_ROWS = 5_000, 50_000  # in a batch: below, a lease costs more than what it does
_NO_MARK = Mark(None, "")


class _Artifacts(NamedTuple):
    """Where the artifacts of a run lie, and will lie; a digest only when they changed."""

    origin: Origin | None
    uri: str
    digest: str


class RunImport:
    """The runs of one import."""

    def __init__(
        self, source: Source, target: Target, places: Places, report: ImportReport,
        experiments: Mapping[str, PlacedExperiment], artifacts: bool,
    ) -> None:  # fmt: skip
        self._source, self._target, self._places, self._report = source, target, places, report
        self._experiments, self._artifacts = experiments, artifacts
        self._known = KnownRuns({}, {}, {}, [])
        self._batch: list[PlacedRun] = []
        self._weight = 0
        self._limit = _LEAST_ROWS

    def run(self, progress: Callable[[int, int, str], None]) -> None:
        """Bring in all runs; when the source goes away, those that were read whole are kept."""
        try:
            self._run(progress)
        except ServerUnreachable:
            self._flush()
            raise

    def _run(self, progress: Callable[[int, int, str], None]) -> None:
        ids = [run_id for run_id, _ in self._source.run_ids()]
        for start in range(0, len(ids), _READ_AT_ONCE):
            records = self._source.runs(ids[start : start + _READ_AT_ONCE])
            self._known = self._target.known_runs([record.run_id for record in records])
            if self._known.left and not self._target.dry_run:
                self._target.keep_artifacts(self._known.left)
            for n, record in enumerate(records, start):
                progress(n, len(ids), self._name(record.experiment_id))
                self._take_or_refuse(record)
        self._flush()
        progress(len(ids), len(ids), "")

    def _name(self, experiment_id: str) -> str:
        placed = self._experiments.get(experiment_id)
        return shown(placed.record.name, 30) if placed else ""

    def _take_or_refuse(self, record: RunRecord) -> None:
        if record.experiment_id not in self._experiments:
            self._report.problems.append(
                f"run {record.run_id}: its experiment {shown(record.experiment_id)} is not there"
            )
        elif record.run_id in self._known.uris and record.run_id not in self._known.marks:
            self._report.conflicts.append(f"run {record.run_id} is in the store from elsewhere")
        else:
            self._take(record, self._known.uris.get(record.run_id))

    def _take(self, record: RunRecord, uri: str | None) -> None:
        experiment = self._experiments[record.experiment_id]
        digest = digest_of(record)
        artifacts = self._find_artifacts(record, experiment, uri)
        known = self._known.marks.get(record.run_id, _NO_MARK) if uri else _NO_MARK
        if known.digest == digest and not artifacts.digest:
            self._report.runs_unchanged += 1
            return
        if self._target.dry_run:
            self._count([record.run_id], [] if uri else [record.run_id], self._count_points(record))
            return
        copied = self._copy(record, artifacts)
        placed = PlacedRun(record, experiment.number, artifacts.uri, digest, copied)
        points = self._source.weigh(record)
        if points > GIANT:
            self._write_giant(placed)
            return
        weight = 10 + len(record.params) + len(record.tags) + points
        if self._weight + weight > self._limit:
            self._flush()
        self._batch.append(placed)
        self._weight += weight

    def _count_points(self, record: RunRecord) -> int:
        """How many points a run would bring in: they are read, for what sources tell beforehand is a guess."""
        run_id, is_giant = record.run_id, self._source.weigh(record) > GIANT
        try:
            pieces = self._source.parts(run_id) if is_giant else [self._source.points([run_id])]
            return sum(len(piece.value) for piece in pieces if piece is not None)
        except Unreadable as error:
            self._report.problems.append(f"run {run_id}: {shown(error, 300)}")
            return 0

    def _count(self, written: list[str], new: list[str], points: int) -> None:
        self._report.runs_new += len(new)
        self._report.runs_updated += len(written) - len(new)
        self._report.points += points

    # Artifacts

    def _find_artifacts(self, record: RunRecord, experiment: PlacedExperiment, uri: str | None) -> _Artifacts:
        before = self._known.copies.get(record.run_id, _NO_MARK).digest if uri else ""
        if self._places.is_remote(record.artifact_uri):
            self._report.remote += 1
            return _Artifacts(None, record.artifact_uri, "" if before == "remote" else "remote")
        if not self._artifacts:
            return _Artifacts(None, uri or self._old_place(record), "")
        if not before or uri is None:
            uri = f"{_own_folder(experiment)}/{record.run_id}/artifacts"
        try:
            first = self._source.artifact_folders(record)
            origin = self._places.find(record.artifact_uri, record.run_id, first)
            if origin is None and first:
                self._report.problems.append(f"run {record.run_id}: its folder of artifacts is missing")
        except InvalidParameter as error:
            self._report.problems.append(f"run {record.run_id}: {shown(error, 300)}")
            origin = None
        if origin and origin.place == os.path.realpath(self._target.absolute(uri)):
            origin = None  # MLflow's server keeps them where we do, or they are those that were copied
        digest = self._digest(record, origin)
        return _Artifacts(origin, uri, "" if digest == before else digest)

    def _digest(self, record: RunRecord, origin: Origin | None) -> str:
        try:
            return digest_of_files(origin)
        except Unreadable as error:
            self._report.problems.append(f"run {record.run_id}: {shown(error, 300)}")
            return ""

    def _old_place(self, record: RunRecord) -> str:
        try:
            first = self._source.artifact_folders(record)
            origin = self._places.find(record.artifact_uri, record.run_id, first)
            return origin.place if origin else self._places.path(record.artifact_uri)
        except InvalidParameter as error:
            self._report.problems.append(f"run {record.run_id}: {shown(error, 300)}")
            return f"{_own_folder(self._experiments[record.experiment_id])}/{record.run_id}/artifacts"

    def _copy(self, record: RunRecord, artifacts: _Artifacts) -> str:
        """Copy what changed; returns the digest to note, empty when it must be tried again."""
        if artifacts.origin is None or not artifacts.digest:
            return artifacts.digest
        into = self._target.absolute(artifacts.uri)
        copied = artifacts.origin.copy(into, lambda line: self._report.problems.append(f"run {record.run_id}: {line}"))
        self._report.artifact_files += copied.files
        self._report.artifact_bytes += copied.size
        return "" if copied.retry else artifacts.digest

    # Writing

    def _flush(self) -> None:
        batch, self._batch, weight, self._weight = self._batch, [], self._weight, 0
        if not batch:
            return
        seconds = self._write_batch(batch)
        fitting = round(weight * _LEASE_S / max(seconds, 1e-3))
        self._limit = max(_LEAST_ROWS, min(_MOST_ROWS, 2 * self._limit, fitting))

    def _write_batch(self, batch: list[PlacedRun]) -> float:
        """Write runs with their points; one whose points cannot be read now is left unfinished. Returns the lease's time."""
        try:
            points = self._source.points([p.record.run_id for p in batch])
        except Unreadable as error:
            if len(batch) > 1:
                return max([self._write_batch([run]) for run in batch])
            self._report.problems.append(f"run {batch[0].record.run_id}: {shown(error, 300)}")
            points, batch = None, [batch[0]._replace(digest="")]
        taken, seconds = self._write(batch, points)
        self._count([*taken.new, *taken.updated], taken.new, 0 if points is None else len(points.value))
        return seconds

    def _write(self, batch: list[PlacedRun], points: Points | None, *, more: bool = False) -> tuple[Taken, float]:
        with self._target.writing() as session:
            began = time.monotonic()
            taken = take_runs(session, self._target.source, batch, points, more=more)
        self._report.conflicts += [f"run {run_id} is in the store from elsewhere" for run_id in taken.refused]
        return taken, time.monotonic() - began

    def _write_giant(self, run: PlacedRun) -> None:
        """Write a run by parts; its digest comes with the last, so that what was broken off is completed next time."""
        first, _ = self._write([run._replace(digest="", artifacts="")], None)
        if first.refused:
            return
        try:
            for points in self._source.parts(run.record.run_id):
                self._write([run._replace(digest="", artifacts="")], points, more=bool(first.new))
                self._report.points += len(points.value)
            self._write([run], None)
        except Unreadable as error:
            self._report.problems.append(f"run {run.record.run_id}: {shown(error, 300)}")
        self._count([*first.new, *first.updated], first.new, 0)


def _own_folder(experiment: PlacedExperiment) -> str:
    """Where artifacts of an experiment go, below the store's folder."""
    location = experiment.location
    is_ours = location and ":" not in location and not location.startswith("/")
    return location if is_ours else f"{ARTIFACT_ROOT}/{experiment.number}"
