"""Numbered migrations: ``schema/NNNN_name.sql``, applied in order, each in one transaction, under the lease.

A migration adds tables and columns, so that versions of the package that do not know them go on working. One that
changes what is there says ``-- min_reader: NNNN`` in its first lines: readers below that number then refuse the store,
and it is applied only when somebody asks for it, by ``jupyter mlops store migrate``.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
from typing import Any, NamedTuple

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.experiments import DEFAULT_EXPERIMENT_NAME
from jupyter_mlops.errors import StoreError, StoreNewer
from jupyter_mlops.storage.journal.heads import ARTIFACT_ROOT

__all__ = ["SCHEMA_VERSION", "NeedsMigration", "check_schema", "migrate", "pending", "read_meta"]


class Migration(NamedTuple):
    """One script, and the least schema that a reader must know afterwards; None when it only adds."""

    number: int
    name: str
    script: str
    min_reader: int | None


class NeedsMigration(Exception):
    """The store is older than this version of the package; nothing was changed yet.

    Attributes
    ----------
    meta : dict
        As `read_meta` returned it.
    """

    def __init__(self, meta: dict[str, str]) -> None:
        self.meta = meta
        super().__init__(f"schema {meta['schema']}")


@functools.cache
def _migrations() -> tuple[Migration, ...]:
    folder = importlib.resources.files("jupyter_mlops.storage.duckdb") / "schema"
    found = []
    for entry in folder.iterdir():
        if named := re.fullmatch(r"(\d{4})_(\w+)\.sql", entry.name):
            script = entry.read_text("utf-8")
            changes = re.search(r"^-- min_reader: (\d+)$", script, re.MULTILINE)
            found.append(Migration(int(named[1]), named[2], script, int(changes[1]) if changes else None))
    return tuple(sorted(found))


SCHEMA_VERSION = 3


def pending(schema: int) -> list[Migration]:
    """Migrations that a store of that schema lacks, in order.

    Examples
    --------
    >>> [migration.name for migration in pending(1)]
    ['imports', 'registry']
    """
    if schema >= SCHEMA_VERSION:
        return []  # without a look at the scripts: every session asks
    return [migration for migration in _migrations() if migration.number > schema]


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


def check_schema(meta: dict[str, str]) -> None:
    """Raise when a store that is there must be migrated before it is used.

    Raises
    ------
    NeedsMigration
        Something is to be added, which is done by whoever opens the store.
    StoreError
        Something would change under the hands of older versions: that is for the user to ask for.
    """
    if not meta or not (lacking := pending(int(meta["schema"]))):
        return
    if any(migration.min_reader for migration in lacking):
        raise StoreError(
            f"The store has schema {meta['schema']} and this version of jupyter_mlops works with {SCHEMA_VERSION}. "
            "Older versions cannot use it afterwards, so nothing is changed unasked: stop them, then say "
            "`jupyter mlops store migrate`. What is logged meanwhile is kept."
        )
    raise NeedsMigration(meta)


def migrate(connection: Any, meta: dict[str, str], store_id: str, database: str = "store") -> str:
    """Bring an attached database to `SCHEMA_VERSION`; returns its store id.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    meta : dict
        As `read_meta` returned it.
    store_id : str
        For a store that is made here; an existing one keeps its own.
    database : str
        The name under which it is attached.
    """
    for migration in pending(int(meta.get("schema", 0))):
        _apply(connection, migration, store_id, database)
    return meta.get("store_id", store_id)


def _apply(connection: Any, migration: Migration, store_id: str, database: str) -> None:
    connection.execute("BEGIN")
    try:
        connection.execute(f"USE {database}")
        connection.execute(migration.script)
        if migration.number == 1:
            _found(connection, store_id)
        _set(connection, "schema", migration.number)
        if migration.min_reader:
            _set(connection, "min_reader", migration.min_reader)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    finally:
        connection.execute("USE memory")


def _set(connection: Any, key: str, value: int) -> None:
    connection.execute("UPDATE meta SET value = ? WHERE key = ?", [str(value), key])


def _found(connection: Any, store_id: str) -> None:
    meta = {"store_id": store_id, "schema": "1", "min_reader": "1", "min_writer": "1", "change": "1"}
    connection.execute("INSERT INTO meta SELECT unnest(?), unnest(?)", [list(meta), list(meta.values())])
    connection.execute(
        "INSERT INTO experiments VALUES (0, ?, ?, 'active', ?, ?, 1)",
        [DEFAULT_EXPERIMENT_NAME, f"{ARTIFACT_ROOT}/0", now_ms(), now_ms()],
    )
