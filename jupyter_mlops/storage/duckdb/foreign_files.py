"""DuckDB files that may be somebody else's: looked at before anything of ours is written into or beside them."""

from __future__ import annotations

import os

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.duckdb.lease import lease
from jupyter_mlops.storage.duckdb.sessions import attached, warm_up

__all__ = ["check_is_store"]

_IS_OURS = """
SELECT count(*) FROM duckdb_columns()
WHERE database_name = 'store' AND (table_name, column_name) IN (('meta', 'key'), ('meta', 'value'), ('runs', 'run_id'))
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
    warm_up(os.path.dirname(path))
    locked = os.path.exists(path + ".lock")  # else nobody of ours ever opened it there
    with lease(path, "look at a file", wait_s, locked=locked), attached(path, read_only=True) as session:
        found = session.row(_IS_OURS)
    if found != (3,):
        raise InvalidParameter(
            f"{os.path.basename(path)} is a DuckDB file, but no store of runs and models: it has no tables of jupyter_mlops. "
            "Query it with duckdb.connect()."
        )
