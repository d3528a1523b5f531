"""A store as an ``mlruns`` folder, which MLflow and `importers` read."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence

import msgspec

from jupyter_mlops.artifacts.downloads import download_artifacts, list_artifacts
from jupyter_mlops.entities.datasets import DatasetInput
from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.page_walks import each_of_pages
from jupyter_mlops.entities.plain_texts import shown
from jupyter_mlops.entities.registered_models import ModelVersion, RegisteredModel
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import RunStatus, ViewType
from jupyter_mlops.entities.uris import path_to_uri
from jupyter_mlops.errors import AlreadyExists, MlflowException
from jupyter_mlops.exporters.mlruns_files import Writer, inside
from jupyter_mlops.storage.artifact_stores.transfers import make_bar
from jupyter_mlops.storage.opened import open_store
from jupyter_mlops.tracking.client import MlflowClient

__all__ = ["ExportReport", "export_mlruns"]

_PAGE = 1000
_ENTRY = {"entry_point_name": "", "source_name": "", "source_type": 4, "source_version": "", "tags": []}


class ExportReport(msgspec.Struct):
    """What was written, and what could not be."""

    folder: str
    experiments: int = 0
    runs: int = 0
    points: int = 0
    artifact_runs: int = 0
    models: int = 0
    versions: int = 0
    seconds: float = 0.0
    problems: list[str] = msgspec.field(default_factory=list)


def export_mlruns(
    folder: str, uri: str | None = None, *, experiment_ids: Sequence[str] = (), artifacts: bool = True, progress: bool = False
) -> ExportReport:
    """Write experiments, runs with all points, inputs and artifacts, and registered models, deleted ones too.

    Parameters
    ----------
    folder : str
        Must not be there; it is there when all of it is written.
    uri : str, optional
        The store, a file or a server; the current one by default.
    experiment_ids : sequence of str
        These alone, and no models; all by default.
    artifacts : bool, default True
        Whether they are copied. Else runs say where they are now.
    progress : bool, default False

    Returns
    -------
    ExportReport

    Raises
    ------
    AlreadyExists
        There is something at `folder`.
    NotFound
        There is no such experiment.

    Notes
    -----
    Runs that go on meanwhile are as of the moment at which they are reached. What MLflow's file store has no place for is
    left out: saved views, gates, the history of models, models with an id of their own.

    Examples
    --------
    >>> import jupyter_mlops
    >>> with jupyter_mlops.start_run():
    ...     jupyter_mlops.log_metric("loss", 0.5)
    >>> report = export_mlruns("mlruns")
    >>> report.runs, report.points, report.problems
    (1, 1, [])
    """
    folder = os.path.abspath(folder)
    if os.path.lexists(folder):
        raise AlreadyExists(f"There is something at {folder} already: name a folder that is to be made.")
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    partial = tempfile.mkdtemp(prefix=".mlops-export-", dir=os.path.dirname(folder))
    try:
        report = _Export(MlflowClient(uri), folder, partial, artifacts).write(experiment_ids, progress)
        os.chmod(partial, 0o755 & ~_umask())
        os.rename(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return report


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


class _Export:
    def __init__(self, client: MlflowClient, folder: str, partial: str, artifacts: bool) -> None:
        self._client, self._folder, self._partial, self._artifacts = client, folder, partial, artifacts
        self._report = ExportReport(folder)
        self._write = Writer(self._report.problems)
        self._moved: dict[str, tuple[str, str]] = {}  # by run: where its artifacts were, and where they are now

    def write(self, experiment_ids: Sequence[str], progress: bool) -> ExportReport:
        began = time.monotonic()
        os.mkdir(os.path.join(self._partial, ".trash"))
        experiments = [self._client.get_experiment(i) for i in dict.fromkeys(experiment_ids)] or list(self._experiments())
        store = open_store(self._client.tracking_uri)
        total = store.count_runs([e.experiment_id for e in experiments], None, ViewType.ALL)
        with make_bar("exporting runs", total, shown=progress) as bar:
            for experiment in experiments:
                place = self._experiment(experiment)
                for run in self._runs(experiment):
                    self._run(run, place)
                    bar.update()
        for model in () if experiment_ids else self._models():
            with self._write.leaving_out(f"model {shown(model.name)}"):
                self._model(model)
        self._report.seconds = time.monotonic() - began
        return self._report

    def _experiments(self) -> Iterator[Experiment]:
        return each_of_pages(lambda size, token: self._client.search_experiments(ViewType.ALL, size, page_token=token), None, _PAGE)

    def _runs(self, experiment: Experiment) -> Iterator[Run]:
        ids = [experiment.experiment_id]
        return each_of_pages(lambda size, token: self._client.search_runs(ids, "", ViewType.ALL, size, page_token=token), None, _PAGE)

    def _models(self) -> Iterator[RegisteredModel]:
        return each_of_pages(lambda size, token: self._client.search_registered_models(None, size, page_token=token), None, _PAGE)

    def _final(self, path: str) -> str:
        """URI of a path of the partial folder, when it is whole."""
        return path_to_uri(self._folder + path.removeprefix(self._partial))

    def _experiment(self, experiment: Experiment) -> str:
        is_deleted = experiment.lifecycle_stage == "deleted"
        place = inside(os.path.join(self._partial, ".trash") if is_deleted else self._partial, experiment.experiment_id)
        meta = msgspec.to_builtins(experiment)
        self._write.values(f"experiment {experiment.experiment_id}", os.path.join(place, "tags"), meta.pop("tags"))
        self._write.meta(place, meta | {"artifact_location": self._final(place) if self._artifacts else experiment.artifact_location})
        self._report.experiments += 1
        return place

    def _run(self, run: Run, experiment: str) -> None:
        info, where = run.info, f"run {run.info.run_id}"
        place = inside(experiment, info.run_id)
        meta = msgspec.to_builtins(info) | _ENTRY | {"status": RunStatus.from_string(info.status)}
        if info.lifecycle_stage == "deleted":
            meta["deleted_time"] = info.end_time or info.start_time or 1
        os.makedirs(os.path.join(place, "artifacts"))
        if self._artifacts and self._copy(run, os.path.join(place, "artifacts")):
            meta["artifact_uri"] = self._final(os.path.join(place, "artifacts"))
            self._moved[info.run_id] = (info.artifact_uri, meta["artifact_uri"])
        self._write.meta(place, meta)
        self._write.values(where, os.path.join(place, "params"), run.data.params)
        self._write.values(where, os.path.join(place, "tags"), run.data.tags)
        for key in run.data.metrics:
            self._write.text(where, os.path.join(place, "metrics"), key, self._points(info.run_id, key))
        for item in run.inputs.dataset_inputs:
            self._input(item, info.run_id, experiment)
        self._report.runs += 1

    def _points(self, run_id: str, key: str) -> str:
        points = self._client.get_metric_history(run_id, key)
        self._report.points += len(points)
        return "".join(f"{point.timestamp} {point.value!r} {point.step}\n" for point in points)

    def _copy(self, run: Run, folder: str) -> bool:
        """Copy a run's artifacts; whether those that it has are here."""
        try:
            if list_artifacts(run_id=run.info.run_id, tracking_uri=self._client.tracking_uri):
                download_artifacts(run_id=run.info.run_id, dst_path=folder, tracking_uri=self._client.tracking_uri)
                self._report.artifact_runs += 1
        except (MlflowException, OSError) as error:
            self._report.problems.append(f"run {run.info.run_id}: its artifacts stay where they are: {shown(error, 300)}")
            return False
        return True

    def _input(self, item: DatasetInput, run_id: str, experiment: str) -> None:
        dataset = msgspec.to_builtins(item.dataset)
        key = hashlib.sha256(repr((item.dataset.name, item.dataset.digest)).encode()).hexdigest()[:32]
        self._write.meta(os.path.join(experiment, "datasets", key), dataset)
        tags = {tag.key: tag.value for tag in item.tags}
        link = {"source_type": "DATASET", "source_id": key, "destination_type": "RUN", "destination_id": run_id, "tags": tags}
        self._write.meta(os.path.join(experiment, run_id, "inputs", key), link)

    def _model(self, model: RegisteredModel) -> None:
        place, where = inside(self._partial, "models", model.name), f"model {shown(model.name)}"
        times = {"creation_timestamp": model.creation_timestamp, "last_updated_timestamp": model.last_updated_timestamp}
        self._write.meta(place, {"name": model.name, "description": model.description, "aliases": dict(model.aliases), **times})
        self._write.values(where, os.path.join(place, "tags"), model.tags)
        self._write.values(where, os.path.join(place, "aliases"), model.aliases)
        quoted = model.name.replace("'", "''")
        for version in each_of_pages(
            lambda size, token: self._client.search_model_versions(f"name = '{quoted}'", size, page_token=token), None, _PAGE
        ):
            self._version(version, where, inside(place, f"version-{version.version}"))
        self._report.models += 1

    def _version(self, version: ModelVersion, where: str, folder: str) -> None:
        meta = msgspec.to_builtins(version)
        self._write.values(f"{where} version {version.version}", os.path.join(folder, "tags"), meta.pop("tags"))
        for name in ("aliases", "location"):
            del meta[name]
        source = self._source(version)
        self._write.meta(folder, meta | {"version": int(version.version), "source": source, "storage_location": source})
        self._report.versions += 1

    def _source(self, version: ModelVersion) -> str:
        """Where the model's folder lies: in what was copied, if it was."""
        place = self._client.get_model_version_download_uri(version.name, version.version)
        before, now = self._moved.get(version.run_id or "", ("", ""))
        return now + place.removeprefix(before) if before and place.startswith(f"{before}/") else place
