"""DataFrames from Parquet files and from queries on the user's own databases, without another library for them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.duckdb.queries import reading_statement
from jupyter_mlops.storage.duckdb.sessions import quoted
from jupyter_mlops.storage.interrupts import whole_import

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

__all__ = ["parquet_head", "query_frame", "query_to_parquet", "read_parquet", "write_parquet"]


def write_parquet(frame: pd.DataFrame, path: str) -> None:
    """Write a DataFrame, without its index, to a Parquet file.

    Examples
    --------
    >>> import pandas as pd
    >>> write_parquet(pd.DataFrame({"a": [1, 2]}), "a.parquet")
    >>> read_parquet("a.parquet")["a"].tolist()
    [1, 2]
    """
    import duckdb

    with duckdb.connect(":memory:") as engine:
        engine.register("frame", frame)
        engine.execute(f"COPY (FROM frame) TO {quoted(path)} (FORMAT parquet)")


def read_parquet(path: str) -> pd.DataFrame:
    """What a Parquet file holds."""
    import duckdb

    with duckdb.connect(":memory:") as engine:
        return engine.execute(f"FROM read_parquet({quoted(path)})").df()


def parquet_head(path: str, most: int) -> tuple[pd.DataFrame, int]:
    """The first rows of a Parquet file, and how many it has: a small file can hold more than memory does.

    Raises
    ------
    InvalidParameter
        It is none.
    """
    import duckdb

    with duckdb.connect(":memory:") as engine:
        try:
            counted = engine.execute(f"SELECT count(*) FROM read_parquet({quoted(path)})").fetchone()
            return engine.execute(f"FROM read_parquet({quoted(path)}) LIMIT {most}").df(), counted[0] if counted else 0
        except duckdb.Error as error:
            raise InvalidParameter(f"{path!r} can't be read as Parquet: {str(error).splitlines()[0]}") from error


@contextlib.contextmanager
def _reading(query: str, database: str | None) -> Iterator[duckdb.DuckDBPyRelation]:
    """What a query on a database file, or on none, reads."""
    duckdb = whole_import("duckdb")
    try:
        with duckdb.connect(database or ":memory:", read_only=database is not None) as engine:
            engine.execute("SET python_enable_replacements = false").fetchall()  # names never mean Python variables
            with engine.cursor() as cursor:
                reading_statement(cursor, query)
            yield engine.sql(query)
    except duckdb.Error as error:
        raise InvalidParameter(str(error)) from None


def query_frame(query: str, database: str | None) -> pd.DataFrame:
    """What one statement that reads gives.

    Raises
    ------
    InvalidParameter
        It does more than read, or DuckDB cannot run it.

    Examples
    --------
    >>> query_frame("SELECT 1 AS a", None)["a"].tolist()
    [1]
    """
    whole_import("pandas")
    with _reading(query, database) as relation:
        return relation.df()


def query_to_parquet(query: str, database: str | None, path: str) -> None:
    """The same, as a Parquet file."""
    with _reading(query, database) as relation:
        relation.write_parquet(path)
