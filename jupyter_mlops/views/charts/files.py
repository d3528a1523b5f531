"""Files of runs, read to be shown: small ones, and what they are."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import tempfile
from typing import Any, Literal

from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.duckdb.tables import parquet_head
from jupyter_mlops.views.formats.texts import sendable

__all__ = ["FileKind", "as_image", "as_table", "as_text", "file_kind", "file_sizes", "read_file"]

FileKind = Literal["image", "matrix", "table", "text"]
MOST_BYTES = 2_000_000
_MOST_TEXT, _MOST_ROWS, _MOST_COLUMNS = 200_000, 200, 40
_IMAGES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif", ".webp": "webp", ".svg": "svg+xml"}
_TABLES = (".csv", ".tsv", ".parquet")
_TEXTS = (".txt", ".md", ".log", ".yaml", ".yml", ".json", ".jsonl", ".py", ".r", ".sql", ".toml", ".ini", ".cfg", ".html", ".xml", ".diff", ".tex")


def file_kind(path: str) -> FileKind | None:
    """How a file is shown, as far as its name tells; None for one that is not.

    Examples
    --------
    >>> file_kind("plots/roc.png"), file_kind("confusion_matrix.json"), file_kind("eval.csv"), file_kind("model.pkl")
    ('image', 'matrix', 'table', None)
    """
    name = path.rpartition("/")[2].lower()
    suffix = os.path.splitext(name)[1]
    if suffix in _IMAGES:
        return "image"
    if suffix == ".json" and "confusion" in name:
        return "matrix"
    return "table" if suffix in _TABLES else "text" if suffix in _TEXTS else None


def file_sizes(run: Run, folder: str = "") -> dict[str, int]:
    """Bytes of every file of a run by its path, without those of models; nothing when they cannot be reached."""
    try:
        sizes = artifact_store(run.info.artifact_uri).sizes(folder) or {}
    except (MlflowException, OSError):
        return {}
    models = tuple(path.rpartition("/")[0] + "/" for path in sizes if path.endswith("/MLmodel"))
    prefix = f"{folder}/" if folder else ""
    return {prefix + path: size for path, size in sizes.items() if path and not (models and path.startswith(models))}


def read_file(run: Run, path: str) -> bytes | None:
    """A file of a run of at most 2 MB; None when it is larger, not there or not to be reached."""
    try:
        store = artifact_store(run.info.artifact_uri)
        if (store.sizes(path) or {}).get("", MOST_BYTES + 1) > MOST_BYTES:
            return None
        with tempfile.TemporaryDirectory() as folder, open(store.fetch(path, folder), "rb") as file:
            return file.read()
    except (MlflowException, OSError):
        return None


def as_image(path: str, data: bytes) -> str:
    """An address that holds the image itself: of ``<img>`` nothing in it runs, whatever an SVG has inside."""
    kind = _IMAGES[os.path.splitext(path)[1].lower()]
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def as_text(data: bytes) -> str | None:
    """The beginning of a text; None for what is none."""
    return None if b"\0" in data else data[:_MOST_TEXT].decode(errors="replace")


def as_table(path: str, data: bytes) -> dict[str, Any] | None:
    """``columns`` and the first ``rows`` of a table, and how many there are as ``total``; None for a file that is none."""
    try:
        columns, rows, total = _rows(path.lower(), data)
    except (MlflowException, ValueError, LookupError, TypeError, OSError, RecursionError, csv.Error):
        return None
    shown = [[_cell(value) for value in row[:_MOST_COLUMNS]] for row in rows]
    return {"columns": [_cell(str(one)) for one in columns[:_MOST_COLUMNS]], "rows": shown, "total": total}


def _rows(path: str, data: bytes) -> tuple[list[Any], list[list[Any]], int]:
    if path.endswith(".json"):
        kept = json.loads(data)
        return list(kept["columns"]), [list(row) for row in kept["data"][:_MOST_ROWS]], len(kept["data"])
    if path.endswith(".parquet"):
        with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
            file.write(data)
            file.flush()
            frame, total = parquet_head(file.name, _MOST_ROWS)
        return list(frame.columns), frame.values.tolist(), total
    lines = list(csv.reader(io.StringIO(data.decode()), delimiter="\t" if path.endswith(".tsv") else ","))
    return lines[0], [[_number(text) for text in line] for line in lines[1 : _MOST_ROWS + 1]], len(lines) - 1


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return value if value is None else sendable(str(value))
    return as_json(value) if isinstance(value, (int, float)) else json.dumps(value, default=str)[:500]
