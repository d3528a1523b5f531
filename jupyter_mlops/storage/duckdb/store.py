"""The store on one DuckDB file, behind the contract of `storage.base`.

Logging goes to the journal; everything else is one session on the database.
"""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Mapping, Sequence
from itertools import repeat
from time import time_ns
from typing import TYPE_CHECKING, Any

from jupyter_mlops.entities.clock import stamp_ms
from jupyter_mlops.entities.datasets import DatasetSummary
from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.entities.logged_models import LoggedModel
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.runs import Run, RunData, RunInfo
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.columns import Along, Curve, RunColumns, Span
from jupyter_mlops.storage.duckdb import (
    curves,
    experiments,
    histories,
    inputs,
    logged_models,
    queries,
    run_tables,
    runs,
    searches,
    sessions,
)
from jupyter_mlops.storage.duckdb.files import StoreFiles
from jupyter_mlops.storage.duckdb.registry import DuckDBRegistry
from jupyter_mlops.storage.interrupts import whole_import
from jupyter_mlops.storage.journal.heads import HeadExperiment
from jupyter_mlops.storage.journal.operations import METRIC, OPEN, START
from jupyter_mlops.storage.journal.writers import Writer
from jupyter_mlops.storage.journaled import JournaledStore
from jupyter_mlops.storage.locate import remember_store, store_path
from jupyter_mlops.storage.run_tables import ColumnSummary, RunFacts, RunGroups, RunPart, RunQuery

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_mlops.storage.columns import Array

__all__ = ["DuckDBStore"]

_open_stores: weakref.WeakSet[DuckDBStore] = weakref.WeakSet()


