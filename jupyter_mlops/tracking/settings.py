"""Which experiment new runs belong to, for the whole process."""

from __future__ import annotations

import logging

from jupyter_mlops.context.notebooks import tell_page
from jupyter_mlops.entities.experiments import DEFAULT_EXPERIMENT_ID, Experiment
from jupyter_mlops.entities.variables import EXPERIMENT_ID, EXPERIMENT_NAME
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.opened import open_store

__all__ = ["chosen_experiment", "current_store", "experiment_for_run", "experiment_named", "set_experiment"]

_log = logging.getLogger(__name__)
_chosen: tuple[str, str] | None = None  # store and experiment: an id of one store means nothing in another


def current_store() -> Store:
    """The store that the fluent functions mean now."""
    return open_store()


def set_experiment(experiment_name: str | None = None, experiment_id: str | None = None) -> Experiment:
    """Choose the experiment of runs to come, in all threads; a name that is not there is created.

    Parameters
    ----------
    experiment_name, experiment_id : str
        Exactly one of them.

    Returns
    -------
    Experiment

    Raises
    ------
    InvalidParameter
        Both or none given, or the experiment is deleted.
    NotFound
        There is no experiment of that id.

    Examples
    --------
    >>> import jupyter_mlops
    >>> jupyter_mlops.set_experiment("iris").name
    'iris'
    """
    global _chosen
    if (experiment_name is None) == (experiment_id is None):
        raise InvalidParameter("Give set_experiment() either a name or an id.")
    store = current_store()
    experiment = (
        _named(store, experiment_name) if experiment_name is not None else store.get_experiment(str(experiment_id))
    )
    if experiment.lifecycle_stage != "active":
        raise InvalidParameter(f"Experiment {experiment.name!r} is deleted: restore it first, or choose another.")
    _chosen = (store.uri, experiment.experiment_id)
    EXPERIMENT_ID.set(experiment.experiment_id)
    tell_page("experiment", {"store": store.key, "id": experiment.experiment_id, "name": experiment.name})
    return experiment


def _named(store: Store, name: str) -> Experiment:
    found = store.get_experiment_by_name(name)
    if found is None:
        _log.info("Experiment %r is not there yet and is created.", name)
        return store.get_experiment(store.create_experiment(name, None, {}))
    return found


def chosen_experiment() -> str | None:
    """Id of the experiment that `set_experiment` chose in the store that is meant now, if any."""
    return _chosen[1] if _chosen and _chosen[0] == current_store().uri else None


def _configured() -> str | None:
    """``MLFLOW_EXPERIMENT_ID``, but not when it was exported here for another store."""
    value = EXPERIMENT_ID.get()
    is_stale = _chosen is not None and value == _chosen[1] and _chosen[0] != current_store().uri
    return None if is_stale else value


def experiment_for_run(experiment_id: str | int | None = None) -> str:
    """Id of the experiment that a new run belongs to.

    The argument, else `set_experiment`'s, else ``MLFLOW_EXPERIMENT_NAME`` (created when missing), else
    ``MLFLOW_EXPERIMENT_ID``, else the default one.
    """
    if experiment_id is not None:
        if isinstance(experiment_id, bool) or not isinstance(experiment_id, (str, int)):
            raise InvalidParameter(f"experiment_id must be a str or int, not {experiment_id!r}.")
        return str(experiment_id)
    if (chosen := chosen_experiment()) is not None:
        return chosen
    configured = _configured()
    if name := EXPERIMENT_NAME.get():
        return _by_name(name, configured)
    if configured:
        return _by_id(configured)
    return DEFAULT_EXPERIMENT_ID


def experiment_named(name: str) -> str:
    """Id of the experiment of that name, made when there is none; without the database when writers know it."""
    store = current_store()
    known = store.known_experiment(name=name)
    return known.experiment_id if known else _named(store, name).experiment_id


def _by_name(name: str, configured: str | None) -> str:
    found = experiment_named(name)
    if configured and configured != found:
        raise InvalidParameter(
            f"MLFLOW_EXPERIMENT_ID is {configured!r}, but MLFLOW_EXPERIMENT_NAME {name!r} has id {found!r}: unset one."
        )
    return found


def _by_id(experiment_id: str) -> str:
    store = current_store()
    if store.known_experiment(experiment_id=experiment_id) is None:
        try:
            store.get_experiment(experiment_id)
        except NotFound as error:
            raise InvalidParameter(
                f"MLFLOW_EXPERIMENT_ID is {experiment_id!r}; there is no such experiment."
            ) from error
    return experiment_id
