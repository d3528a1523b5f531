"""A store brought to this version's schema because somebody asked for it."""

from __future__ import annotations

import os

from jupyter_mlops.storage.duckdb.migrations import SCHEMA_VERSION, pending, read_meta
from jupyter_mlops.storage.duckdb.sessions import attached
from jupyter_mlops.storage.duckdb.store import DuckDBStore

__all__ = ["migrate_store"]


def migrate_store(store: DuckDBStore) -> tuple[int, int, str | None]:
    """Bring a store to this version's schema, also where older versions of the package cannot read it afterwards.

    Returns
    -------
    before, after : int
        Schemas.
    backup : str or None
        Folder of the backup that was made before; None when there was nothing to do.

    Raises
    ------
    StoreBusy, StoreNewer, StoreError
        Nothing was changed.

    Examples
    --------
    >>> from jupyter_mlops.storage.opened import open_store_file
    >>> migrate_store(open_store_file(None, "this"))[2] is None
    True
    """
    if not os.path.exists(store.path):
        store.last_change()  # all there is lies in the journal
    with store.files.turn("migrate"):
        with attached(store.path) as session:
            meta = read_meta(session.connection)
        schema = int(meta.get("schema", SCHEMA_VERSION))
        backup = store.files.migrate(meta) if pending(schema) else None
    store.last_change()
    return schema, max(schema, SCHEMA_VERSION), backup
