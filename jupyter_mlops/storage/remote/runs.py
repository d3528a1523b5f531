"""Runs of a tracking server: read over HTTP, written by way of the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import time_ns
from typing import TYPE_CHECKING, Any

from jupyter_mlops.entities.clock import stamp_ms
from jupyter_mlops.entities.datasets import DatasetSummary
from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.runs import Run, RunData, RunInfo
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.errors import InvalidParameter, NotFound, ServerError, ServerUnreachable
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.columns import Along, Curve, Span
from jupyter_mlops.storage.http.addresses import API, ARTIFACTS
from jupyter_mlops.storage.journal.operations import METRIC, START
from jupyter_mlops.storage.journaled import JournaledStore
from jupyter_mlops.storage.remote import curves
from jupyter_mlops.storage.remote.links import Linked
from jupyter_mlops.storage.remote.messages import as_pairs, metric_of, page_of, run_of, view_name
from jupyter_mlops.storage.run_tables import ColumnSummary, RunFacts, RunGroups, RunPart, RunQuery
from jupyter_mlops.storage.sync.uploaders import OutboxWriter

if TYPE_CHECKING:
    from jupyter_mlops.storage.columns import Array

__all__ = ["CLIENT_ID", "RemoteRuns"]

CLIENT_ID = "jupyter_mlops.client_id"  # tells a run that was made, and whose answer was lost, from one that was not
_PAGE = 25_000
_DATASETS = "/ajax-api/2.0/mlflow/experiments/search-datasets"  # MLflow's servers have it for their page alone


class RemoteRuns(Linked, JournaledStore, TrackingStore):
    """The part of a remote store that is about runs."""

    def _writer(self) -> OutboxWriter:
        return self.writer

    def log_metric(self, run_id: str, key: str, value: float, timestamp: int | None, step: int) -> None:
        self.writer.append((METRIC, time_ns() // 1_000_000, run_id, key, value, timestamp, step))

    def create_run(
        self, experiment_id: str, run_name: str, user_id: str, start_time: int, tags: dict[str, str], *, owned: bool,
        run_id: str | None = None,
    ) -> Run:  # fmt: skip
        if not self.is_ours:
            return self._created(experiment_id, run_name, user_id, start_time, tags)
        run_id = run_id or new_id()
        known = self.noted_experiment(experiment_id=experiment_id)
        place = known.artifact_location if known else f"{self.uri}{ARTIFACTS}/{experiment_id}"
        uri = f"{place}/{run_id}/artifacts"
        self.writer.append((START, stamp_ms(), run_id, experiment_id, run_name, user_id, start_time, "", list(tags.items()), False))
        info = RunInfo(run_id, experiment_id, run_name, user_id, "RUNNING", start_time, None, "active", uri)
        return Run(info, RunData({}, {}, dict(tags)))

    def _created(self, experiment_id: str, run_name: str, user_id: str, start_time: int, tags: dict[str, str]) -> Run:
        """A run whose id the server gives; asked for once, even if the answer is lost."""
        mark = new_id()
        asked = {
            "experiment_id": experiment_id, "run_name": run_name, "user_id": user_id, "start_time": start_time,
            "tags": as_pairs({**tags, CLIENT_ID: mark}),
        }  # fmt: skip
        try:
            told = self.link.call("POST", API + "runs/create", asked, patient=False)
        except ServerError as error:
            if not isinstance(error, ServerUnreachable) and error.status < 500:
                raise
            made = self.search_runs([experiment_id], f"tags.`{CLIENT_ID}` = '{mark}'", 1, 1, None, None)
            if made:
                return made[0]
            told = self.link.call("POST", API + "runs/create", asked)
        return run_of(told["run"], self.uri)

    def own_run(self, run_id: str) -> None:
        """Runs of a server belong to nobody."""

    def get_run(self, run_id: str) -> Run:
        return run_of(self.client.get("runs/get", run_id=run_id, run_uuid=run_id)["run"], self.uri)

    def latest_metrics(self, run_ids: Sequence[str]) -> dict[str, list[Metric]]:
        told = {run_id: self.client.get("runs/get", run_id=run_id)["run"].get("data", {}).get("metrics", ()) for run_id in run_ids}
        return {run_id: sorted(map(metric_of, metrics), key=lambda point: point.key) for run_id, metrics in told.items()}

    def get_runs(self, run_ids: Sequence[str]) -> list[Run]:
        found = []
        for run_id in run_ids:
            try:
                found.append(self.get_run(run_id))
            except NotFound:
                continue
        return found

    def delete_run(self, run_id: str) -> None:
        self.client.post("runs/delete", run_id=run_id)

    def restore_run(self, run_id: str) -> None:
        self.client.post("runs/restore", run_id=run_id)

    def delete_runs(self, run_ids: Sequence[str]) -> list[str]:
        return self.peer("delete-runs", list[str], run_ids=list(run_ids)) if self.is_ours else super().delete_runs(run_ids)

    def restore_runs(self, run_ids: Sequence[str]) -> list[str]:
        return self.peer("restore-runs", list[str], run_ids=list(run_ids)) if self.is_ours else super().restore_runs(run_ids)

    def delete_tag(self, run_id: str, key: str) -> None:
        self.client.post("runs/delete-tag", run_id=run_id, key=key)

    def search_datasets(self, experiment_ids: Sequence[str]) -> list[DatasetSummary]:
        told = self.client.call("POST", _DATASETS, {"experiment_ids": list(experiment_ids)})
        return [
            DatasetSummary(str(one["experiment_id"]), one["name"], one["digest"], one.get("context")) for one in told.get("dataset_summaries", ())
        ]

    def search_runs(
        self, experiment_ids: Sequence[str] | None, filter_string: str | None, view_type: int, max_results: int,
        order_by: list[str] | None, page_token: str | None,
    ) -> PagedList[Run]:  # fmt: skip
        ids = self._all_experiments() if experiment_ids is None else list(experiment_ids)
        told = self.client.post(
            "runs/search", experiment_ids=ids, filter=filter_string, run_view_type=view_name(view_type), max_results=max_results,
            order_by=order_by, page_token=page_token,
        )  # fmt: skip
        return page_of(told, "runs", run_of, self.uri)

    def count_runs(self, experiment_ids: Sequence[str] | None, filter_string: str | None, view_type: int) -> int:
        if not self.is_ours:
            return super().count_runs(experiment_ids, filter_string, view_type)
        asked: dict[str, Any] = {"experiment_ids": None if experiment_ids is None else list(experiment_ids), "filter": filter_string, "view_type": view_type}
        return self.peer("count-runs", int, **asked)

    def run_facts(self, query: RunQuery) -> RunFacts:
        return self.peer("run-facts", RunFacts, query=query) if self.is_ours else super().run_facts(query)

    def run_part(self, query: RunQuery, columns: Sequence[str], offset: int, limit: int) -> RunPart:
        if not self.is_ours:
            return super().run_part(query, columns, offset, limit)
        part = self.peer("run-part", RunPart, query=query, columns=list(columns), offset=offset, limit=limit)
        for column in part.values:
            if column.startswith("metrics."):  # NaN comes as text
                part.values[column] = [None if value is None else float(value) for value in part.values[column]]
        return part

    def run_groups(self, query: RunQuery, by: str, columns: Sequence[str]) -> RunGroups:
        if not self.is_ours:
            return super().run_groups(query, by, columns)
        return self.peer("run-groups", RunGroups, query=query, by_column=by, columns=list(columns))

    def run_summary(self, query: RunQuery, column: str) -> ColumnSummary:
        return self.peer("run-summary", ColumnSummary, query=query, column=column) if self.is_ours else super().run_summary(query, column)

    def _all_experiments(self) -> list[str]:
        found = every_page(lambda size, token: self.search_experiments(None, ViewType.ALL, size, None, token), None, 1000)
        return [one.experiment_id for one in found]

    def get_metric_history(self, run_id: str, key: str) -> list[Metric]:
        points, token = [], None
        while True:
            told = self.client.get("metrics/get-history", run_id=run_id, metric_key=key, max_results=_PAGE, page_token=token)
            points += [metric_of(one) for one in told.get("metrics", ())]
            if not (token := told.get("next_page_token")):
                return curves.ordered(points)

    def metric_columns(self, run_id: str, key: str) -> dict[str, Array]:
        import numpy as np

        points = self.get_metric_history(run_id, key)
        kinds = {"value": np.float64, "timestamp": np.int64, "step": np.int64}
        return {name: np.array([getattr(point, name) for point in points], kind) for name, kind in kinds.items()}

    def metric_lengths(self, run_ids: Sequence[str]) -> dict[str, int]:
        if self.is_ours:
            return self.peer("metric-lengths", dict[str, int], run_ids=list(run_ids))
        keys = sorted({key for run in self.get_runs(run_ids) for key in run.data.metrics})
        return {key: max(len(self.get_metric_history(run_id, key)) for run_id in run_ids) for key in keys}

    def metric_curves(
        self, run_ids: Sequence[str], key: str, axis: Along, most: int, between: Mapping[str, Span] | None = None
    ) -> dict[str, Curve]:
        if axis not in ("step", "timestamp"):
            raise InvalidParameter(f"Points lie along 'step' or 'timestamp', not {axis!r}.")
        if self.is_ours:
            asked: dict[str, Any] = {"run_ids": list(run_ids), "key": key, "axis": axis, "most": most}
            if between is not None:  # older servers do not know it
                asked["between"] = dict(between)
            return self.peer("metric-curves", dict[str, Curve], **asked)
        histories = {run_id: self.get_metric_history(run_id, key) for run_id in run_ids if between is None or run_id in between}
        if between is not None:
            histories = {run_id: curves.within(points, axis, between[run_id]) for run_id, points in histories.items()}
        return {run_id: curves.thinned(points, axis, most) for run_id, points in histories.items() if points}

