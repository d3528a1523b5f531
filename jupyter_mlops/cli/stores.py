"""The store that a command works on."""

from __future__ import annotations

import os

from jupyter_mlops.errors import InvalidParameter, NotFound
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.opened import open_store_file

__all__ = ["existing_store", "must_be_a_store"]


def existing_store(uri: str | None) -> DuckDBStore:
    """The store at `uri`, or the one that is meant here; it must be there.

    Raises
    ------
    NotFound
        There is none: a command that looks after stores makes none.
    InvalidParameter
        It is some other file.
    """
    store = open_store_file(uri, "This command")
    if not any(os.path.exists(place) for place in (store.path, store.files.folder)):
        raise NotFound(f"There is no store at {store.path}. Name one with --store.")
    must_be_a_store(store)
    return store


def must_be_a_store(store: DuckDBStore) -> None:
    """Refuse a file that is no database and has no journal beside it: somebody mistyped a name.

    Call it before the store is used: opening and closing the file later would drop the database's lock.
    """
    if not os.path.isfile(store.path) or os.path.isdir(store.files.folder):
        return
    with open(store.path, "rb") as file:
        if file.read(12)[8:] != b"DUCK":
            raise InvalidParameter(f"{store.path} is no store: it is not a DuckDB file.")
