"""Data sets of DuckDB."""

from __future__ import annotations

import os
from typing import Any

from jupyter_mlops.data.duckdb_dataset_source import DuckDBDatasetSource
from jupyter_mlops.data.pandas_dataset import PandasDataset, from_pandas
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.duckdb.tables import query_frame

__all__ = ["from_duckdb"]


def from_duckdb(
    query: Any,
    database: str | os.PathLike[str] | None = None,
    source: Any = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> PandasDataset:
    """A data set from what a query of DuckDB gives; other parameters are those of `from_pandas`.

    Parameters
    ----------
    query : str or duckdb.DuckDBPyRelation
        One statement that reads, such as ``FROM 'wine.parquet'``; or a relation of a connection of yours.
    database : str or path, optional
        DuckDB file to read from; it is opened to read and let go.
    source : str, path or DatasetSource, optional
        By default the query and `database`, so that ``get_source(…).load()`` runs it again.

    Returns
    -------
    PandasDataset

    Raises
    ------
    InvalidParameter
        The query does more than read, or does not run.

    Examples
    --------
    >>> wine = from_duckdb("SELECT 3.1::DOUBLE AS ph, 1 AS good", targets="good")
    >>> wine.source
    <DuckDBDatasetSource: {"query": "SELECT 3.1::DOUBLE AS ph, 1 AS good", "database": null}>
    """
    if not isinstance(query, str):
        if database is not None or not hasattr(query, "df"):
            raise InvalidParameter("from_duckdb() takes a query as text and a database, or a relation of DuckDB alone.")
        return from_pandas(query.df(), source, targets, name, digest, predictions)
    path = None if database is None else os.path.abspath(database)
    frame = query_frame(query, path)
    return from_pandas(frame, source or DuckDBDatasetSource(query, path), targets, name, digest, predictions)
