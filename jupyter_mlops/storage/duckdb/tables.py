"""DataFrames from Parquet files and from queries on the user's own databases, without another library for them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from jupyter_mlops.errors import InvalidParameter, StoreError
from jupyter_mlops.storage.duckdb.queries import reading_statement
from jupyter_mlops.storage.duckdb.sessions import quoted
from jupyter_mlops.storage.interrupts import whole_import

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

__all__ = [
    "TableFormat", "TablePart", "join_parquet", "newest_rows", "parquet_frames", "query_frame", "query_to_parquet", "read_parquet", "table_part",
    "write_parquet",
]  # fmt: skip

TableFormat = Literal["csv", "tsv", "parquet"]
_MOST_COLUMNS, _MOST_TEXT, _MOST_LABEL, _MOST_BYTES = 200, 2000, 200, 100
_MOST_VALUES, _AS_MANY = 10_000_000, 10  # some 100 MB of numbers, and as how many of them a text counts
_SHORT = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\)|BOOLEAN|DATE|TIME[A-Z_ ]*|INTERVAL|UUID")
_READERS: dict[TableFormat, str] = {
    "csv": "read_csv({}, header = true)", "tsv": "read_csv({}, header = true, delim = '\t')", "parquet": "read_parquet({})",
}  # fmt: skip


def write_parquet(frame: pd.DataFrame, path: str) -> None:
    """Write a DataFrame, without its index, to a Parquet file.

    Raises
    ------
    StoreError
        There is no room for it, or no such folder.

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
        try:
            engine.execute(f"COPY (FROM frame) TO {quoted(path)} (FORMAT parquet)")
        except duckdb.IOException as error:
            raise StoreError(f"{path} can't be written: {str(error).splitlines()[0]}") from error


def read_parquet(path: str, most: str | None = None) -> pd.DataFrame:
    """What a Parquet file holds.

    Parameters
    ----------
    path : str
    most : str, optional
        What its values may take in memory, such as ``"1GB"``: a file of some kB can hold values of many GB.

    Raises
    ------
    InvalidParameter
        It is none, or holds more.
    """
    duckdb = whole_import("duckdb")
    source = f"FROM read_parquet({quoted(path)})"
    try:
        with duckdb.connect(":memory:", config={"memory_limit": most, "temp_directory": ""} if most else {}) as engine:
            if most:  # of what is streamed, nobody counts the bytes
                engine.execute(f"CREATE TABLE rows AS {source}")
                source = "FROM rows"
            return engine.execute(source).df()
    except duckdb.Error as error:
        raise InvalidParameter(f"This can't be read as parquet: {str(error).splitlines()[0]}") from error


def parquet_frames(path: str, vectors: int = 10) -> Iterator[pd.DataFrame]:
    """What a Parquet file holds, so many times 2,048 rows at a time.

    Raises
    ------
    InvalidParameter
        It is none.

    Examples
    --------
    >>> import pandas as pd
    >>> write_parquet(pd.DataFrame({"a": range(3000)}), "a.parquet")
    >>> [len(frame) for frame in parquet_frames("a.parquet", vectors=1)]
    [2048, 952]
    """
    duckdb = whole_import("duckdb")
    try:
        with duckdb.connect(":memory:") as engine:
            rows = engine.execute(f"FROM read_parquet({quoted(path)})")
            while len(frame := rows.fetch_df_chunk(vectors)):
                yield frame
    except duckdb.Error as error:
        raise InvalidParameter(f"This can't be read as parquet: {str(error).splitlines()[0]}") from error


def join_parquet(paths: list[str], target: str) -> None:
    """One Parquet file of several with the same columns, in their order."""
    import duckdb

    with duckdb.connect(":memory:") as engine:
        engine.execute(f"COPY (FROM read_parquet([{', '.join(map(quoted, paths))}])) TO {quoted(target)} (FORMAT parquet)")


