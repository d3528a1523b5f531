"""The contract of a store: what every place that keeps runs and models can do.

Implemented by `duckdb.store.DuckDBStore`. Whatever stands above (tracking, registry, server) works with any of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from jupyter_mlops.entities.authors import Author
from jupyter_mlops.entities.datasets import DatasetInput, DatasetSummary
from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.gates import Gate, MovePreview
from jupyter_mlops.entities.lineages import Lineage
from jupyter_mlops.entities.logged_models import LoggedModel
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.model_events import ModelEvent
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.pairs import Param, RunTag
from jupyter_mlops.entities.registered_models import ModelVersion, RegisteredModel
from jupyter_mlops.entities.registry_pages import ModelPage, VersionPage
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.storage.columns import Along, Curve, RunColumns, columns_of

if TYPE_CHECKING:
    from jupyter_mlops.storage.columns import Array

__all__ = ["FolderFacts", "RegistryStore", "Store", "TrackingStore"]


class FolderFacts(msgspec.Struct, frozen=True):
    """What a model's folder was found to have; None where it could not be read."""

    signature: bool | None = None
    input_example: bool | None = None


class TrackingStore(ABC):
    """Experiments and runs.

    Errors are those of `jupyter_mlops.errors`: `NotFound` for what is not there, `InvalidParameter` for names and
    values that are never right, `InvalidState` for what is deleted. Every method may be called from any thread.
    """

    uri: str
    key: str

    @abstractmethod
    def create_experiment(self, name: str, artifact_location: str | None, tags: dict[str, str]) -> str:
        """Make an experiment, return its id; `AlreadyExists` when the name is taken."""

    @abstractmethod
    def get_experiment(self, experiment_id: str) -> Experiment:
        """An experiment, deleted ones too."""

    @abstractmethod
    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """An experiment, deleted ones too; None when there is none."""

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

    @abstractmethod
    def get_runs(self, run_ids: Sequence[str]) -> list[Run]:
        """Those of `run_ids` that are there, in the order given."""

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
    def metric_curves(self, run_ids: Sequence[str], key: str, axis: Along, most: int) -> dict[str, Curve]:
        """Points of one metric by run, along `axis` (``"step"`` or ``"timestamp"``).

        A run with more than `most` points shows its first and last place and, of equal parts between, where the least and
        the greatest finite value are: at most `most` points again.
        """

    @abstractmethod
    def own_places(self) -> list[str]:
        """Files and folders of this machine that are the store itself; none for one that is elsewhere."""

    @abstractmethod
    def last_change(self) -> int:
        """A number that grows whenever anything in the store changes."""


