"""DuckDB files that may be somebody else's: looked at before anything of ours is written into or beside them."""

from __future__ import annotations

import os

from jupyter_mlops.errors import InvalidParameter, StoreCorrupt
from jupyter_mlops.storage.duckdb.lease import lease
from jupyter_mlops.storage.duckdb.sessions import attached, warm_up

__all__ = ["check_is_store", "check_not_foreign"]

_PATIENCE_S = 5.0
_COLUMNS = """
SELECT count(*) FILTER ((table_name, column_name) IN (('meta', 'key'), ('meta', 'value'), ('runs', 'run_id'))), count(*)
FROM duckdb_columns() WHERE database_name = 'store'
"""


def check_is_store(path: str, wait_s: float) -> None:
    """Raise unless the file at `path` is a store. It is read only, and nothing is made beside it.

    Parameters
    ----------
    path : str
        Absolute path of a file that is there.
    wait_s : float, seconds
        How long to wait for those who use it.

    Raises
    ------
    InvalidParameter
        A DuckDB file of something else.
    StoreCorrupt
        No DuckDB file.
    StoreBusy
        Somebody holds it all the time.
    """
    ours, _ = _columns(path, wait_s)
    if ours != 3:
        raise _foreign(path)


def check_not_foreign(path: str) -> None:
    """Raise where a store at `path` would lie in a DuckDB file that other software made and filled.

    A store is known by its journal, so only a file without one is looked into.

    Raises
    ------
    InvalidParameter
        A DuckDB file of something else.
    StoreBusy
        Somebody holds the file, so that nobody can tell.
    """
    if os.path.exists(path + ".journal") or not os.path.isfile(path) or os.path.getsize(path) == 0:
        return
    try:
        ours, everything = _columns(path, _PATIENCE_S)
    except StoreCorrupt:
        return  # whoever reads it is told what to do
    if everything > 0 and ours != 3:
        raise _foreign(path)


def _columns(path: str, wait_s: float) -> tuple[int, int]:
    """How many columns the file at `path` has that tell a store, and how many in all."""
    warm_up(os.path.dirname(path))
    locked = os.path.exists(path + ".lock")  # else nobody of ours ever opened it there
    with lease(path, "look at a file", wait_s, locked=locked), attached(path, read_only=True) as session:
        ((ours, everything),) = session.rows(_COLUMNS)
    return ours, everything


def _foreign(path: str) -> InvalidParameter:
    return InvalidParameter(
        f"{os.path.basename(path)} is a DuckDB file, but no store of runs and models: it has no tables of jupyter_mlops. "
        "Query it with duckdb.connect(), and keep runs in another file."
    )
