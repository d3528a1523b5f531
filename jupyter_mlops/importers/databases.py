"""SQLite files of MLflow, whichever version made them: what columns there are is asked, not assumed."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from jupyter_mlops.errors import InvalidParameter

__all__ = ["Database", "Row", "in_workspace"]

_DEFAULT_WORKSPACE = "default"
Row = dict[str, Any]


class Database:
    """Rows of an SQLite file.

    Parameters
    ----------
    path : str

    Raises
    ------
    InvalidParameter
        It is no database of MLflow.
    """

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=30, isolation_level=None)
        self._connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        try:
            tables = self._connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
            names = [name for (name,) in tables]
            self.columns = {n: [c[1] for c in self._connection.execute(f'PRAGMA table_info("{n}")')] for n in names}
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise InvalidParameter(f"{path} cannot be read as an SQLite database: {error}.") from error
        if not {"experiments", "runs", "metrics"} <= self.columns.keys():
            self._connection.close()
            raise InvalidParameter(f"{path} is an SQLite database, but not one of MLflow: it has no table of runs.")

    @contextlib.contextmanager
    def moment(self) -> Iterator[None]:
        """Within this context all is read as it is now."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")

    def rows(self, table: str, wanted: Sequence[str], which: str = "", bound: Sequence[Any] = ()) -> Iterator[Row]:
        """Rows of a table by column; columns or tables that are not there read as None or nothing."""
        if table not in self.columns:
            return
        there = self.columns[table]
        chosen = ", ".join(f'"{name}"' if name in there else f'NULL AS "{name}"' for name in wanted)
        for row in self._connection.execute(f'SELECT {chosen} FROM "{table}" {which}', bound):
            yield dict(zip(wanted, row, strict=True))

    def execute(self, sql: str, bound: Sequence[Any] = ()) -> sqlite3.Cursor:
        """A statement's rows."""
        return self._connection.execute(sql, bound)

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()


def in_workspace(row: Row, separator: str) -> Any:
    """Name of a thing; of another workspace than the default one, with that workspace before it."""
    workspace = row["workspace"]
    return row["name"] if workspace in (None, "", _DEFAULT_WORKSPACE) else f"{workspace}{separator}{row['name']}"