class RegistryStore(ABC):
    """Registered models, versions, stages, aliases. Every method is one transaction, done when it returns.

    Who is behind a change is `by`, None for the user of this process; it stands in the model's history.
    """

    @abstractmethod
    def create_registered_model(self, name: str, tags: dict[str, str], description: str | None, by: Author | None = None) -> RegisteredModel:
        """Make a model; `AlreadyExists` when the name is taken."""

    @abstractmethod
    def get_registered_model(self, name: str) -> RegisteredModel:
        """A model."""

    @abstractmethod
    def update_registered_model(self, name: str, description: str | None, by: Author | None = None) -> RegisteredModel:
        """Set a model's description."""

    @abstractmethod
    def rename_registered_model(self, name: str, new_name: str, by: Author | None = None) -> RegisteredModel:
        """Give a model another name; versions, tags and aliases stay with it."""

    @abstractmethod
    def delete_registered_model(self, name: str, by: Author | None = None) -> None:
        """Remove a model with all that belongs to it."""

    @abstractmethod
    def search_registered_models(
        self, filter_string: str | None, max_results: int, order_by: list[str] | None, page_token: str | None
    ) -> PagedList[RegisteredModel]:
        """One page of models."""

    @abstractmethod
    def set_registered_model_tag(self, name: str, key: str, value: str, by: Author | None = None) -> None:
        """Set a tag of a model."""

    @abstractmethod
    def delete_registered_model_tag(self, name: str, key: str, by: Author | None = None) -> None:
        """Remove a tag of a model, if it is there."""

    @abstractmethod
    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None,
        tags: dict[str, str],
        run_link: str | None,
        description: str | None,
        by: Author | None = None,
        *,
        location: str | None = None,
    ) -> ModelVersion:
        """Make the next version of a model; `location` is the folder that a ``models:/`` source means."""

    @abstractmethod
    def get_model_version(self, name: str, version: str) -> ModelVersion:
        """A version."""

    @abstractmethod
    def update_model_version(self, name: str, version: str, description: str | None, by: Author | None = None) -> ModelVersion:
        """Set a version's description."""

    @abstractmethod
    def delete_model_version(self, name: str, version: str, by: Author | None = None) -> None:
        """Remove a version; its number stays used."""

    @abstractmethod
    def search_model_versions(
        self, filter_string: str | None, max_results: int, order_by: list[str] | None, page_token: str | None
    ) -> PagedList[ModelVersion]:
        """One page of versions."""

    @abstractmethod
    def models_page(self, search: str, order_by: str, limit: int, token: str | None) -> ModelPage:
        """One page of models that have a text anywhere, by ``"name"`` or, the latest first, by ``"updated"``."""

    @abstractmethod
    def versions_page(self, name: str, search: str, limit: int, token: str | None) -> VersionPage:
        """One page of a model's versions that have a text anywhere, the newest first, and the runs they come from."""

    @abstractmethod
    def versions_named(self, names: Sequence[tuple[str, str]]) -> VersionPage:
        """Those (name, version) that are there, in the order given, and the runs they come from."""

    @abstractmethod
    def transition_model_version_stage(
        self, name: str, version: str, stage: str, archive_existing: bool, by: Author | None = None, *, force: bool = False,
        known: FolderFacts | None = None,
    ) -> ModelVersion:  # fmt: skip
        """Move a version to a stage, and those that are there to Archived when asked.

        `GateRefused` when a rule of the model says no, unless forced, which needs a comment; `known` is for rules about
        the model's folder, which a store does not read.
        """

    @abstractmethod
    def get_latest_versions(self, name: str, stages: Sequence[str] | None) -> list[ModelVersion]:
        """The highest version of each stage, by version."""

    @abstractmethod
    def set_model_version_tag(self, name: str, version: str, key: str, value: str, by: Author | None = None) -> None:
        """Set a tag of a version."""

    @abstractmethod
    def delete_model_version_tag(self, name: str, version: str, key: str, by: Author | None = None) -> None:
        """Remove a tag of a version, if it is there."""

    @abstractmethod
    def set_registered_model_alias(
        self, name: str, alias: str, version: str, by: Author | None = None, *, force: bool = False, known: FolderFacts | None = None
    ) -> None:
        """Point an alias at a version; gates and `force` as for stages."""

    @abstractmethod
    def delete_registered_model_alias(self, name: str, alias: str, by: Author | None = None) -> None:
        """Remove an alias, if it is there."""

    @abstractmethod
    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """The version that an alias points at; ``latest`` is the highest."""

    @abstractmethod
    def preview_move(
        self, name: str, version: str, stage: str | None, alias: str | None, archive_existing: bool, known: FolderFacts | None
    ) -> MovePreview:
        """What a move to a stage or an alias would do."""

    @abstractmethod
    def undo_move(self, name: str, by: Author | None = None) -> list[ModelVersion]:
        """Take back the last move of a stage or alias that was not taken back; `InvalidState` when that cannot be."""

    @abstractmethod
    def get_model_history(
        self, name: str, max_results: int | None = None, *, moves: bool = False
    ) -> list[ModelEvent]:
        """What happened to a model, or to its stages and aliases alone, newest first; also to one deleted or renamed."""

    @abstractmethod
    def add_gates(
        self, name: str, stage: str | None, alias: str | None, rules: list[str], by: Author | None = None
    ) -> list[Gate]:
        """Set rules that versions must meet to get to a stage or an alias."""

    @abstractmethod
    def get_gates(self, name: str) -> list[Gate]:
        """A model's gates."""

    @abstractmethod
    def remove_gate(self, name: str, gate_id: int, by: Author | None = None) -> None:
        """Take a rule away."""

    @abstractmethod
    def record_model_use(
        self, name: str, version: str, kind: str, place: str | None, run_id: str | None, passed: bool | None,
        by: Author | None = None,
    ) -> None:  # fmt: skip
        """Note that a version was loaded, evaluated or served."""

    @abstractmethod
    def get_lineage(self, name: str, version: str) -> Lineage:
        """What a version comes from and what came of it."""


class Store(TrackingStore, RegistryStore, ABC):
    """A whole store: runs and models in one place."""
