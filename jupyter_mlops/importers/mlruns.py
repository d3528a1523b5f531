"""MLflow's ``mlruns`` folders: ``<experiment>/<run>/{meta.yaml,params,tags,metrics,inputs}``, ``models`` and ``.trash``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from jupyter_mlops.entities.tags import RUN_NAME_TAG
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.importers.mlruns_files import folders_in, read_meta, read_values, value_files
from jupyter_mlops.importers.mlruns_metrics import read_points
from jupyter_mlops.importers.mlruns_models import read_logged_models, read_models
from jupyter_mlops.importers.sanitation import SanitisedReader, Unreadable
from jupyter_mlops.importers.sources import CHUNK, Source
from jupyter_mlops.storage.duckdb.imported_records import (
    DatasetRecord,
    ExperimentRecord,
    LoggedModelRecord,
    ModelRecord,
    Points,
    RunRecord,
)

__all__ = ["MlrunsSource"]

_RESERVED = ("tags", "datasets", "traces", "models")
_LINE_BYTES = 32  # of a point, about


class MlrunsSource(Source):
    """A folder that MLflow's file store wrote.

    Raises
    ------
    InvalidParameter
        It holds no experiment.
    """

    def __init__(self, path: str) -> None:
        path = os.path.realpath(path)
        if not _experiment_folders(path) and _experiment_folders(inner := os.path.join(path, "mlruns")):
            path = inner
        super().__init__(f"file://{path}", os.path.dirname(path))
        self.root = path
        self._reader = SanitisedReader(self.problems)
        self._experiments = _experiment_folders(path)
        self._runs: dict[str, str] = {}
        self._datasets: dict[str, DatasetRecord | None] = {}
        if not self._experiments and not os.path.isdir(os.path.join(path, "models")):
            raise InvalidParameter(f"{path} is no mlruns folder: it holds no experiments.")

    def experiments(self) -> list[ExperimentRecord]:
        return [record for key, folder in self._experiments.items() if (record := self._experiment(key, folder))]

    def _experiment(self, key: str, folder: str) -> ExperimentRecord | None:
        read, where = self._reader, f"experiment {key}"
        try:
            meta = read_meta(folder)
        except Unreadable as error:
            read.note(where, error)
            meta = {"name": f"experiment {key}"}
        deleted = meta.get("lifecycle_stage") == "deleted"
        return ExperimentRecord(
            key,
            read.experiment_name(key, meta.get("name")),
            read.place(where, meta.get("artifact_location")),
            "deleted" if deleted else "active",
            read.number(meta.get("creation_time")),
            read.number(meta.get("last_update_time")),
            read.pairs(where, self._values(where, folder, "tags"), 20_000),
        )

    def _values(self, where: str, folder: str, kind: str) -> list[tuple[str, str]]:
        try:
            return read_values(os.path.join(folder, kind))
        except Unreadable as error:
            self._reader.note(where, f"{kind}: {error}")
            return []

    def run_ids(self) -> list[tuple[str, str]]:
        found = []
        for key, folder in self._experiments.items():
            for name in folders_in(folder):
                if name not in _RESERVED and self._reader.run_id(name) is not None:
                    self._runs[name] = os.path.join(folder, name)
                    found.append((name, key))
        return found

    def runs(self, run_ids: Sequence[str]) -> list[RunRecord]:
        return [record for run_id in run_ids if (record := self._run(run_id, self._runs[run_id])) is not None]

    def _run(self, run_id: str, folder: str) -> RunRecord | None:
        read, where = self._reader, f"run {run_id}"
        try:
            meta = read_meta(folder)
        except Unreadable as error:
            read.note(where, error)
            return None
        if meta.get("run_id", meta.get("run_uuid", run_id)) != run_id:
            read.note(where, "its meta.yaml is that of another run")
            return None
        tags = self._values(where, folder, "tags")
        metrics = {key: size for key, _, size in value_files(os.path.join(folder, "metrics"))}
        start, end = read.number(meta.get("start_time")) or 0, read.number(meta.get("end_time"))
        deleted = meta.get("lifecycle_stage") == "deleted"
        return RunRecord(
            run_id=run_id,
            experiment_id=os.path.basename(os.path.dirname(folder)),
            name=read.text(meta.get("run_name") or dict(tags).get(RUN_NAME_TAG)),
            user_id=read.text(meta.get("user_id")),
            status=read.status(meta.get("status")),
            start_time=start,
            end_time=end,
            lifecycle_stage="deleted" if deleted else "active",
            deleted_time=(read.number(meta.get("deleted_time")) or end or start or 1) if deleted else None,
            artifact_uri=read.place(where, meta.get("artifact_uri")),
            params=read.pairs(where, self._values(where, folder, "params"), 6000),
            tags=read.run_tags(where, tags),
            inputs=self._inputs(where, folder),
            points=sum(metrics.values()) // _LINE_BYTES,
            points_state=[*metrics.items()],
        )

    def _inputs(self, where: str, folder: str) -> list[DatasetRecord]:
        found = []
        for name in folders_in(os.path.join(folder, "inputs")):
            try:
                meta = read_meta(os.path.join(folder, "inputs", name))
            except Unreadable as error:
                self._reader.note(where, f"input {name}: {error}")
                continue
            if meta.get("source_type") == "DATASET":
                dataset = self._dataset(where, os.path.dirname(folder), self._reader.text(meta.get("source_id")))
                if dataset is not None:
                    found.append(_with_tags(dataset, meta.get("tags")))
        return sorted(found, key=lambda dataset: (dataset.name, dataset.digest))

    def _dataset(self, where: str, experiment: str, key: str) -> DatasetRecord | None:
        """A data set of an experiment, read once; None when there is none that can be read."""
        folder = os.path.join(experiment, "datasets", os.path.basename(key))
        if folder not in self._datasets:
            self._datasets[folder] = None
            read = self._reader
            try:
                meta = read_meta(folder)
            except Unreadable as error:
                read.note(where, f"data set {key}: {error}")
                return None
            name, digest, kind, source = (read.text(meta.get(k)) for k in ("name", "digest", "source_type", "source"))
            schema, profile = (read.optional(meta.get(k)) for k in ("schema", "profile"))
            self._datasets[folder] = DatasetRecord(name, digest, kind, source, schema, profile, {})
        return self._datasets[folder]

    def points(self, run_ids: Sequence[str]) -> Points | None:
        return next(self._points(run_ids, 1 << 62), None)

    def parts(self, run_id: str) -> Iterator[Points]:
        return self._points([run_id], CHUNK)

    def _points(self, run_ids: Sequence[str], chunk: int) -> Iterator[Points]:
        files = [
            (n, key, path)
            for n, run_id in enumerate(run_ids)
            for key, path, _ in value_files(os.path.join(self._runs[run_id], "metrics"))
            if self._reader.pairs(f"metrics of run {run_id}", [(key, "")], 1)
        ]
        return read_points(files, chunk, lambda n, what: self._reader.note(f"run {run_ids[n]}", what))

    def logged_models(self) -> list[LoggedModelRecord]:
        return [m for key, folder in self._experiments.items() for m in read_logged_models(folder, key, self._reader)]

    def models(self) -> list[ModelRecord]:
        return read_models(os.path.join(self.root, "models"), self._reader)

    def close(self) -> None:
        pass

    def artifact_folders(self, run: RunRecord) -> list[str]:
        return [os.path.join(self._runs[run.run_id], "artifacts")]


def _experiment_folders(root: str) -> dict[str, str]:
    """Folders of experiments by id, deleted ones too."""
    parents = (root, os.path.join(root, ".trash"))
    return {
        name: os.path.join(parent, name)
        for parent in reversed(parents)
        for name in folders_in(parent)
        if name.isascii() and name.isdigit() and len(name) <= 19
    }


def _with_tags(dataset: DatasetRecord, tags: Any) -> DatasetRecord:
    import msgspec

    given = tags.items() if isinstance(tags, dict) else ()
    kept = {str(key): str(value) for key, value in given if isinstance(value, (str, int, float))}
    return msgspec.structs.replace(dataset, tags=kept)
