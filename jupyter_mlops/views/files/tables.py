"""Tables among the files of a run: CSV, TSV and Parquet by DuckDB, a stretch of rows at a time, and what `log_table` writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.storage.artifact_stores.base import ArtifactStore
from jupyter_mlops.storage.duckdb.tables import TableFormat, table_part
from jupyter_mlops.views.files.contents import named_path
from jupyter_mlops.views.formats.texts import sendable

__all__ = ["TABLES", "file_table", "logged_table"]

TABLES: dict[str, TableFormat] = {".csv": "csv", ".tsv": "tsv", ".parquet": "parquet"}
_MOST_CELL = 2000


def file_table(
    files: ArtifactStore, path: str, kind: TableFormat, offset: int, limit: int, equal: Mapping[str, Any] | None = None, order_by: str = ""
) -> dict[str, Any]:  # fmt: skip
    """Rows of a table, all or those that have some values, as they lie or by a column; see `table_part`.

    ``columns`` (``name, type``; at most 200 of ``width``), ``rows`` from ``offset`` on and ``total``.

    Raises
    ------
    InvalidParameter
        DuckDB cannot read it as a table.
    """
    with named_path(files, path) as place:
        part = table_part(place, kind, offset, limit, equal, order_by)
    columns = [{"name": _plain(name), "type": kind} for name, kind in part.columns]
    rows = [[_cell(value) for value in row] for row in part.rows]
    return {"columns": columns, "width": part.width, "rows": rows, "total": part.total, "offset": offset}


def logged_table(content: Any, offset: int, limit: int) -> dict[str, Any] | None:
    """The same of the JSON that `log_table` writes; None for another."""
    columns, data = (content.get("columns"), content.get("data")) if isinstance(content, dict) else (None, None)
    if not (isinstance(columns, list) and isinstance(data, list) and columns and all(isinstance(row, list) for row in data)):
        return None
    shown = [[_cell(value) for value in row[:200]] for row in data[offset : offset + limit]]
    named = [{"name": _plain(str(one)), "type": ""} for one in columns[:200]]
    return {"columns": named, "width": len(columns), "rows": shown, "total": len(data), "offset": offset}


def _plain(text: str) -> str:
    return sendable(text)[:_MOST_CELL]


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value if value is None else str(value).lower()
    if isinstance(value, int) and abs(value) >= 2**53:
        return str(value)  # a browser would round it
    if isinstance(value, (int, float)):
        return as_json(value)
    if isinstance(value, bytes):
        return value[:100].hex(" ")
    return _plain(value if isinstance(value, str) else json.dumps(value, default=str) if isinstance(value, (dict, list, tuple)) else str(value))
