"""The stores that this process has open, and the one that is meant when none is named."""

from __future__ import annotations

import os
import threading

from jupyter_mlops.entities.messages import configure_messages
from jupyter_mlops.entities.variables import REGISTRY_URI, TRACKING_URI
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.locate import default_store, store_path

__all__ = [
    "get_registry_uri",
    "get_tracking_uri",
    "is_tracking_uri_set",
    "open_store",
    "set_registry_uri",
    "set_tracking_uri",
]

_stores: dict[str, DuckDBStore] = {}
_lock = threading.Lock()
_tracking_uri: str | None = None
_registry_uri: str | None = None
_OURS, _THEIRS = TRACKING_URI.names
_hidden: list[str] = []  # what the user's own variable said before it was overridden


def open_store(uri: str | None = None) -> DuckDBStore:
    """The store that a tracking URI means, the current one for None; one object per store and process."""
    if not _stores:
        configure_messages()
    path = store_path(uri or get_tracking_uri())
    with _lock:
        if path not in _stores:
            _stores[path] = DuckDBStore(path)
        return _stores[path]


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
    global _tracking_uri
    _tracking_uri = None if uri is None else store_path(uri)
    if _tracking_uri is None:
        os.environ.pop(_THEIRS, None)
        if _hidden:
            os.environ[_OURS] = _hidden.pop()
        return
    os.environ[_THEIRS] = _tracking_uri
    if _OURS in os.environ:  # it would win in processes that this one starts
        if not _hidden:
            _hidden.append(os.environ[_OURS])
        os.environ[_OURS] = _tracking_uri


def get_tracking_uri() -> str:
    """Where runs are kept: the absolute path of the store's file."""
    return _tracking_uri or store_path(default_store())


def is_tracking_uri_set() -> bool:
    """Whether a place was set, here or by ``JUPYTER_MLOPS_TRACKING_URI`` or ``MLFLOW_TRACKING_URI``."""
    return _tracking_uri is not None or TRACKING_URI.given() is not None


def set_registry_uri(uri: str | None) -> None:
    """Say where models are registered; by default where runs are kept."""
    global _registry_uri
    _registry_uri = None if uri is None else store_path(uri)


def get_registry_uri() -> str:
    """Where models are registered."""
    if _registry_uri:
        return _registry_uri
    configured = REGISTRY_URI.get()
    return store_path(configured) if configured else get_tracking_uri()
