"""DataFrames from Parquet files and from queries on the user's own databases, without another library for them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.duckdb.queries import reading_statement
from jupyter_mlops.storage.duckdb.sessions import quoted
from jupyter_mlops.storage.interrupts import whole_import

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

__all__ = [
    "TableFormat", "TablePart", "parquet_head", "query_frame", "query_to_parquet", "read_parquet", "table_part", "write_parquet",
]  # fmt: skip

TableFormat = Literal["csv", "tsv", "parquet"]
_MOST_COLUMNS = 200
_READERS: dict[TableFormat, str] = {
    "csv": "read_csv({}, header = true)", "tsv": "read_csv({}, header = true, delim = '\t')", "parquet": "read_parquet({})",
}  # fmt: skip


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


class TablePart(NamedTuple):
    """Some rows of a table that is a file: name and type of its first 200 columns, of `width`, and how many rows it has."""

    columns: list[tuple[str, str]]
    width: int
    rows: list[tuple[Any, ...]]
    total: int


def table_part(path: str, kind: TableFormat, offset: int, limit: int) -> TablePart:
    """Rows of a file from one on, as Python has them.

    Raises
    ------
    InvalidParameter
        It is no such table.

    Examples
    --------
    >>> with open("a.csv", "w") as file:
    ...     _ = file.write("a,b\\n1,x\\n2,y\\n")
    >>> table_part("a.csv", "csv", 1, 5)
    TablePart(columns=[('a', 'BIGINT'), ('b', 'VARCHAR')], width=2, rows=[(2, 'y')], total=2)
    """
    duckdb = whole_import("duckdb")
    source = _READERS[kind].format(quoted(path))
    with duckdb.connect(":memory:", config={"memory_limit": "1GB", "threads": 2, "temp_directory": ""}) as engine:
        try:
            described = engine.execute(f"DESCRIBE FROM {source}").fetchall()
            total = engine.execute(f"SELECT count(*) FROM {source}").fetchone()[0]
            places = ", ".join(f"#{place}" for place in range(1, min(len(described), _MOST_COLUMNS) + 1))
            rows = engine.execute(f"SELECT {places} FROM {source} LIMIT {int(limit)} OFFSET {int(offset)}").fetchall()
        except duckdb.Error as error:
            raise InvalidParameter(f"This can't be read as {kind}: {str(error).splitlines()[0]}") from error
    return TablePart([(row[0], row[1]) for row in described[:_MOST_COLUMNS]], len(described), rows, total)


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
