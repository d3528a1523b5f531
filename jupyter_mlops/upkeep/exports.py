"""A store as plain files, for other tools."""

from __future__ import annotations

import os
import shutil
import tempfile

from jupyter_mlops.errors import AlreadyExists
from jupyter_mlops.storage.duckdb.exports import export_views
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.upkeep.bars import count_bar

__all__ = ["export_store"]


def export_store(store: DuckDBStore, folder: str, format_: str = "parquet", *, progress: bool = False) -> dict[str, int]:
    """Write the documented views of a store to files, one each.

    Parameters
    ----------
    store : DuckDBStore
    folder : str
        Must not be there; it is there when all of it is written.
    format_ : {"parquet", "csv"}
    progress : bool, default False

    Returns
    -------
    dict of str to int
        Rows by view.

    Raises
    ------
    AlreadyExists
        There is something at `folder`.
    InvalidParameter
        Another format.
    StoreBusy, StoreError

    Notes
    -----
    All files are as of one moment. Works on a copy: others wait only while that is made.

    Examples
    --------
    >>> from jupyter_mlops.storage.opened import open_store_file
    >>> export_store(open_store_file(None, "this"), "exported")["runs"]
    0
    """
    folder = os.path.abspath(folder)
    if os.path.lexists(folder):
        raise AlreadyExists(f"There is something at {folder} already: name a folder that is to be made.")
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    partial = tempfile.mkdtemp(prefix=".mlops-export-", dir=os.path.dirname(folder))
    rows = {}
    try:
        with count_bar("exporting", shown=progress) as bar:
            for name, count, left in export_views(store.files, partial, format_):
                rows[name] = count
                bar.total = len(rows) + left
                bar.set_postfix_str(name)
                bar.update()
        os.rename(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return rows
