"""Numbered migrations: ``schema/NNNN_name.sql``, applied in order, each in one transaction, under the lease."""

from __future__ import annotations

import importlib.resources
import re
from typing import Any

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.experiments import DEFAULT_EXPERIMENT_NAME
from jupyter_mlops.errors import StoreNewer
from jupyter_mlops.storage.journal.heads import ARTIFACT_ROOT

__all__ = ["SCHEMA_VERSION", "migrate", "read_meta"]

SCHEMA_VERSION = 2


def _scripts() -> list[tuple[int, str]]:
    folder = importlib.resources.files("jupyter_mlops.storage.duckdb") / "schema"
    named = ((re.match(r"(\d{4})_", entry.name), entry) for entry in folder.iterdir())
    return sorted((int(found[1]), entry.read_text("utf-8")) for found, entry in named if found)


def read_meta(connection: Any) -> dict[str, str]:
    """What the attached database ``store`` says of itself; nothing when it is still empty.

    Raises
    ------
    StoreNewer
        The store asks for a newer reader.
    """
    import duckdb

    try:
        meta = dict(connection.execute("SELECT key, value FROM store.meta").fetchall())
    except duckdb.CatalogException:
        return {}
    if int(meta["min_reader"]) > SCHEMA_VERSION:
        raise StoreNewer(
            f"The store has schema {meta['schema']}; this version of jupyter_mlops reads up to {SCHEMA_VERSION}. Upgrade it."
        )
    return meta


def migrate(connection: Any, meta: dict[str, str], store_id: str) -> str:
    """Bring the attached database ``store`` to `SCHEMA_VERSION`; returns its store id.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    meta : dict
        As `read_meta` returned it.
    store_id : str
        For a store that is made here; an existing one keeps its own.
    """
    version = int(meta.get("schema", 0))
    for number, script in _scripts() if version < SCHEMA_VERSION else ():
        if number > version:
            connection.execute("BEGIN")
            try:
                connection.execute("USE store")
                connection.execute(script)
                if number == 1:
                    _found(connection, store_id)
                connection.execute("UPDATE store.meta SET value = ? WHERE key = 'schema'", [str(number)])
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            finally:
                connection.execute("USE memory")
    return meta.get("store_id", store_id)


def _found(connection: Any, store_id: str) -> None:
    meta = {"store_id": store_id, "schema": "1", "min_reader": "1", "min_writer": "1", "change": "1"}
    connection.execute("INSERT INTO store.meta SELECT unnest(?), unnest(?)", [list(meta), list(meta.values())])
    connection.execute(
        "INSERT INTO store.experiments VALUES (0, ?, ?, 'active', ?, ?, 1)",
        [DEFAULT_EXPERIMENT_NAME, f"{ARTIFACT_ROOT}/0", now_ms(), now_ms()],
    )
