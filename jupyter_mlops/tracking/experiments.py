"""Experiments by the fluent functions."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.storage.artifact_stores.places import check_place
from jupyter_mlops.tracking.run_states import look_again
from jupyter_mlops.tracking.settings import current_store, experiment_for_run

__all__ = [
    "create_experiment", "delete_experiment", "delete_experiment_tag", "get_experiment", "get_experiment_by_name",
    "restore_experiment", "search_experiments", "set_experiment_tag", "set_experiment_tags",
]  # fmt: skip


def create_experiment(name: str, artifact_location: str | None = None, tags: dict[str, Any] | None = None) -> str:
    """Make an experiment.

    Parameters
    ----------
    name : str
        At most 500 characters.
    artifact_location : str, optional
        Folder of its runs' artifacts, or its URI, such as ``"s3://bucket/team"`` (without credentials: those are taken
        from where the storage's own tools look); by default below ``mlartifacts/`` beside the store.
    tags : dict of str to str, optional

    Returns
    -------
    str
        Its id.

    Raises
    ------
    AlreadyExists
        The name is taken, by a deleted experiment too.
    InvalidParameter
        Artifacts cannot be kept there, or credentials stand in the URI.
    """
    check_place(artifact_location)
    return current_store().create_experiment(name, artifact_location, tags or {})


def get_experiment(experiment_id: str) -> Experiment:
    """An experiment, deleted ones too; `NotFound` when there is none."""
    return current_store().get_experiment(str(experiment_id))


def get_experiment_by_name(name: str) -> Experiment | None:
    """An experiment, deleted ones too; None when there is none."""
    return current_store().get_experiment_by_name(name)


def delete_experiment(experiment_id: str) -> None:
    """Set an experiment and its runs to deleted; `restore_experiment` undoes it."""
    current_store().delete_experiment(str(experiment_id))
    look_again(current_store())


def restore_experiment(experiment_id: str) -> None:
    """Set a deleted experiment and all its runs to active."""
    current_store().restore_experiment(str(experiment_id))
    look_again(current_store())


def set_experiment_tag(key: str, value: Any) -> None:
    """Set a tag of the experiment that new runs belong to."""
    current_store().set_experiment_tag(experiment_for_run(), key, value)


def set_experiment_tags(tags: dict[str, Any]) -> None:
    """Set several tags of the experiment that new runs belong to."""
    for key, value in tags.items():
        set_experiment_tag(key, value)


def delete_experiment_tag(key: str) -> None:
    """Remove a tag of the experiment that new runs belong to; `NotFound` when it has none of that name."""
    current_store().delete_experiment_tag(experiment_for_run(), key)


def search_experiments(
    view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: list[str] | None = None,
) -> list[Experiment]:
    """Experiments that match a filter, newest first by default.

    Parameters
    ----------
    view_type : int, default ``ViewType.ACTIVE_ONLY``
    max_results : int, optional
        All by default.
    filter_string : str, optional
        Such as ``"name LIKE 'iris%' AND tags.team = 'a'"``.
    order_by : list of str, optional
        Such as ``["creation_time DESC"]``.

    Raises
    ------
    InvalidFilter
        The filter or order cannot be read.
    """
    store = current_store()
    return every_page(
        lambda size, token: store.search_experiments(filter_string, view_type, size, order_by, token), max_results, 1000
    )
