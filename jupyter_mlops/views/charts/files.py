"""Files of runs, read to be shown: small ones, and what they are."""

from __future__ import annotations

import json
import tempfile
from typing import Any, Literal

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import MlflowException
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.views.files.contents import suffix_of
from jupyter_mlops.views.files.images import IMAGES
from jupyter_mlops.views.files.tables import TABLES, file_table, logged_table

__all__ = ["FileKind", "as_table", "as_text", "file_kind", "file_sizes", "read_file"]

FileKind = Literal["image", "matrix", "table", "text"]
MOST_BYTES = 2_000_000
_MOST_TEXT, _MOST_ROWS, _MOST_COLUMNS = 200_000, 200, 40
_TEXTS = (".txt", ".md", ".log", ".yaml", ".yml", ".json", ".jsonl", ".py", ".r", ".sql", ".toml", ".ini", ".cfg", ".html", ".xml", ".diff", ".tex")


def file_kind(path: str) -> FileKind | None:
    """How a file is shown, as far as its name tells; None for one that is not.

    Examples
    --------
    >>> file_kind("plots/roc.png"), file_kind("confusion_matrix.json"), file_kind("eval.csv"), file_kind("model.pkl")
    ('image', 'matrix', 'table', None)
    """
    suffix = suffix_of(path)
    if suffix in IMAGES:
        return "image"
    if suffix == ".json" and "confusion" in path.rpartition("/")[2].lower():
        return "matrix"
    return "table" if suffix in TABLES else "text" if suffix in _TEXTS else None


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


def as_text(data: bytes) -> str | None:
    """The beginning of a text; None for what is none."""
    return None if b"\0" in data else data[:_MOST_TEXT].decode(errors="replace")


def as_table(run: Run, path: str, data: bytes) -> dict[str, Any] | None:
    """``columns`` and the first ``rows`` of a table, and how many there are as ``total``; None for a file that is none."""
    kind = TABLES.get(suffix_of(path))
    try:
        if kind is None:
            found = logged_table(json.loads(data), 0, _MOST_ROWS)
        else:
            found = file_table(artifact_store(run.info.artifact_uri), path, kind, 0, _MOST_ROWS) if data else None
    except (MlflowException, OSError, ValueError, RecursionError):
        return None
    if not found:
        return None
    columns = [one["name"] for one in found["columns"][:_MOST_COLUMNS]]
    return {"columns": columns, "rows": [row[:_MOST_COLUMNS] for row in found["rows"]], "total": found["total"]}
