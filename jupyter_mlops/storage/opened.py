"""The stores that this process has open, and the one that is meant when none is named."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import TYPE_CHECKING

from jupyter_mlops.entities.messages import configure_messages
from jupyter_mlops.entities.runs import RunInfo
from jupyter_mlops.entities.variables import REGISTRY_URI, TRACKING_URI
from jupyter_mlops.errors import ServerError, ServerLacks
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.base import Store, TrackingStore
from jupyter_mlops.storage.duckdb.foreign_files import check_not_foreign
from jupyter_mlops.storage.duckdb.sessions import at_exit
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.http.addresses import address_of, is_server
from jupyter_mlops.storage.locate import default_store, store_path

if TYPE_CHECKING:
    from jupyter_mlops.storage.remote.stores import RemoteStore

__all__ = [
    "artifacts_to_write", "flush", "get_registry_uri", "get_tracking_uri", "is_tracking_uri_set", "location_of", "open_store",
    "open_store_file", "remote_stores", "set_registry_uri", "set_tracking_uri",
]  # fmt: skip

_stores: dict[str, Store] = {}
_lock = threading.Lock()
_tracking_uri: str | None = None
_registry_uri: str | None = None
_OURS, _THEIRS = TRACKING_URI.names
_hidden: list[str] = []  # what the user's own variable said before it was overridden


def location_of(uri: str | os.PathLike[str]) -> str:
    """Where the store lies that a tracking URI means: the absolute path of its file, or the address of a server.

    Examples
    --------
    >>> location_of("http://localhost:5000/")
    'http://localhost:5000'
    """
    text = os.fspath(uri)
    return address_of(text) if is_server(text) else store_path(text)


def open_store(uri: str | os.PathLike[str] | None = None) -> Store:
    """The store that a tracking URI means, the current one for None; one object per store and process."""
    if not _stores:
        configure_messages()
    given = os.fspath(uri or _current())
    place = location_of(given)
    if place not in _stores:
        _check(place)
    with _lock:
        if place not in _stores:
            _stores[place] = _remote(given) if is_server(given) else DuckDBStore(place)
        elif "@" in given and is_server(given):
            _remember(given)
        return _stores[place]


def _check(place: str) -> None:
    """Raise where nothing of ours may lie: in a DuckDB file of other software."""
    if not is_server(place):
        check_not_foreign(place)


def _remote(uri: str) -> RemoteStore:
    from jupyter_mlops.storage.remote.stores import RemoteStore  # only for servers

    return RemoteStore(uri)


def _remember(uri: str) -> None:
    from jupyter_mlops.storage.http.credentials import remember_user  # only for servers

    remember_user(uri)


def remote_stores() -> list[RemoteStore]:
    """The servers that this process has opened."""
    return [store for store in list(_stores.values()) if not isinstance(store, DuckDBStore)]  # type: ignore[misc]


def open_store_file(uri: str | os.PathLike[str] | None, what: str) -> DuckDBStore:
    """`open_store`, where it must be a file of this machine.

    Raises
    ------
    ServerLacks
        It is behind a server: `what` cannot be done from here.
    """
    store = open_store(uri)
    if isinstance(store, DuckDBStore):
        return store
    raise ServerLacks(f"{what} needs the store's file, and {store.uri} is a server: use it on the machine that has the file.")


def artifacts_to_write(store: TrackingStore, info: RunInfo) -> ArtifactStore:
    """Where the artifacts of a run are put: of a server's run they wait in the outbox."""
    return artifact_store(info.artifact_uri) if isinstance(store, DuckDBStore) else store.artifacts_to_write(info)  # type: ignore[attr-defined, no-any-return]


def flush(timeout: float | None = None) -> bool:
    """Wait until tracking servers have all that this process logged. Local stores have it when a call returns.

    Parameters
    ----------
    timeout : float, seconds, optional
        As long as it takes by default.

    Returns
    -------
    bool
        False when not all is delivered in that time. It goes on in the background.

    Raises
    ------
    ServerUnreachable
        A server takes nothing now. What was logged is kept and delivered later.

    Examples
    --------
    >>> import jupyter_mlops
    >>> jupyter_mlops.flush()
    True
    """
    return all(store.flush(timeout) for store in remote_stores())


@at_exit
def _close_servers() -> None:
    for store in remote_stores():
        with contextlib.suppress(KeyboardInterrupt):  # who does not want to wait is told what is left, too
            if not _is_flushed(store):
                sys.stderr.write(f"jupyter_mlops: delivering to {store.uri} what was logged; Ctrl-C leaves it for later\n")
            store.close()
        waiting = store.outbox.waiting()
        if waiting.records or waiting.files:
            sys.stderr.write(
                f"jupyter_mlops: {waiting.records:,} records and {waiting.files:,} files for {store.uri} are not delivered yet. They are "
                "kept; the next program that uses it delivers them, or: jupyter mlops sync\n"
            )


def _is_flushed(store: RemoteStore) -> bool:
    try:
        return store.flush(1.0)
    except ServerError:
        return False


def set_tracking_uri(uri: str | os.PathLike[str] | None) -> None:
    """Say where runs are kept, for this process and those that it starts.

    Parameters
    ----------
    uri : str, path or None
        A path such as ``"./mlops.duckdb"``, ``duckdb:///path``, or MLflow's ``sqlite:///…``, ``file:…``, ``./mlruns``,
        which mean a ``.duckdb`` file beside them; or the address of a tracking server, ours or MLflow's, such as
        ``http://localhost:5000``. None forgets what was set.

    Raises
    ------
    InvalidParameter
        A URI that is neither a file of this machine nor a server, or a DuckDB file that holds something else.

    Notes
    -----
    Runs that are active stay in their store. Exports ``MLFLOW_TRACKING_URI``.

    Examples
    --------
    >>> import jupyter_mlops, tempfile
    >>> jupyter_mlops.set_tracking_uri(tempfile.mkdtemp() + "/mlops.duckdb")
    """
    global _tracking_uri
    _tracking_uri = None if uri is None else _chosen(uri)
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
    """Where runs are kept: the absolute path of the store's file, or the address of the server, without user and password."""
    return location_of(_current())


def _current() -> str:
    return _tracking_uri or _given(default_store())


def _given(uri: str | os.PathLike[str]) -> str:
    """A URI as it is exported to child processes: a server's with its user, who would else not be let in there."""
    text = os.fspath(uri)
    return text if is_server(text) and address_of(text) else store_path(text)


def _chosen(uri: str | os.PathLike[str]) -> str:
    given = _given(uri)
    _check(given)
    return given


def is_tracking_uri_set() -> bool:
    """Whether a place was set, here or by ``JUPYTER_MLOPS_TRACKING_URI`` or ``MLFLOW_TRACKING_URI``."""
    return _tracking_uri is not None or TRACKING_URI.given() is not None


def set_registry_uri(uri: str | None) -> None:
    """Say where models are registered; by default where runs are kept."""
    global _registry_uri
    _registry_uri = None if uri is None else _chosen(uri)


def get_registry_uri() -> str:
    """Where models are registered."""
    chosen = _registry_uri or REGISTRY_URI.get()
    return location_of(chosen) if chosen else get_tracking_uri()
