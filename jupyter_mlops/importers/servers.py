"""Tracking servers that speak MLflow's protocol, MLflow's own and ours: read in pages, as any client may."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from jupyter_mlops.entities.datasets import DatasetInput
from jupyter_mlops.entities.tags import RUN_NAME_TAG
from jupyter_mlops.errors import (
    InvalidParameter,
    MlflowException,
    NotAuthenticated,
    ServerError,
    ServerLacks,
    ServerUnreachable,
)
from jupyter_mlops.importers.places import Places
from jupyter_mlops.importers.sanitation import SanitisedReader
from jupyter_mlops.importers.served_artifacts import ServedPlaces
from jupyter_mlops.importers.server_metrics import ServerMetrics
from jupyter_mlops.importers.server_models import read_logged_models, read_models
from jupyter_mlops.importers.sources import Source
from jupyter_mlops.storage.duckdb.imported_records import (
    DatasetRecord,
    ExperimentRecord,
    LoggedModelRecord,
    ModelRecord,
    Points,
    RunRecord,
)
from jupyter_mlops.storage.http.addresses import API
from jupyter_mlops.storage.http.clients import client_of
from jupyter_mlops.storage.http.credentials import remember_user
from jupyter_mlops.storage.remote.messages import experiment_of, metric_of, run_of

__all__ = ["ServerSource"]

_PAGE = 1000
_RUNS_PAGE = 200  # with all params, tags and latest metrics
_DEPTH = 6  # digits of a run id that tell one that cannot be read from the others
T = TypeVar("T")


class ServerSource(Source):
    """A tracking server.

    Parameters
    ----------
    uri : str
        Its address. User and password in it are kept for this process alone.

    Notes
    -----
    A run is taken again when what `runs/get` tells of it changes: points that were added to a metric behind its latest one
    do not show there.
    """

    def __init__(self, uri: str) -> None:
        super().__init__(remember_user(uri), os.sep)
        self._client = client_of(self.name)
        self._reader = SanitisedReader(self.problems)
        self._metrics = ServerMetrics(self.ask_raw, self._reader)
        self._experiments: list[str] = []
        self._experiment_of: dict[str, str] = {}

    def ask(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        """Ask an endpoint; only what the server itself failed at is not repeated, for that would fail again."""
        return self._patiently(lambda patient: self._client.call(method, API + path, arguments, patient=patient))

    def ask_raw(self, path: str, **arguments: Any) -> bytes:
        """The JSON of an endpoint that is asked by GET."""
        given = {name: value for name, value in arguments.items() if value is not None}
        return self._patiently(
            lambda patient: self._client.send("GET", API + path, patient=patient, params=given).content
        )

    def _patiently(self, once: Callable[[bool], T]) -> T:
        try:
            return once(False)
        except ServerError as error:
            if not isinstance(error, ServerUnreachable) and error.status not in (408, 429, 502, 503, 504):
                raise
            return once(True)

    def pages(self, method: str, path: str, name: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        """Everything that a search finds."""
        token: str | None = None
        before: str | None = ""
        while token != before:
            before = token
            told = self.ask(method, path, **arguments, page_token=token)
            yield from told.get(name) or ()
            if not (token := told.get("next_page_token")):
                return
        raise ServerError(f"{self.name} answers {path} with the same page again and again.")

    def read(self, where: str, what: Callable[[], T]) -> T | None:
        """What is read of the server; None with a note when that cannot be read, or is not what the protocol says."""
        try:
            return what()
        except (ServerUnreachable, NotAuthenticated):
            raise
        except MlflowException as error:
            self._reader.note(where, f"cannot be read: {error.message}")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            self._reader.note(where, f"is not what a tracking server tells: {type(error).__name__}: {error}")
        return None

    def experiments(self) -> list[ExperimentRecord]:
        try:
            told = list(self.pages("POST", "experiments/search", "experiments", view_type="ALL", max_results=_PAGE, order_by=["experiment_id ASC"]))
        except ServerLacks as error:
            raise InvalidParameter(f"{self.name} is no tracking server: {error.message}") from error
        found = [record for one in told if (record := self.read("an experiment", lambda one=one: self._experiment(one)))]  # type: ignore[misc]
        self._experiments = [record.experiment_id for record in found]
        return found

    def _experiment(self, told: dict[str, Any]) -> ExperimentRecord:
        one, read = experiment_of(told, self.name), self._reader
        where = f"experiment {one.experiment_id}"
        if read.number(one.experiment_id) is None:
            raise ValueError(f"{one.experiment_id!r:.100} is no number")
        return ExperimentRecord(
            one.experiment_id,
            read.experiment_name(one.experiment_id, one.name),
            read.place(where, one.artifact_location),
            "deleted" if one.lifecycle_stage == "deleted" else "active",
            read.number(one.creation_time),
            read.number(one.last_update_time),
            read.pairs(where, one.tags.items(), 20_000),
        )

    def run_ids(self) -> list[tuple[str, str]]:
        for experiment_id in self._experiments:
            for run_id in self._listed(experiment_id, ""):
                if self._reader.run_id(run_id) is not None:
                    self._experiment_of[run_id] = experiment_id
        return list(self._experiment_of.items())

    def _listed(self, experiment_id: str, prefix: str) -> list[str]:
        """Ids of runs that begin with `prefix`; a run at which the server fails is narrowed down to, and noted."""
        which = f"attributes.run_id LIKE '{prefix}%'" if prefix else None
        try:
            return [str(one["info"]["run_id"]) for one in self._search([experiment_id], which, order_by=["attributes.start_time ASC"])]
        except (ServerUnreachable, NotAuthenticated):
            raise
        except MlflowException as error:
            if len(prefix) == _DEPTH:
                self._reader.note(f"a run with an id {prefix}… of experiment {experiment_id}", f"cannot be read: {error.message}")
                return []
        return [run_id for digit in "0123456789abcdef" for run_id in self._listed(experiment_id, prefix + digit)]

    def _search(self, experiments: list[str], which: str | None, **more: Any) -> list[dict[str, Any]]:
        asked = {"experiment_ids": experiments, "filter": which, "run_view_type": "ALL", "max_results": _RUNS_PAGE}
        return list(self.pages("POST", "runs/search", "runs", **asked, **more))

    def runs(self, run_ids: Sequence[str]) -> list[RunRecord]:
        self._metrics.keys = {}
        records = {record.run_id: record for told in self._told(list(run_ids)) if (record := self.read("a run", lambda: self._run(told)))}  # noqa: B023 - called at once
        return [records[run_id] for run_id in run_ids if run_id in records]

    def _told(self, run_ids: list[str]) -> list[dict[str, Any]]:
        experiments = sorted({self._experiment_of[run_id] for run_id in run_ids})
        try:
            return self._search(experiments, f"attributes.run_id IN ({', '.join(map(repr, run_ids))})")
        except (ServerUnreachable, NotAuthenticated):
            raise
        except MlflowException:
            found = (self.read(f"run {run_id}", lambda: self.ask("GET", "runs/get", run_id=run_id)["run"]) for run_id in run_ids)  # noqa: B023
            return [one for one in found if one is not None]

    def _run(self, told: dict[str, Any]) -> RunRecord:
        run, read = run_of(told, self.name), self._reader
        info, where = run.info, f"run {run.info.run_id}"
        latest = [metric_of(one) for one in told.get("data", {}).get("metrics", ())]
        self._metrics.keys[info.run_id] = sorted({point.key for point in latest if read.pairs(f"metrics of {where}", [(point.key, "")], 1)})
        start, end = read.number(info.start_time) or 0, read.number(info.end_time)
        deleted = info.lifecycle_stage == "deleted"
        return RunRecord(
            run_id=info.run_id,
            experiment_id=info.experiment_id,
            name=read.text(info.run_name or run.data.tags.get(RUN_NAME_TAG)),
            user_id=read.text(info.user_id),
            status=read.status(info.status),
            start_time=start,
            end_time=end,
            lifecycle_stage="deleted" if deleted else "active",
            deleted_time=(end or start or 1) if deleted else None,
            artifact_uri=read.place(where, info.artifact_uri),
            params=read.pairs(where, run.data.params.items(), 6000),
            tags=read.run_tags(where, run.data.tags.items()),
            inputs=[_dataset(one) for one in run.inputs.dataset_inputs],
            points=len(latest),
            points_state=sorted([point.key, repr(point.value), point.timestamp, point.step] for point in latest),
        )

    def weigh(self, record: RunRecord) -> int:
        return self._metrics.read_ahead(record.run_id)

    def points(self, run_ids: Sequence[str]) -> Points | None:
        return self._metrics.points(run_ids)

    def parts(self, run_id: str) -> Iterator[Points]:
        return self._metrics.parts(run_id)

    def logged_models(self) -> list[LoggedModelRecord]:
        return read_logged_models(self, self._experiments, self._reader)

    def models(self) -> list[ModelRecord]:
        return read_models(self, self._reader)

    def places(self, root: str | None) -> Places:
        return ServedPlaces(self.name, root, self.problems)

    def close(self) -> None:
        self._metrics.close()


def _dataset(one: DatasetInput) -> DatasetRecord:
    return DatasetRecord(**{**msgspec.structs.asdict(one.dataset), "tags": {tag.key: tag.value for tag in one.tags}})
