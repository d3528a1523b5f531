"""SQL of users, on the documented views: one statement that reads, within a time.

The views (``views/*.sql``, described in ``docs/sql.md``) are made in this process's memory, never in the store's file,
which other versions of the package share.
"""

from __future__ import annotations

import contextlib
import importlib.resources
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mlops.errors import InvalidParameter, QueryTooLong
from jupyter_mlops.storage.duckdb.sessions import Session
from jupyter_mlops.storage.interrupts import HeldInterrupts

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

__all__ = ["reading_statement", "run_query", "use_views", "view_names"]

# Comments that end in one way only, whoever reads them: what is checked must be what DuckDB runs.
_COMMENTS = r"(?:\s|--[^\r\n]*\r?\n|/\*(?:(?!/\*|\*/).)*\*/)*"
_EXPLAIN = re.compile(rf"\A{_COMMENTS}EXPLAIN\s+(?:ANALYZE\s+)?(?:\([\w\s,]*\)\s*)?", re.IGNORECASE | re.DOTALL)
_READING = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
# Functions after FROM that are known to read: others log to files, change settings, or run what stands in a text.
_READERS = re.compile(
    r"range|generate_series|unnest|repeat|repeat_row|glob|sniff_csv|query_table|json_each|json_tree|pragma_table_info|"
    r"read_(?!duckdb)\w+|parquet_\w+|duckdb_\w+|\w+_scan"
)


def run_query(
    session: Session, query: str, parameters: Sequence[Any] | Mapping[str, Any], timeout_s: float
) -> pd.DataFrame:
    """What one statement reads, as a DataFrame.

    Parameters
    ----------
    parameters : sequence or mapping
        Values of ``?``, or of ``$name``; a mapping may hold more than is asked for.
    timeout_s : float, seconds
        How long the query may run, and so others may have to wait.

    Raises
    ------
    InvalidParameter
        The text is not one statement that reads, or DuckDB cannot run it; its message is kept.
    QueryTooLong
    """
    import duckdb

    with contextlib.closing(session.connection.cursor()) as cursor:
        try:
            statement = reading_statement(cursor, query)
            values = _values(statement.named_parameters, parameters)
            use_views(cursor, session.root)
            # DuckDB 2 takes data-changing statements inside of a SELECT: this refuses those that the check overlooks.
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            return _within(cursor, statement, values, timeout_s)
        except duckdb.Error as error:
            if isinstance(error, duckdb.InternalError) or re.search("corrupt|checksum", str(error)):
                raise
            raise InvalidParameter(str(error)) from None


def reading_statement(cursor: duckdb.DuckDBPyConnection, query: str) -> duckdb.Statement:
    """The one statement of `query`; `InvalidParameter` when there are several, or it does more than read."""
    statements = cursor.extract_statements(query)
    if len(statements) != 1:
        raise InvalidParameter(f"One statement is run at a time, not {len(statements)}.")
    (statement,) = statements
    kind = statement.type.name
    if kind == "MULTI":
        raise InvalidParameter("Name the values of a PIVOT, as in PIVOT … ON key IN ('a', 'b'): then it only reads.")
    text = _EXPLAIN.sub("", statement.query) if kind == "EXPLAIN" else statement.query
    if kind not in ("SELECT", "EXPLAIN") or not _only_reads(cursor, text):
        what = f"part of this {kind} may do more" if kind in ("SELECT", "EXPLAIN") else f"this is {kind}"
        raise InvalidParameter(
            f"Only statements that read are run (SELECT, FROM, WITH, DESCRIBE, SUMMARIZE, SHOW TABLES, EXPLAIN of these); {what}."
        )
    return statement


def _only_reads(cursor: duckdb.DuckDBPyConnection, text: str) -> bool:
    """Whether nothing in a SELECT does more, as ``WITH x AS (COPY … TO 'file')`` and ``FROM enable_logging()`` do."""
    (tree,) = cursor.execute("SELECT json_serialize_sql(?::VARCHAR)", [text]).fetchone() or ("{}",)
    nodes = list(_nodes(msgspec.json.decode(tree)))
    queries = {node["type"] for node in nodes if str(node.get("type")).endswith("_NODE")}
    functions = [node["function"]["function_name"] for node in nodes if node.get("type") == "TABLE_FUNCTION"]
    return bool(queries) and queries <= _READING and all(map(_READERS.fullmatch, functions))


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _values(names: set[str], parameters: Sequence[Any] | Mapping[str, Any]) -> list[Any] | dict[str, Any]:
    if not isinstance(parameters, Mapping):
        return [_plain(value) for value in parameters]
    if missing := sorted(names - parameters.keys()):
        raise InvalidParameter(f"The query asks for ${missing[0]}, and there is no value of that name.")
    return {name: _plain(parameters[name]) for name in names}


def _plain(value: Any) -> Any:
    """Numbers and texts of numpy and pandas as Python's own: DuckDB binds no others."""
    return value.tolist() if getattr(getattr(value, "dtype", None), "kind", "") in tuple("biufUO") else value


def use_views(cursor: duckdb.DuckDBPyConnection, root: str) -> None:
    """Let names mean the views, for this cursor alone; the first time in a process they are made."""
    import duckdb

    cursor.execute("SET VARIABLE mlops_root = ?::VARCHAR", [root])
    try:
        cursor.execute("SET search_path = 'memory.mlops'")
    except duckdb.CatalogException:
        folder = importlib.resources.files("jupyter_mlops.storage.duckdb") / "views"
        scripts = [entry.read_text("utf-8") for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)]
        cursor.execute("\n".join(["BEGIN; CREATE SCHEMA memory.mlops;", *scripts, "COMMIT;"]))
        cursor.execute("SET search_path = 'memory.mlops'")
    cursor.execute("SET TimeZone = 'UTC'")


def view_names(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """Every view that a query may name."""
    found = cursor.execute("SELECT view_name FROM duckdb_views() WHERE schema_name = 'mlops' ORDER BY view_name")
    return [name for (name,) in found.fetchall()]


def _within(
    cursor: duckdb.DuckDBPyConnection, statement: duckdb.Statement, values: Any, timeout_s: float
) -> pd.DataFrame:
    """Run a statement in a thread, so that this one sees the clock and the user's interrupt, which leases hold back."""
    outcome: list[Any] = []

    def work() -> None:
        try:
            outcome.append(cursor.execute(statement, values).df())
        except BaseException as error:  # carried to the thread that asked
            outcome.append(error)

    late = False
    until = time.monotonic() + timeout_s
    with HeldInterrupts() as held:
        thread = threading.Thread(target=work, name="jupyter_mlops-sql", daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(0.05)
            late = time.monotonic() > until
            if thread.is_alive() and (late or held.pending):
                cursor.interrupt()  # again and again: one that comes before the query has begun is lost
        if held.pending:
            held.pending = False
            raise KeyboardInterrupt
    (result,) = outcome
    if not isinstance(result, BaseException):
        return result  # type: ignore[no-any-return]
    if late:
        raise QueryTooLong(timeout_s) from None
    raise result
