"""`MlflowClient`: everything by explicit ids, nothing active. Its width is MLflow's; its bodies are delegations."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING, Any

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.datasets import DatasetInput
from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.files import FileInfo
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.names import check_key, tag_text
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.pairs import Param, RunTag
from jupyter_mlops.entities.registered_models import STAGES, ModelVersion, RegisteredModel
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import RunStatus, ViewType
from jupyter_mlops.entities.tags import EVALUATED_MODEL_TAG, PARENT_TAG, RUN_NAME_TAG, USER_TAG
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.registry.authors import author
from jupyter_mlops.registry.histories import events_to_frame
from jupyter_mlops.registry.moves import move_version
from jupyter_mlops.registry.registrations import copy_model_version, create_version
from jupyter_mlops.registry.uris import place_of_version
from jupyter_mlops.storage.artifact_stores.places import check_place
from jupyter_mlops.storage.opened import get_registry_uri, open_store
from jupyter_mlops.tracking import artifacts, images, tables
from jupyter_mlops.tracking.run_names import random_name
from jupyter_mlops.tracking.run_operations import RunOperations
from jupyter_mlops.tracking.run_states import look_again, new_state, state_of
from jupyter_mlops.tracking.values import metric_timestamp

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MlflowClient"]


class MlflowClient:
    """Runs, experiments and registered models of one store, by their ids and names.

    Parameters
    ----------
    tracking_uri, registry_uri : str, optional
        By default what the fluent functions use now.

    Notes
    -----
    Runs made here belong to nobody: they stay RUNNING until `set_terminated`, also when this process dies.
    Safe from any thread.

    References
    ----------
    ``mlflow.MlflowClient``, whose methods and arguments these are.

    Examples
    --------
    >>> client = MlflowClient()
    >>> run = client.create_run("0")
    >>> client.log_metric(run.info.run_id, "acc", 0.9)
    >>> client.set_terminated(run.info.run_id)
    >>> client.get_run(run.info.run_id).info.status
    'FINISHED'
    """

    def __init__(self, tracking_uri: str | None = None, registry_uri: str | None = None) -> None:
        self._store = open_store(tracking_uri)
        self._registry = open_store(registry_uri or (tracking_uri if tracking_uri else get_registry_uri()))

    @property
    def tracking_uri(self) -> str:
        """Where runs are kept."""
        return self._store.uri

    # Experiments

    def create_experiment(
        self, name: str, artifact_location: str | None = None, tags: dict[str, Any] | None = None
    ) -> str:
        """Make an experiment, return its id; `AlreadyExists` when the name is taken."""
        check_place(artifact_location)
        return self._store.create_experiment(name, artifact_location, tags or {})

    def get_experiment(self, experiment_id: str) -> Experiment:
        """An experiment, deleted ones too; `NotFound` when there is none."""
        return self._store.get_experiment(str(experiment_id))

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """An experiment, deleted ones too; None when there is none."""
        return self._store.get_experiment_by_name(name)

    def search_experiments(
        self,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        filter_string: str | None = None,
        order_by: list[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[Experiment]:
        """One page of experiments; ``.token`` asks for the next."""
        return self._store.search_experiments(filter_string, view_type, max_results, order_by, page_token)

    def delete_experiment(self, experiment_id: str) -> None:
        """Set an experiment and its runs to deleted."""
        self._store.delete_experiment(str(experiment_id))
        look_again(self._store)

    def restore_experiment(self, experiment_id: str) -> None:
        """Set a deleted experiment and all its runs to active."""
        self._store.restore_experiment(str(experiment_id))
        look_again(self._store)

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        """Give an active experiment another name."""
        self._store.rename_experiment(str(experiment_id), new_name)

    def set_experiment_tag(self, experiment_id: str, key: str, value: Any) -> None:
        """Set a tag of an active experiment."""
        self._store.set_experiment_tag(str(experiment_id), key, value)

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """Remove a tag of an active experiment; `NotFound` when it has none of that name."""
        self._store.delete_experiment_tag(str(experiment_id), key)

    # Runs

    def create_run(
        self,
        experiment_id: str,
        start_time: int | None = None,
        tags: dict[str, Any] | None = None,
        run_name: str | None = None,
    ) -> Run:
        """Make a run without making it active; no tags of the process are added."""
        given = {check_key(key, "tag name"): tag_text(key, value) for key, value in (tags or {}).items()}
        name = tag_text(RUN_NAME_TAG, run_name or given.get(RUN_NAME_TAG) or random_name())
        given[RUN_NAME_TAG] = name
        user = given.get(USER_TAG, "unknown")
        start = metric_timestamp(start_time) if start_time else now_ms()
        run = self._store.create_run(str(experiment_id), name, user, start, given, owned=False)
        new_state(self._store, run)
        return run

    def get_run(self, run_id: str) -> Run:
        """A run, deleted ones too; `NotFound` when there is none."""
        return self._store.get_run(run_id)

    def get_parent_run(self, run_id: str) -> Run | None:
        """The run that `run_id` is a child of, or None."""
        parent = self.get_run(run_id).data.tags.get(PARENT_TAG)
        return self.get_run(parent) if parent else None

    def update_run(self, run_id: str, status: str | None = None, name: str | None = None) -> None:
        """Change a run's status or name."""
        if status is not None:
            RunStatus.from_string(status)
        if status is not None or name is not None:
            state_of(self._store, run_id).update(status=status, name=name)

    def set_terminated(self, run_id: str, status: str | None = None, end_time: int | None = None) -> None:
        """End a run, FINISHED and now by default."""
        status = status or "FINISHED"
        RunStatus.from_string(status)
        end = now_ms() if end_time is None else metric_timestamp(end_time)
        state_of(self._store, run_id).update(status=status, end_time=end)

    def delete_run(self, run_id: str) -> None:
        """Set a run to deleted."""
        self._store.delete_run(run_id)
        look_again(self._store, run_id)

    def restore_run(self, run_id: str) -> None:
        """Set a run to active."""
        self._store.restore_run(run_id)
        look_again(self._store, run_id)

    def search_runs(
        self,
        experiment_ids: Sequence[str] | str,
        filter_string: str = "",
        run_view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: list[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[Run]:
        """One page of runs; ``.token`` asks for the next."""
        ids = [experiment_ids] if isinstance(experiment_ids, (str, int)) else experiment_ids
        return self._store.search_runs(
            [str(i) for i in ids], filter_string, run_view_type, max_results, order_by, page_token
        )

    # Logging

    def log_param(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> Any:
        """Write a param; another value of it is `ParamAlreadyLogged`."""
        state = state_of(self._store, run_id)
        state.log_param(key, value)
        return state.answer(synchronous, value)

    def log_metric(
        self,
        run_id: str,
        key: str,
        value: float,
        timestamp: int | None = None,
        step: int | None = None,
        synchronous: bool | None = None,
        dataset_name: str | None = None,
        dataset_digest: str | None = None,
        model_id: str | None = None,
    ) -> RunOperations | None:
        """Add one point of a metric; data set and model are not kept with it."""
        state = state_of(self._store, run_id)
        state.log_metric(key, value, timestamp, step)
        return state.answer(synchronous)  # type: ignore[no-any-return]

    def log_batch(
        self,
        run_id: str,
        metrics: Iterable[Metric] = (),
        params: Iterable[Param] = (),
        tags: Iterable[RunTag] = (),
        synchronous: bool | None = None,
    ) -> RunOperations | None:
        """Write all of it in one record, or nothing."""
        state = state_of(self._store, run_id)
        state.log_batch(
            [(m.key, m.value, m.timestamp, m.step) for m in metrics],
            [(p.key, p.value) for p in params],
            [(t.key, t.value) for t in tags],
        )
        return state.answer(synchronous)  # type: ignore[no-any-return]

    def log_inputs(
        self, run_id: str, datasets: Sequence[DatasetInput] | None = None, models: Sequence[Any] | None = None
    ) -> None:
        """Say which data sets went into a run, in one record; of `models` the last one's ``model_id``, as the one that it measures."""
        state = state_of(self._store, run_id)
        state.log_inputs(datasets or [])
        if models:
            state.set_tags({EVALUATED_MODEL_TAG: models[-1].model_id})

    def get_metric_history(self, run_id: str, key: str) -> list[Metric]:
        """All points of a metric, by time, step and value; identical ones once."""
        return self._store.get_metric_history(run_id, key)

    def set_tag(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> RunOperations | None:
        """Set a tag; ``mlflow.runName`` renames the run."""
        state = state_of(self._store, run_id)
        state.set_tags({key: value})
        return state.answer(synchronous)  # type: ignore[no-any-return]

    def delete_tag(self, run_id: str, key: str) -> None:
        """Remove a tag; `NotFound` when the run has none of that name."""
        self._store.delete_tag(run_id, key)

    # Artifacts

    def log_artifact(self, run_id: str, local_path: str | os.PathLike[str], artifact_path: str | None = None) -> None:
        """Copy a file, or a folder under its own name, to a run."""
        artifacts.put_file((self._store, run_id), local_path, artifact_path)

    def log_artifacts(self, run_id: str, local_dir: str | os.PathLike[str], artifact_path: str | None = None) -> None:
        """Copy what a folder holds to a run."""
        artifacts.put_folder((self._store, run_id), local_dir, artifact_path)

    def log_text(self, run_id: str, text: str, artifact_file: str) -> None:
        """Keep text as a file of a run."""
        artifacts.put_text((self._store, run_id), text, artifact_file)

    def log_dict(self, run_id: str, dictionary: Any, artifact_file: str) -> None:
        """Keep a dict or list as YAML or JSON, by suffix."""
        artifacts.put_dict((self._store, run_id), dictionary, artifact_file)

    def log_stream(self, run_id: str, stream: IO[bytes], artifact_file: str) -> None:
        """Keep what a binary stream gives as a file of a run."""
        artifacts.put_stream((self._store, run_id), stream, artifact_file)

    def log_image(
        self,
        run_id: str,
        image: Any,
        artifact_file: str | None = None,
        key: str | None = None,
        step: int | None = None,
        timestamp: int | None = None,
        synchronous: bool | None = None,
    ) -> None:
        """Keep an image with a run, by a file's name or as a step of a series; see `jupyter_mlops.log_image`."""
        images.log_image_to((self._store, run_id), image, artifact_file, key, step, timestamp)

    def log_table(self, run_id: str, data: Any, artifact_file: str) -> None:
        """Keep a table with a run; rows are appended when it is there already."""
        tables.put_table((self._store, run_id), data, artifact_file)

    def load_table(
        self,
        experiment_id: str,
        artifact_file: str,
        run_ids: Sequence[str] | None = None,
        extra_columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """A table of several runs of an experiment, one below the other; see `jupyter_mlops.load_table`."""
        return tables.load_tables(self._store, str(experiment_id), artifact_file, run_ids, extra_columns)

    def log_figure(
        self, run_id: str, figure: Any, artifact_file: str, *, save_kwargs: dict[str, Any] | None = None
    ) -> None:
        """Keep a matplotlib or plotly figure as a file of a run."""
        artifacts.put_figure((self._store, run_id), figure, artifact_file, save_kwargs)

    def list_artifacts(self, run_id: str, path: str | None = None) -> list[FileInfo]:
        """What lies in a folder of a run, one level, sorted."""
        return artifacts.list_artifacts((self._store, run_id), path)

    def download_artifacts(self, run_id: str, path: str, dst_path: str | None = None) -> str:
        """Copy a file or folder of a run to this machine; returns where it lies."""
        return artifacts.fetch_artifact((self._store, run_id), path, dst_path)

    # Registered models

    def create_registered_model(
        self, name: str, tags: dict[str, Any] | None = None, description: str | None = None
    ) -> RegisteredModel:
        """Make a model; `AlreadyExists` when the name is taken."""
        return self._registry.create_registered_model(name, tags or {}, description, author())

    def get_registered_model(self, name: str) -> RegisteredModel:
        """A model; `NotFound` when there is none."""
        return self._registry.get_registered_model(name)

    def update_registered_model(self, name: str, description: str | None = None) -> RegisteredModel:
        """Set a model's description."""
        return self._registry.update_registered_model(name, description, author())

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        """Give a model another name."""
        return self._registry.rename_registered_model(name, new_name, author())

    def delete_registered_model(self, name: str) -> None:
        """Remove a model with its versions, whatever their stages."""
        self._registry.delete_registered_model(name, author())

    def search_registered_models(
        self,
        filter_string: str | None = None,
        max_results: int = 100,
        order_by: list[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[RegisteredModel]:
        """One page of models; ``.token`` asks for the next."""
        return self._registry.search_registered_models(filter_string, max_results, order_by, page_token)

    def set_registered_model_tag(self, name: str, key: str, value: Any) -> None:
        """Set a tag of a model."""
        self._registry.set_registered_model_tag(name, key, value, author())

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """Remove a tag of a model, if it is there."""
        self._registry.delete_registered_model_tag(name, key, author())

    def set_registered_model_alias(
        self, name: str, alias: str, version: str, comment: str | None = None, force: bool = False
    ) -> None:
        """Point an alias at a version; one that pointed elsewhere moves. Gates may refuse it, see `registry.require`."""
        move_version(self._registry, name, str(version), None, alias, False, author(comment), force)

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """Remove an alias, if it is there."""
        self._registry.delete_registered_model_alias(name, alias, author())

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """The version that an alias points at."""
        return self._registry.get_model_version_by_alias(name, alias)

    # Model versions

    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: dict[str, Any] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        await_creation_for: int = 300,
        model_id: str | None = None,
    ) -> ModelVersion:
        """Make the next version of a model that is there; of a ``models:/`` source it keeps the folder that this means now.

        It is ready when the call returns; `await_creation_for` and `model_id` are accepted for MLflow's sake. Whether
        anything lies at `source` is not asked: `register_model` does that.
        """
        return create_version(self._registry, self._store, name, source, run_id, tags or {}, run_link, description)

    def copy_model_version(self, src_model_uri: str, dst_name: str) -> ModelVersion:
        """Make a version the next one of another model, which is created when it is not there.

        Run, description and tags go along, stage and aliases do not. The files stay where they are.

        Parameters
        ----------
        src_model_uri : str
            ``models:/<name>/<version>``, ``models:/<name>/<stage>`` or ``models:/<name>@<alias>``.
        dst_name : str

        Raises
        ------
        NotFound
            There is no such version.
        MlflowException
            Not of one of those forms.
        """
        return copy_model_version(self._registry, self._store, src_model_uri, dst_name)

    def get_model_version(self, name: str, version: str) -> ModelVersion:
        """A version; `NotFound` when there is none."""
        return self._registry.get_model_version(name, str(version))

    def update_model_version(self, name: str, version: str, description: str | None = None) -> ModelVersion:
        """Set a version's description."""
        return self._registry.update_model_version(name, str(version), description, author())

    def delete_model_version(self, name: str, version: str) -> None:
        """Remove a version; its number is not used again."""
        self._registry.delete_model_version(name, str(version), author())

    def search_model_versions(
        self,
        filter_string: str | None = None,
        max_results: int = 10000,
        order_by: list[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[ModelVersion]:
        """One page of versions; ``.token`` asks for the next."""
        return self._registry.search_model_versions(filter_string, max_results, order_by, page_token)

    def get_model_version_download_uri(self, name: str, version: str) -> str:
        """Where a version's folder is loaded from."""
        return place_of_version(self._registry.get_model_version(name, str(version)), self._store)

    def get_model_version_stages(self, name: str, version: str) -> list[str]:
        """The stages that a version can have."""
        return list(STAGES)

    def get_latest_versions(self, name: str, stages: list[str] | None = None) -> list[ModelVersion]:
        """The highest version of each stage, all four by default, by version."""
        return self._registry.get_latest_versions(name, stages)

    def transition_model_version_stage(
        self, name: str, version: str, stage: str, archive_existing_versions: bool = False, comment: str | None = None,
        force: bool = False,
    ) -> ModelVersion:  # fmt: skip
        """Move a version to a stage, and what is there to Archived when asked (Staging and Production only).

        Gates may refuse it with `GateRefused`, see `registry.require`; ``force=True`` with a comment moves it anyway. Both
        stand in the model's history. MLflow warns that its stages will go; ours stay, and nothing is said.
        """
        by = author(comment)
        return move_version(self._registry, name, str(version), stage, None, archive_existing_versions, by, force)

    def get_model_history(self, name: str) -> pd.DataFrame:
        """Who did what to a model, when and from where, newest first; also of one that was deleted or renamed.

        Returns
        -------
        pandas.DataFrame
            ``time`` (UTC), ``user, host, notebook, cell, action, name, version, key, before, after, comment, forced, text``.
        """
        return events_to_frame(self._registry.get_model_history(name))

    def set_model_version_tag(
        self, name: str, version: str | None = None, key: str | None = None, value: Any = None, stage: str | None = None
    ) -> None:
        """Set a tag of a version, or of the latest version in a stage."""
        self._registry.set_model_version_tag(
            name, self._version(name, version, stage), check_key(key, "tag name"), value, author()
        )

    def delete_model_version_tag(
        self, name: str, version: str | None = None, key: str | None = None, stage: str | None = None
    ) -> None:
        """Remove a tag of a version, or of the latest version in a stage, if it is there."""
        self._registry.delete_model_version_tag(
            name, self._version(name, version, stage), check_key(key, "tag name"), author()
        )

    def _version(self, name: str, version: str | None, stage: str | None) -> str:
        return version_or_latest(self, name, version, stage)


def version_or_latest(client: MlflowClient, name: str, version: str | None, stage: str | None) -> str:
    """The version given, or the latest one in the stage given."""
    if (version is None) == (stage is None):
        raise InvalidParameter("Give either a version or a stage.")
    if version is not None:
        return str(version)
    latest = client.get_latest_versions(name, [stage or ""])
    if not latest:
        raise NotFound(f"Registered model {name!r} has no version in stage {stage!r}.")
    return latest[0].version
