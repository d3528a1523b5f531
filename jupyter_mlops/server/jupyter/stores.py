"""Which stores a Jupyter server answers for, and which one its kernels and its panel share."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable

from jupyter_mlops.entities.uris import without_credentials
from jupyter_mlops.errors import MlflowException, StoreNotKnown
from jupyter_mlops.server.events import Changes
from jupyter_mlops.server.jupyter.threads import Threads
from jupyter_mlops.server.workers.pools import Workers
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.http.addresses import is_server
from jupyter_mlops.storage.locate import (
    DEFAULT_NAME,
    STORE_VARIABLES,
    data_folder,
    is_store_there,
    known_stores,
    locate_key,
)
from jupyter_mlops.storage.opened import location_of, open_store

__all__ = ["ServedStores", "choose_store"]

_PATIENCE_S = 10.0  # somebody looks at a page that waits; a program waits longer


class ServedStores:
    """The stores that may be asked for.

    Parameters
    ----------
    default : str
        The one that is meant where none is named.
    warn : callable
        Logs what cannot be.
    """

    def __init__(self, default: str, warn: Callable[..., None]) -> None:
        self.default = default
        self.threads = Threads()
        self.workers = _make_workers(warn)
        self._changes: dict[str, Changes] = {}

    def find(self, key: str | None) -> Store:
        """The store of a key.

        Raises
        ------
        StoreNotKnown
            Nor is one made where somebody looks for one that is gone, or on a disk that is away.
        """
        store = open_store(self.default)
        if key not in (None, "", store.key):
            place = locate_key(str(key))
            if not _is_there(place):
                raise StoreNotKnown(f"The store {place} is not there any more. Put it back, or choose another one.")
            store = open_store(place)
        if isinstance(store, DuckDBStore):
            store.files.wait_s = _PATIENCE_S
        return store

    def changes(self, store: Store) -> Changes:
        """What moves in a store, looked at once for all who listen."""
        return self._changes.setdefault(store.key, Changes(store, functools.partial(self.threads.call, store.key)))

    def all(self) -> tuple[str, list[dict[str, str]]]:
        """Key of the default store, and key and location of those that are there."""
        default = self.find(None)
        stores = {default.key: default.uri, **known_stores()}
        return default.key, [{"key": key, "location": path} for key, path in stores.items() if key == default.key or _is_there(path)]


def _is_there(place: str) -> bool:
    return is_server(place) or is_store_there(place)


def choose_store(root: str, warn: Callable[..., None]) -> str:
    """The store of this server: what the environment says, else one in its root folder, else one in the data folder.

    What the environment says is made absolute there, for kernels that run in other folders.
    """
    for name in STORE_VARIABLES:
        if wish := os.environ.get(name):
            try:
                place = location_of(wish)
            except MlflowException as error:
                warn("jupyter_mlops: %s is %s, which the panel cannot show. %s", name, without_credentials(wish), error)
                break
            if not is_server(place):  # an address may hold what lets kernels in
                os.environ[name] = place
            return place
    return os.path.join(root if os.access(root, os.W_OK) else data_folder(), DEFAULT_NAME)


def _make_workers(warn: Callable[..., None]) -> Workers | None:
    """What runs models for pages; None where the environment says what cannot be."""
    try:
        return Workers()
    except MlflowException as error:
        warn("jupyter_mlops runs no models for pages: %s", error)
        return None