class DuckDBStore(DuckDBRegistry, JournaledStore, Store):
    """Runs and models in one plain DuckDB file.

    Parameters
    ----------
    uri : str
        Path or URI of the file; it need not exist.

    Notes
    -----
    Making the object touches nothing. What is logged goes to the journal and never loads DuckDB; each other call takes
    the lease, folds, and lets the file go (about 1 ms). Safe from any thread, process and forked child.
    """

    def __init__(self, uri: str) -> None:
        self.uri = self.path = store_path(uri)
        self.key = remember_store(self.path)
        self.files = StoreFiles(self.path)
        self._ahead: dict[str, int] = {}  # by run the time of its last record, where that is still to come here
        _open_stores.add(self)

    def create_experiment(self, name: str, artifact_location: str | None, tags: dict[str, str]) -> str:
        with self.files.session("create experiment") as session:
            return experiments.create(session, name, artifact_location, tags)

    def get_experiment(self, experiment_id: str) -> Experiment:
        with self.files.reading() as session:
            return experiments.get(session, experiment_id)

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        with self.files.reading() as session:
            return experiments.find(session, name)

    def known_experiment(self, *, name: str | None = None, experiment_id: str | None = None) -> HeadExperiment | None:
        """An experiment that writers know of, without opening the database; None says nothing about others."""
        return self.files.head().find(name=name, experiment_id=experiment_id)

    def search_experiments(
        self,
        filter_string: str | None,
        view_type: int,
        max_results: int,
        order_by: list[str] | None,
        page_token: str | None,
    ) -> PagedList[Experiment]:
        with self.files.reading("search") as session:
            return searches.experiments_page(session, filter_string, view_type, max_results, order_by, page_token)

    def delete_experiment(self, experiment_id: str) -> None:
        with self.files.session("delete experiment") as session:
            experiments.delete(session, experiment_id)

    def restore_experiment(self, experiment_id: str) -> None:
        with self.files.session("restore experiment") as session:
            experiments.restore(session, experiment_id)

    def rename_experiment(self, experiment_id: str, name: str) -> None:
        with self.files.session("rename experiment") as session:
            experiments.rename(session, experiment_id, name)

    def set_experiment_tag(self, experiment_id: str, key: str, value: str) -> None:
        with self.files.session("tag experiment") as session:
            experiments.set_tag(session, experiment_id, key, value)

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        with self.files.session("tag experiment") as session:
            experiments.delete_tag(session, experiment_id, key)

    def create_run(
        self,
        experiment_id: str,
        run_name: str,
        user_id: str,
        start_time: int,
        tags: dict[str, str],
        *,
        owned: bool,
        run_id: str | None = None,
    ) -> Run:
        run_id = run_id or new_id()
        experiment_id, location = self._active_experiment(experiment_id)
        uri = f"{location}/{run_id}/artifacts"
        record = (
            START,
            stamp_ms(),
            run_id,
            experiment_id,
            run_name,
            user_id,
            start_time,
            uri,
            list(tags.items()),
            owned,
        )
        self.files.writer().append(record)
        info = RunInfo(
            run_id, experiment_id, run_name, user_id, "RUNNING", start_time, None, "active", self._absolute(uri)
        )
        return Run(info, RunData({}, {}, dict(tags)))

    def _active_experiment(self, experiment_id: str) -> tuple[str, str]:
        """Id and artifact location of an active experiment, as they are stored."""
        experiment: Experiment | HeadExperiment | None = self.known_experiment(experiment_id=experiment_id)
        if experiment is None:
            experiment = self.get_experiment(experiment_id)
        if experiment.lifecycle_stage != "active":
            raise InvalidParameter(f"Experiment {experiment_id} is deleted: restore it, or choose another.")
        return experiment.experiment_id, sessions.relative_to(self.files.root, experiment.artifact_location)

    def _absolute(self, location: str) -> str:
        return sessions.absolute_in(self.files.root, location)

    def own_run(self, run_id: str) -> None:
        with self.files.reading("resume") as session:
            last = runs.last_time(session, run_id)
        if last >= stamp_ms():
            self._ahead[run_id] = last
        self._append(OPEN, run_id)

    def _writer(self) -> Writer:
        return self.files.writer()

    @property
    def is_journal_open(self) -> bool:
        opened = self.files.opened
        return opened is not None and opened.is_begun

    def _stamp(self, run_id: str) -> int:
        """A time for a record of a run: later than what a clock that is ahead of this one wrote before it was resumed."""
        now, last = stamp_ms(), self._ahead.get(run_id)
        if last is None or now > last:
            return now
        self._ahead[run_id] = last + 1
        return last + 1

    def get_run(self, run_id: str) -> Run:
        with self.files.reading() as session:
            return runs.get(session, run_id)

    def get_runs(self, run_ids: Sequence[str]) -> list[Run]:
        with self.files.reading() as session:
            return runs.fetch(session, runs.rids_of(session, run_ids))

    def latest_metrics(self, run_ids: Sequence[str]) -> dict[str, list[Metric]]:
        with self.files.reading() as session:
            return histories.latest(session, run_ids)

    def logged_model_place(self, name: str, run_id: str | None = None) -> str | None:
        with self.files.reading() as session:
            return logged_models.place_of(session, name, run_id)

    def create_logged_model(
        self, experiment_id: str, name: str | None, model_type: str | None, run_id: str | None, tags: dict[str, str],
        params: dict[str, str],
    ) -> LoggedModel:  # fmt: skip
        with self.files.session("create logged model") as session:
            return logged_models.create(session, experiment_id, name, model_type, run_id, tags, params)

    def get_logged_model(self, model_id: str) -> LoggedModel:
        with self.files.reading() as session:
            return logged_models.get(session, model_id)

    def update_logged_model(
        self, model_id: str, *, status: str | None = None, tags: dict[str, str] | None = None, params: dict[str, str] | None = None
    ) -> LoggedModel:
        with self.files.session("update logged model") as session:
            if status is not None:
                logged_models.set_status(session, model_id, status)
            if params:
                logged_models.add_params(session, model_id, params)
            if tags:
                logged_models.set_tags(session, model_id, tags)
            return logged_models.get(session, model_id)

    def delete_logged_model(self, model_id: str) -> None:
        with self.files.session("delete logged model") as session:
            logged_models.delete(session, model_id)

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        with self.files.session("tag logged model") as session:
            logged_models.delete_tag(session, model_id, key)

    def search_logged_models(
        self, experiment_ids: Sequence[str], filter_string: str | None, max_results: int, order_by: list[str] | None,
        page_token: str | None,
    ) -> PagedList[LoggedModel]:  # fmt: skip
        with self.files.reading("search") as session:
            return searches.logged_models_page(session, experiment_ids, filter_string, max_results, order_by, page_token)

    def delete_run(self, run_id: str) -> None:
        with self.files.session("delete run") as session:
            runs.change_stage(session, run_id, "deleted")

    def restore_run(self, run_id: str) -> None:
        with self.files.session("restore run") as session:
            runs.change_stage(session, run_id, "active")

    def delete_runs(self, run_ids: Sequence[str]) -> list[str]:
        with self.files.session("delete runs") as session:
            return runs.change_stages(session, run_ids, "deleted")

    def restore_runs(self, run_ids: Sequence[str]) -> list[str]:
        with self.files.session("restore runs") as session:
            return runs.change_stages(session, run_ids, "active")

    def log_metric(self, run_id: str, key: str, value: float, timestamp: int | None, step: int) -> None:
        writer = self.files.opened or self.files.writer()
        writer.append((METRIC, time_ns() // 1_000_000, run_id, key, value, timestamp, step))

    def search_datasets(self, experiment_ids: Sequence[str]) -> list[DatasetSummary]:
        numbers = [experiments.number_of(i) for i in experiment_ids]
        with self.files.reading("search") as session:
            return inputs.summaries(session, numbers)

    def delete_tag(self, run_id: str, key: str) -> None:
        with self.files.session("delete tag") as session:
            runs.delete_tag(session, run_id, key)

    def get_metric_history(self, run_id: str, key: str) -> list[Metric]:
        columns = self.metric_columns(run_id, key)
        return list(map(Metric, repeat(key), *(column.tolist() for column in columns.values())))

    def metric_columns(self, run_id: str, key: str) -> dict[str, Array]:
        with self.files.reading() as session:
            return histories.history(session, runs.rid_of(session, run_id), key)

    def metric_lengths(self, run_ids: Sequence[str]) -> dict[str, int]:
        with self.files.reading() as session:
            return histories.lengths(session, run_ids)

    def metric_curves(
        self, run_ids: Sequence[str], key: str, axis: Along, most: int, between: Mapping[str, Span] | None = None
    ) -> dict[str, Curve]:
        question = curves.Question(key, axis, most, between)
        found: dict[str, Curve] = {}
        shares: list[Any] | None = None
        while shares is None or shares:
            with self.files.reading("curves") as session:
                shares = curves.shares(session, run_ids, question) if shares is None else shares
                found |= curves.read(session, shares.pop(), question) if shares else {}
        return found

    def search_runs(
        self,
        experiment_ids: Sequence[str] | None,
        filter_string: str | None,
        view_type: int,
        max_results: int,
        order_by: list[str] | None,
        page_token: str | None,
    ) -> PagedList[Run]:
        with self.files.reading("search") as session:
            return searches.runs_page(
                session, experiment_ids, filter_string, view_type, max_results, order_by, page_token
            )

    def search_run_columns(
        self,
        experiment_ids: Sequence[str] | None,
        filter_string: str | None,
        view_type: int,
        max_results: int,
        order_by: list[str] | None,
        page_token: str | None,
    ) -> RunColumns:
        with self.files.reading("search") as session:
            return searches.run_columns_page(
                session, experiment_ids, filter_string, view_type, max_results, order_by, page_token
            )

    def count_runs(self, experiment_ids: Sequence[str] | None, filter_string: str | None, view_type: int) -> int:
        with self.files.reading("search") as session:
            return searches.run_count(session, experiment_ids, filter_string, view_type)

    def run_facts(self, query: RunQuery) -> RunFacts:
        with self.files.reading("search") as session:
            return run_tables.facts(session, query)

    def run_part(self, query: RunQuery, columns: Sequence[str], offset: int, limit: int) -> RunPart:
        with self.files.reading("search") as session:
            return run_tables.part(session, query, columns, offset, limit)

    def run_groups(self, query: RunQuery, by: str, columns: Sequence[str]) -> RunGroups:
        with self.files.reading("search") as session:
            return run_tables.groups(session, query, by, columns)

    def run_summary(self, query: RunQuery, column: str) -> ColumnSummary:
        with self.files.reading("search") as session:
            return run_tables.summary(session, query, column)

    def own_places(self) -> list[str]:
        return self.files.places()

    def last_change(self) -> int:
        with self.files.reading("look for changes") as session:
            return session.current_change()

    def query(
        self, query: str, parameters: Sequence[Any] | Mapping[str, Any] = (), timeout_s: float = 10.0
    ) -> pd.DataFrame:
        """What a statement reads from the documented views, see `queries.run_query`."""
        whole_import("pandas")  # not in the lease
        with self.files.reading("query") as session:
            return queries.run_query(session, query, parameters, timeout_s)

    def sync(self) -> None:
        """Bring what this process logged to the disk itself."""
        self.files.writer().sync()

    def close(self) -> None:
        """Fold what waits if the database is in use here anyway, and give the journal segment up."""
        if sessions.is_loaded() and self.files.opened:
            with contextlib.suppress(Exception):  # at exit there is nobody to tell; the next reader folds
                self.files.fold_backlog()
        self.files.close()


@sessions.at_exit
def _close_all() -> None:
    for store in list(_open_stores):
        store.close()
