"""An evaluation in the notebook: alive in JupyterLab, and as tables and still pictures wherever no script runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_mlops.charts.svgs import figure_image
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.views.evaluations.evaluations import evaluation, evaluation_rows
from jupyter_mlops.views.formats.bundles import bundle, is_plain
from jupyter_mlops.views.formats.html import escape, table
from jupyter_mlops.views.formats.numbers import bytes_text, duration_text, interval_text, number_text
from jupyter_mlops.views.formats.texts import text_table

__all__ = ["evaluation_bundle"]

_MOST_SLICES, _MOST_ROWS, _MOST_COLUMNS, _MOST_LABELS = 10, 10, 12, 12
_CAPTIONS = {
    "matrix": "Confusion matrix", "roc": "ROC curve", "precision_recall": "Precision and recall", "calibration": "Calibration",
    "predictions": "Predicted and right", "errors": "Errors",
}  # fmt: skip


def evaluation_bundle(store: TrackingStore, run_id: str, prefix: str = "") -> dict[str, Any]:
    """All forms of an evaluation's report.

    Raises
    ------
    NotFound
        The run has no evaluation.
    """
    found = evaluation(store, run_id, prefix)
    worst = evaluation_rows(store, run_id, prefix, limit=_MOST_ROWS)
    view = {"view": "evaluation", "id": f"{run_id}{prefix}", "store": store.key, **found, "worst": worst}
    return bundle(view, _html(found, worst), _text(found["report"]))


def _title(report: dict[str, Any]) -> str:
    named = " on ".join(part for part in (report["model"], report["data"]) if part)
    return " · ".join(part for part in (f"Evaluation of a {report['kind']}", named, f"{report['rows']:,} rows") if part)


def _metric_table(report: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
    rows = [[line["name"], line["value"], _interval(line["low"], line["high"])] for line in report["metrics"]]
    return ["metric", "value", _interval_name(report)], rows


def _interval_name(report: dict[str, Any]) -> str:
    return f"{number_text(report['level'] * 100)}% interval"


def _cost(report: dict[str, Any]) -> str:
    """What predicting took; nothing where outputs are the same at every execution."""
    cost = report["cost"]
    if cost is None or is_plain():
        return ""
    rate = number_text(round(cost["rows_per_second"]))
    return f"Predicted in {duration_text(cost['seconds'])}: {rate} rows a second · {bytes_text(cost['memory_bytes'])} of memory"


def _interval(low: Any, high: Any) -> str:
    if low is None or high is None:
        return ""
    are_numbers = not isinstance(low, str) and not isinstance(high, str)  # texts are infinities
    return interval_text(low, high) if are_numbers else f"{low} to {high}"


def _slice_table(report: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
    metric = report["slice_metric"]
    lines = report["slices"][:_MOST_SLICES]
    rows = [[line["slice"], line["value"], line["rows"], line[metric], _interval(line["low"], line["high"]), line["difference"]] for line in lines]
    return ["slice", "group", "rows", metric, _interval_name(report), "against all rows"], rows


def _html(found: dict[str, Any], worst: dict[str, Any]) -> str:
    report = found["report"]
    parts = [f"<p><b>{escape(_title(report))}</b></p>", table(*_metric_table(report))]
    if cost := _cost(report):
        parts.append(f"<p>{escape(cost)}</p>")
    figures = dict(found["figures"])
    if report.get("matrix") and len(report["labels"]) <= _MOST_LABELS:
        del figures["matrix"]  # a table says it better
        parts.append(_matrix(report["labels"], report["matrix"]))
    parts.append(f"<p>{' '.join(figure_image(figure, _CAPTIONS[name], 440, 300) for name, figure in figures.items())}</p>")
    if report["slices"]:
        parts += ["<p><b>Slices, the worst first</b></p>", table(*_slice_table(report))]
    if worst["rows"]:
        columns = [column["name"] for column in worst["columns"][:_MOST_COLUMNS]]
        rows = [row[:_MOST_COLUMNS] for row in worst["rows"]]
        parts.append(f"<details><summary>The rows it was most wrong about{_sample(report)}</summary>{table(columns, rows)}</details>")
    return "".join(parts)


def _sample(report: dict[str, Any]) -> str:
    return "" if report["kept"] in (None, report["rows"]) else f", in a sample of {report['kept']:,}"


def _matrix(labels: list[str], matrix: list[list[Any]]) -> str:
    def right(counts: Sequence[Any], at: int) -> str:
        return number_text(round(counts[at] / sum(counts), 3)) if sum(counts) else ""

    rows = [[label, *counts, right(counts, at)] for at, (label, counts) in enumerate(zip(labels, matrix, strict=True))]
    precision = ["precision", *(right(counts, at) for at, counts in enumerate(zip(*matrix, strict=True))), ""]
    return table(["true ↓ predicted →", *labels, "recall"], [*rows, precision], _CAPTIONS["matrix"])


def _text(report: dict[str, Any]) -> str:
    parts = [_title(report), text_table(*_metric_table(report)), *filter(None, [_cost(report)])]
    if report["slices"]:
        parts.append("Slices, the worst first\n" + text_table(*_slice_table(report)))
    return "\n\n".join(parts)
