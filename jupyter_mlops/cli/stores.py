"""The store that a command works on."""

from __future__ import annotations

import os

from jupyter_mlops.errors import NotFound
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.opened import open_store

__all__ = ["existing_store"]


def existing_store(uri: str | None) -> DuckDBStore:
    """The store at `uri`, or the one that is meant here; it must be there.

    Raises
    ------
    NotFound
        There is none: a command that looks after stores makes none.
    """
    store = open_store(uri)
    if not any(os.path.exists(place) for place in (store.path, store.files.folder)):
        raise NotFound(f"There is no store at {store.path}. Name one with --store.")
    return store
