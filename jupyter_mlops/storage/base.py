"""The contract of a store: what every place that keeps runs and models can do.

Implemented by `duckdb.store.DuckDBStore` and `remote.stores.RemoteStore`. Whatever stands above (tracking, registry, server) works with any of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jupyter_mlops.entities.datasets import DatasetInput, DatasetSummary
from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.logged_models import LoggedModel
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.pairs import Param, RunTag
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.storage.columns import Along, Curve, RunColumns, Span, columns_of
from jupyter_mlops.storage.families import runs_with_those_below
from jupyter_mlops.storage.listed_runs import ListedRuns
from jupyter_mlops.storage.registry_base import RegistryStore
from jupyter_mlops.storage.run_tables import ColumnSummary, RunFacts, RunGroups, RunPart, RunQuery

if TYPE_CHECKING:
    from jupyter_mlops.storage.columns import Array
    from jupyter_mlops.storage.journal.heads import HeadExperiment

__all__ = ["Store", "TrackingStore"]


class TrackingStore(ABC):
    """Experiments and runs.

    Errors are those of `jupyter_mlops.errors`: `NotFound` for what is not there, `InvalidParameter` for names and
    values that are never right, `InvalidState` for what is deleted. Every method may be called from any thread.
    """

    uri: str
    key: str

    @property
    def is_journal_open(self) -> bool:
        """Whether `log_metric` would do no more now than append to a file that is open: it would wait for nobody."""
        return False

    @abstractmethod
    def create_experiment(self, name: str, artifact_location: str | None, tags: dict[str, str]) -> str:
        """Make an experiment, return its id; `AlreadyExists` when the name is taken."""

    @abstractmethod
    def get_experiment(self, experiment_id: str) -> Experiment:
        """An experiment, deleted ones too."""

    @abstractmethod
    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """An experiment, deleted ones too; None when there is none."""

    def known_experiment(self, *, name: str | None = None, experiment_id: str | None = None) -> Experiment | HeadExperiment | None:
        """An experiment that is known here without asking the store; None says nothing about others."""
        return None

    @abstractmethod
    def search_experiments(
        self,
        filter_string: str | None,
        view_type: int,
        max_results: int,
        order_by: list[str] | None,
        page_token: str | None,
    ) -> PagedList[Experiment]:
        """One page of experiments."""

    @abstractmethod
    def delete_experiment(self, experiment_id: str) -> None:
        """Set an experiment and its runs to deleted."""

    @abstractmethod
    def restore_experiment(self, experiment_id: str) -> None:
        """Set a deleted experiment and all its runs to active."""

    @abstractmethod
    def rename_experiment(self, experiment_id: str, name: str) -> None:
        """Give an active experiment another name."""

    @abstractmethod
    def set_experiment_tag(self, experiment_id: str, key: str, value: str) -> None:
        """Set a tag of an active experiment."""

    @abstractmethod
    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """Remove a tag of an active experiment; `NotFound` when it has none of that key."""

    @abstractmethod
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
        """Begin a run; `owned` ones are set to KILLED when this process dies without ending them."""

    @abstractmethod
    def own_run(self, run_id: str) -> None:
        """Make this process an owner of a run that it resumes."""

    @abstractmethod
    def get_run(self, run_id: str) -> Run:
        """A run, deleted ones too."""

    @abstractmethod
    def create_logged_model(
        self, experiment_id: str, name: str | None, model_type: str | None, run_id: str | None, tags: dict[str, str],
        params: dict[str, str],
    ) -> LoggedModel:  # fmt: skip
        """Make a model with an id of its own, whose files are still to come."""

    @abstractmethod
    def get_logged_model(self, model_id: str) -> LoggedModel:
        """A logged model."""

    @abstractmethod
    def update_logged_model(
        self, model_id: str, *, status: str | None = None, tags: dict[str, str] | None = None, params: dict[str, str] | None = None
    ) -> LoggedModel:
        """Change what is given: the status, and add tags or params."""

    @abstractmethod
    def delete_logged_model(self, model_id: str) -> None:
        """Remove a logged model from sight."""

    @abstractmethod
    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """Remove a tag; `NotFound` when the model has none of that key."""

    @abstractmethod
    def search_logged_models(
        self, experiment_ids: Sequence[str], filter_string: str | None, max_results: int, order_by: list[str] | None,
        page_token: str | None,
    ) -> PagedList[LoggedModel]:  # fmt: skip
        """One page of logged models."""

    @abstractmethod
    def update_run(self, run_id: str, status: str | None, end_time: int | None, run_name: str | None) -> None:
        """Change what is not None."""

    @abstractmethod
    def delete_run(self, run_id: str) -> None:
        """Set a run to deleted."""

    @abstractmethod
    def restore_run(self, run_id: str) -> None:
        """Set a run to active."""

    def delete_runs(self, run_ids: Sequence[str]) -> list[str]:
        """Set runs and all below them in their experiments to deleted; returns those that were active."""
        active = [one.info.run_id for one in runs_with_those_below(self, run_ids) if one.info.lifecycle_stage == "active"]
        for run_id in active:
            self.delete_run(run_id)
        return active

    def restore_runs(self, run_ids: Sequence[str]) -> list[str]:
        """Set deleted runs and all that went with them, or as far as is known may have, to active; returns which."""
        deleted = [one.info.run_id for one in runs_with_those_below(self, run_ids) if one.info.lifecycle_stage == "deleted"]
        for run_id in deleted:
            self.restore_run(run_id)
        return deleted

    @abstractmethod
    def log_metric(self, run_id: str, key: str, value: float, timestamp: int | None, step: int) -> None:
        """Add one point; `timestamp` None means now. Neither run nor key is checked: see `check_run`, `check_key`."""

    @abstractmethod
    def log_param(self, run_id: str, key: str, value: str) -> None:
        """Write a param. Whether it is there already is for the caller to know."""

    @abstractmethod
    def set_tag(self, run_id: str, key: str, value: str) -> None:
        """Write a tag."""

    @abstractmethod
    def log_batch(
        self, run_id: str, metrics: Sequence[Metric], params: Sequence[Param], tags: Sequence[RunTag]
    ) -> None:
        """Write all of it or nothing."""

    @abstractmethod
    def log_inputs(self, run_id: str, datasets: Sequence[DatasetInput]) -> None:
        """Write data sets that went into a run; one that it has already in this context changes nothing."""

    @abstractmethod
    def search_datasets(self, experiment_ids: Sequence[str]) -> list[DatasetSummary]:
        """Data sets of those experiments by context, the newest first, at most 1000."""

    @abstractmethod
    def delete_tag(self, run_id: str, key: str) -> None:
        """Remove a tag; `NotFound` when the run has none of that key."""

    @abstractmethod
    def get_metric_history(self, run_id: str, key: str) -> list[Metric]:
        """All points of a metric, by time, step and value; identical ones once."""

    @abstractmethod
    def search_runs(
        self,
        experiment_ids: Sequence[str] | None,
        filter_string: str | None,
        view_type: int,
        max_results: int,
        order_by: list[str] | None,
        page_token: str | None,
    ) -> PagedList[Run]:
        """One page of runs; `experiment_ids` None means all of them."""

    def search_run_columns(
        self,
        experiment_ids: Sequence[str] | None,
        filter_string: str | None,
        view_type: int,
        max_results: int,
        order_by: list[str] | None,
        page_token: str | None,
    ) -> RunColumns:
        """The same page by column, for tables."""
        page = self.search_runs(experiment_ids, filter_string, view_type, max_results, order_by, page_token)
        return columns_of(page, page.token)

    def count_runs(self, experiment_ids: Sequence[str] | None, filter_string: str | None, view_type: int) -> int:
        """How many runs all pages of `search_runs` have."""
        return len(every_page(lambda size, token: self.search_runs(experiment_ids, filter_string, view_type, size, None, token), None, 1000))

    def run_facts(self, query: RunQuery) -> RunFacts:
        """How many runs match, and what is known of each column over all of them."""
        return ListedRuns(self, query).facts()

    def run_part(self, query: RunQuery, columns: Sequence[str], offset: int, limit: int) -> RunPart:
        """A stretch of the runs that match, with some of their columns."""
        return ListedRuns(self, query).part(columns, offset, limit)

    def run_groups(self, query: RunQuery, by: str, columns: Sequence[str]) -> RunGroups:
        """The runs that match by what they have in the column `by`, with what each group has in others."""
        return ListedRuns(self, query).groups(by, columns)

    def run_summary(self, query: RunQuery, column: str) -> ColumnSummary:
        """One column over all runs that match."""
        return ListedRuns(self, query).summary(column)

    @abstractmethod
    def get_runs(self, run_ids: Sequence[str]) -> list[Run]:
        """Those of `run_ids` that are there, in the order given."""

    @abstractmethod
    def latest_metrics(self, run_ids: Sequence[str]) -> dict[str, list[Metric]]:
        """By run the latest point of each of its metrics, sorted by key; what `Run.data.metrics` has only the values of."""

    @abstractmethod
    def logged_model_place(self, name: str, run_id: str | None = None) -> str | None:
        """Where the folder of a run's logged model of that name lies, or without a run that of an id ``m-…``.

        None if there is none that is kept apart from its run, or at all.
        """

    @abstractmethod
    def metric_columns(self, run_id: str, key: str) -> dict[str, Array]:
        """The points of `get_metric_history` as arrays ``value, timestamp, step``."""

    @abstractmethod
    def metric_lengths(self, run_ids: Sequence[str]) -> dict[str, int]:
        """By name of every metric of the runs, sorted, how many points that run of them has that has most."""

    @abstractmethod
    def metric_curves(
        self, run_ids: Sequence[str], key: str, axis: Along, most: int, between: Mapping[str, Span] | None = None
    ) -> dict[str, Curve]:
        """Points of one metric by run, along `axis` (``"step"`` or ``"timestamp"``).

        A run with more than `most` points shows its first and last place and, of equal parts between, where the least and
        the greatest finite value are: at most `most` points again. `between` leaves of each run that it names the points from
        one place to another, and nothing of the others.
        """

    @abstractmethod
    def own_places(self) -> list[str]:
        """Files and folders of this machine that are the store itself; none for one that is elsewhere."""

    @abstractmethod
    def last_change(self) -> int:
        """A number that grows whenever anything in the store changes."""


class Store(TrackingStore, RegistryStore, ABC):
    """A whole store: runs and models in one place."""
