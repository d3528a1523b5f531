"""Which store and experiment the fluent functions mean, for the whole process."""

from __future__ import annotations

import logging
import os
import threading

from jupyter_mlops.entities.experiments import DEFAULT_EXPERIMENT_ID, Experiment
from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.locate import default_store, store_path

__all__ = [
    "current_store", "experiment_for_run", "get_registry_uri", "get_tracking_uri", "is_tracking_uri_set", "open_store",
    "set_experiment", "set_registry_uri", "set_tracking_uri",
]  # fmt: skip

_log = logging.getLogger(__name__)
_stores: dict[str, DuckDBStore] = {}
_lock = threading.Lock()
_tracking_uri: str | None = None
_registry_uri: str | None = None
_experiment_id: str | None = None


def open_store(uri: str | None = None) -> DuckDBStore:
    """The store that a tracking URI means, the current one for None; one object per store and process."""
    path = store_path(uri or get_tracking_uri())
    with _lock:
        if path not in _stores:
            _stores[path] = DuckDBStore(path)
        return _stores[path]


def current_store() -> DuckDBStore:
    """The store that the fluent functions mean now."""
    return open_store()


def set_tracking_uri(uri: str | os.PathLike[str] | None) -> None:
    """Say where runs are kept, for this process and those that it starts.

    Parameters
    ----------
    uri : str, path or None
        A path such as ``"./mlops.duckdb"``, ``duckdb:///path``, or MLflow's ``sqlite:///…``, ``file:…``, ``./mlruns``,
        which mean a ``.duckdb`` file beside them. None forgets what was set.

    Raises
    ------
    InvalidParameter
        A URI that is not a file of this machine.

    Notes
    -----
    Runs that are active stay in their store. Exports ``MLFLOW_TRACKING_URI``.

    Examples
    --------
    >>> import jupyter_mlops, tempfile
    >>> jupyter_mlops.set_tracking_uri(tempfile.mkdtemp() + "/mlops.duckdb")
    """
    global _tracking_uri, _experiment_id
    path = None if uri is None else store_path(uri)
    if path != _tracking_uri:
        _experiment_id = None  # ids of one store mean nothing in another
        if _exported.pop("MLFLOW_EXPERIMENT_ID", None):
            os.environ.pop("MLFLOW_EXPERIMENT_ID", None)
    _tracking_uri = path
    _export("MLFLOW_TRACKING_URI", path)


_exported: dict[str, str] = {}


def _export(variable: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(variable, None)
        _exported.pop(variable, None)
    else:
        os.environ[variable] = _exported[variable] = value


def get_tracking_uri() -> str:
    """Where runs are kept: the absolute path of the store's file."""
    return _tracking_uri or store_path(default_store())


def is_tracking_uri_set() -> bool:
    """Whether a place was set, here or by ``JUPYTER_MLOPS_TRACKING_URI`` or ``MLFLOW_TRACKING_URI``."""
    names = ("JUPYTER_MLOPS_TRACKING_URI", "MLFLOW_TRACKING_URI")
    return _tracking_uri is not None or any(os.environ.get(name) for name in names)


def set_registry_uri(uri: str | None) -> None:
    """Say where models are registered; by default where runs are kept."""
    global _registry_uri
    _registry_uri = None if uri is None else store_path(uri)


def get_registry_uri() -> str:
    """Where models are registered."""
    if _registry_uri:
        return _registry_uri
    configured = os.environ.get("MLFLOW_REGISTRY_URI")
    return store_path(configured) if configured else get_tracking_uri()


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
    global _experiment_id
    if (experiment_name is None) == (experiment_id is None):
        raise InvalidParameter("Give set_experiment() either a name or an id.")
    store = current_store()
    experiment = _named(store, experiment_name) if experiment_name is not None else store.get_experiment(str(experiment_id))
    if experiment.lifecycle_stage != "active":
        raise InvalidParameter(f"Experiment {experiment.name!r} is deleted: restore it first, or choose another.")
    _experiment_id = experiment.experiment_id
    _export("MLFLOW_EXPERIMENT_ID", _experiment_id)
    return experiment


def _named(store: DuckDBStore, name: str) -> Experiment:
    found = store.get_experiment_by_name(name)
    if found is None:
        _log.info("Experiment %r is not there yet and is created.", name)
        return store.get_experiment(store.create_experiment(name, None, {}))
    return found


def chosen_experiment() -> str | None:
    """Id of the experiment chosen by `set_experiment`, if any."""
    return _experiment_id


def experiment_for_run(experiment_id: str | int | None = None) -> str:
    """Id of the experiment that a new run belongs to.

    The argument, else `set_experiment`'s, else ``MLFLOW_EXPERIMENT_NAME`` (created when missing), else
    ``MLFLOW_EXPERIMENT_ID``, else the default one.
    """
    if experiment_id is not None:
        if isinstance(experiment_id, bool) or not isinstance(experiment_id, (str, int)):
            raise InvalidParameter(f"experiment_id must be a str or int, not {experiment_id!r}.")
        return str(experiment_id)
    if _experiment_id is not None:
        return _experiment_id
    configured = os.environ.get("MLFLOW_EXPERIMENT_ID")
    if name := os.environ.get("MLFLOW_EXPERIMENT_NAME"):
        return _by_name(name, configured)
    if configured:
        return _by_id(configured)
    return DEFAULT_EXPERIMENT_ID


def _by_name(name: str, configured: str | None) -> str:
    store = current_store()
    known = store.known_experiment(name=name)
    found = known.experiment_id if known else _named(store, name).experiment_id
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
            raise InvalidParameter(f"MLFLOW_EXPERIMENT_ID is {experiment_id!r}; there is no such experiment.") from error
    return experiment_id
