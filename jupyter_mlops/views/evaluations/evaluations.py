"""An evaluation as its run has kept it, and the rows behind its numbers."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from jupyter_mlops.charts.evaluations import evaluation_figures
from jupyter_mlops.entities.evaluation_files import EVALUATION_FOLDER, REPORT_NAME, ROWS_NAME, evaluation_path
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import NotFound
from jupyter_mlops.storage.artifact_stores.places import artifact_store
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.views.calls import check_stretch
from jupyter_mlops.views.evaluations.kept_reports import read_report
from jupyter_mlops.views.files.tables import file_table

__all__ = ["evaluation", "evaluation_rows"]

_MOST_ROWS = 500


def evaluation(store: TrackingStore, run_id: str, prefix: str | None = None) -> dict[str, Any]:
    """The report of an evaluation with its figures.

    Parameters
    ----------
    store : TrackingStore
    run_id : str
    prefix : str, optional
        The ``metric_prefix`` of the evaluation; by default the first one that there is.

    Returns
    -------
    dict
        ``run_id``, ``prefix``, ``prefixes`` of all evaluations of the run, ``report`` (see `report_of`), its ``digest``, by which its
        rows are asked for, and ``figures`` (Plotly's JSON, by name).

    Raises
    ------
    NotFound
        There is no such run, or no evaluation in it.
    InvalidState
        Its report was written by a newer version, or is damaged.
    """
    run = store.get_run(run_id)
    prefixes = _prefixes(run)
    chosen = prefix if prefix is not None else prefixes[0] if prefixes else ""
    report = read_report(run, chosen)
    return {
        "run_id": run_id, "prefix": chosen, "prefixes": prefixes, "report": report, "digest": _digest(report), "figures": evaluation_figures(report),
    }  # fmt: skip


def _digest(report: dict[str, Any]) -> str:
    """Tells evaluations apart by what they found, not by how long they took."""
    return hashlib.sha256(json.dumps({**report, "cost": None}, sort_keys=True).encode()).hexdigest()[:32]


def _prefixes(run: Run) -> list[str]:
    found = artifact_store(run.info.artifact_uri).sizes(EVALUATION_FOLDER) or {}
    return sorted(path.removesuffix(REPORT_NAME) for path in found if path.endswith(REPORT_NAME) and "/" not in path)


def evaluation_rows(
    store: TrackingStore, run_id: str, prefix: str = "", right: int | None = None, predicted: int | None = None,
    slice: str | None = None, group: str | None = None, wrong: bool = False, digest: str = "", offset: int = 0, limit: int = 50,
) -> dict[str, Any]:  # fmt: skip
    """Rows of an evaluation, those with the greatest loss first.

    Parameters
    ----------
    store : TrackingStore
    run_id : str
    prefix : str, optional
    right, predicted : int, optional
        Only rows of this true and this predicted label: its place among the report's labels.
    slice, group : str, optional
        Only rows of this group of this slice.
    wrong : bool, default False
        Only rows that a classifier got wrong.
    digest : str, optional
        Of the report that is looked at, see `evaluation`: a later evaluation of the same run may have taken its place.
    offset : int, default 0
    limit : int, 1 to 500, default 50

    Returns
    -------
    dict
        See `file_table`.

    Raises
    ------
    NotFound
        There is no such run, no evaluation in it, or not the one with that digest.
    InvalidParameter
        A label, slice or stretch that is not there.
    """
    check_stretch(limit, offset, _MOST_ROWS)
    run = store.get_run(run_id)
    report = read_report(run, prefix)
    if digest and digest != _digest(report):
        raise NotFound(
            "The rows of this evaluation are gone: the run was evaluated again, and keeps what was found last. "
            "Give evaluations of one run a metric_prefix each to keep them all."
        )
    equal: dict[str, Any] = {"error": True} if wrong else {}
    if right is not None or predicted is not None:
        labels = report["label_values"]
        for column, place in (("target", right), ("prediction", predicted)):
            if place is not None:
                if not 0 <= place < len(labels):
                    raise NotFound(f"The evaluation has {len(labels)} labels, and none with number {place}.")
                equal[column] = labels[place]
    if slice is not None and group is not None:
        equal[f"slice {slice}"] = group
    return file_table(artifact_store(run.info.artifact_uri), evaluation_path(prefix, ROWS_NAME), "parquet", offset, limit, equal, "loss")