def newest_rows(paths: list[str], by: str, most: int, most_values: int = _MOST_VALUES) -> tuple[pd.DataFrame, int]:
    """The rows of Parquet files with the greatest values in a column, in its order; what a file has no column for is missing there.

    Parameters
    ----------
    paths : list of str
    by : str
        The column.
    most, most_values : int
        How many rows, and how many values in all of them, of which a text counts as ten.

    Returns
    -------
    tuple of DataFrame and int
        The rows, and how many rows there are in all. Nested values are texts, and of longer texts only the first 200 characters are there.

    Raises
    ------
    InvalidParameter
        One of them is none, or none has that column.

    Examples
    --------
    >>> import pandas as pd
    >>> write_parquet(pd.DataFrame({"a": [1, 3]}), "a.parquet")
    >>> write_parquet(pd.DataFrame({"a": [2], "b": ["x"]}), "b.parquet")
    >>> rows, total = newest_rows(["a.parquet", "b.parquet"], "a", 2)
    >>> rows["a"].tolist(), total
    ([2, 3], 3)
    """
    duckdb = whole_import("duckdb")
    whole_import("pandas")
    source = f"read_parquet([{', '.join(map(quoted, paths))}], union_by_name = true)"
    try:
        with duckdb.connect(":memory:", config={"memory_limit": "1GB", "threads": 2, "temp_directory": ""}) as engine:
            total = engine.execute(f"SELECT count(*) FROM {source}").fetchone()[0]
            described = [row[:2] for row in engine.execute(f"DESCRIBE FROM {source}").fetchall()]
            if all(name != by for name, _ in described):  # DuckDB takes a name of other letters for the same
                raise InvalidParameter(f"This has no column {by}.")
            shown = ", ".join(f"{_beginning(place, kind, _MOST_LABEL)} AS {_named(name)}" for place, (name, kind) in enumerate(described, 1))
            width = sum(1 if _SHORT.fullmatch(kind) else _AS_MANY for _, kind in described)
            count, column = min(most, most_values // width), _named(by)
            least = f"SELECT min({column}) FROM (SELECT {column} FROM {source} ORDER BY {column} DESC LIMIT {count})"  # sorts no wide rows
            frame = engine.execute(f"SELECT {shown} FROM {source} WHERE {column} >= ({least}) LIMIT {count}").df()
            return frame.sort_values(by, kind="stable", ignore_index=True), total
    except duckdb.Error as error:
        raise InvalidParameter(f"This can't be read as parquet: {str(error).splitlines()[0]}") from error


class TablePart(NamedTuple):
    """Some rows of a table that is a file: name and type of its first 200 columns, of `width`, and how many rows it has."""

    columns: list[tuple[str, str]]
    width: int
    rows: list[tuple[Any, ...]]
    total: int


def table_part(
    path: str, kind: TableFormat, offset: int, limit: int, equal: Mapping[str, Any] | None = None, order_by: str = ""
) -> TablePart:  # fmt: skip
    """Rows of a file from one on, as Python has them; of long texts, bytes and nested values the beginning.

    Parameters
    ----------
    path : str
    kind : {"csv", "tsv", "parquet"}
    offset, limit : int
    equal : mapping of str to value, optional
        Only rows that have these values in these columns; `total` counts them alone.
    order_by : str, optional
        A column, the greatest value first, and of equal ones the least of the first column.

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
    >>> table_part("a.csv", "csv", 0, 5, {"b": "x"}, order_by="a").rows
    [(1, 'x')]
    """
    duckdb = whole_import("duckdb")
    source = _READERS[kind].format(quoted(path))
    with duckdb.connect(":memory:", config={"memory_limit": "1GB", "threads": 2, "temp_directory": ""}) as engine:
        try:
            described = engine.execute(f"DESCRIBE FROM {source}").fetchall()
            chosen = f"{source}{_where(equal or {})}"
            values = list((equal or {}).values())
            total = engine.execute(f"SELECT count(*) FROM {chosen}", values).fetchone()[0]
            shown = ", ".join(_beginning(place, row[1]) for place, row in enumerate(described[:_MOST_COLUMNS], 1))
            order = f" ORDER BY {_named(order_by)} DESC NULLS LAST, #1" if order_by else ""
            rows = engine.execute(f"SELECT {shown} FROM {chosen}{order} LIMIT {int(limit)} OFFSET {int(offset)}", values).fetchall()
        except duckdb.Error as error:
            raise InvalidParameter(f"This can't be read as {kind}: {str(error).splitlines()[0]}") from error
    return TablePart([(row[0], row[1]) for row in described[:_MOST_COLUMNS]], len(described), rows, total)


def _named(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _where(equal: Mapping[str, Any]) -> str:
    return " WHERE " + " AND ".join(f"{_named(column)} = ?" for column in equal) if equal else ""


def _beginning(place: int, kind: str, most_text: int = _MOST_TEXT) -> str:
    """What is read of a column: a file of some kB can hold values of GB."""
    if _SHORT.fullmatch(kind):
        return f"#{place}"
    return f"(#{place})[1:{_MOST_BYTES}]" if kind == "BLOB" else f"left(#{place}::VARCHAR, {most_text})"


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
