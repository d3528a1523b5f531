"""Files of several runs beside each other: pictures, tables, texts with what differs, confusion matrices."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from jupyter_mlops.charts.matrices import Matrix, matrices_figure, read_matrix
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.views.charts.files import FileKind, as_table, as_text, file_kind, file_sizes, read_file
from jupyter_mlops.views.comparisons.comparisons import checked_ids
from jupyter_mlops.views.files.contents import suffix_of
from jupyter_mlops.views.files.images import IMAGES, image_address
from jupyter_mlops.views.runs.differences import text_diff

__all__ = ["MOST_BESIDE", "beside", "chart_artifacts"]

MOST_BESIDE = 6
_MOST_FILES = 300
_HIDDEN = ("images/", "table_images/")  # series of images have a tab of their own; the others are shown in their tables
_FIRST = ("confusion", "roc", "precision_recall", "learning", "importance")


def beside(store: TrackingStore, runs: Sequence[str]) -> list[Run]:
    """The runs that are shown beside each other, at most 6."""
    return store.get_runs(checked_ids(runs)[:MOST_BESIDE])


def chart_artifacts(store: TrackingStore, runs: list[str], path: str | None = None) -> dict[str, Any]:
    """One file of each run.

    Parameters
    ----------
    runs : list of str
        Ids; the first 6 are shown.
    path : str, optional
        By default the one that tells most: a confusion matrix or another picture, that most runs have.

    Returns
    -------
    dict
        ``files`` (``path, kind, count`` of the runs that have it), ``path``, ``kind``, ``parts`` (``run_id, name`` of each run and, of
        what it has, ``src``, ``text`` or ``table``), ``figure`` of confusion matrices, and ``diff`` of the texts of the first two.
    """
    found = beside(store, runs)
    files = _files(found)
    if path not in {one["path"] for one in files}:
        path = files[0]["path"] if files else None
    kind: FileKind | None = file_kind(path) if path else None
    read = [read_file(run, path) if path else None for run in found]
    parts = [{"run_id": run.info.run_id, "name": run.info.run_name} for run in found]
    answer: dict[str, Any] = {"files": files, "path": path, "figure": None, "diff": None}
    if path and kind == "matrix":
        matrices = [one for run, data in zip(found, read, strict=True) if (one := _matrix(run.info.run_name, data))]
        if matrices:
            return {**answer, "kind": kind, "parts": parts, "figure": matrices_figure(matrices)}
        kind = "text"
    shown = [_part(run, path or "", kind, data) for run, data in zip(found, read, strict=True)]
    if kind == "text":
        answer["diff"] = _diff(shown)
    return {**answer, "kind": kind, "parts": [part | what for part, what in zip(parts, shown, strict=True)]}


def _files(runs: Sequence[Run]) -> list[dict[str, Any]]:
    counts = Counter(path for run in runs for path in file_sizes(run) if file_kind(path) and not path.startswith(_HIDDEN))
    named = [{"path": path, "kind": file_kind(path), "count": count} for path, count in counts.items()]
    return sorted(named, key=_rank)[:_MOST_FILES]


def _rank(file: dict[str, Any]) -> tuple[bool, int, int, str]:
    name = file["path"].rpartition("/")[2].lower()
    return file["kind"] == "text", next((at for at, word in enumerate(_FIRST) if word in name), len(_FIRST)), -file["count"], file["path"]


def _matrix(name: str, data: bytes | None) -> Matrix | None:
    try:
        return read_matrix(name, json.loads(data)) if data else None
    except (ValueError, RecursionError):
        return None


def _part(run: Run, path: str, kind: FileKind | None, data: bytes | None) -> dict[str, Any]:
    if data is None or kind is None:
        return {}
    if kind == "image":
        return {"src": image_address(IMAGES[suffix_of(path)], data)}
    if (kind == "table" or path.endswith(".json")) and (table := as_table(run, path, data)):
        return {"table": table}
    text = as_text(data)
    return {} if text is None else {"text": text}


def _diff(parts: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    texts = [part["text"] for part in parts if "text" in part]
    return text_diff(texts[0], texts[1]) if len(texts) > 1 else None
