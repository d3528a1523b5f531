"""Where a run keeps an evaluation of a model: its report and the rows behind it."""

from __future__ import annotations

import re

__all__ = ["EVALUATION_FOLDER", "REPORT_NAME", "REPORT_VERSION", "ROWS_NAME", "evaluation_path"]

_UNFIT = re.compile(r"[\"',:\[\]{}/\\]")  # what no table's name may hold, and what would lead to another folder
EVALUATION_FOLDER = "evaluation"
REPORT_NAME, ROWS_NAME = "report.json", "rows.parquet"
REPORT_VERSION = 1


def evaluation_path(prefix: str, name: str) -> str:
    """Path among the artifacts of a run; `prefix` is the evaluation's ``metric_prefix``.

    Examples
    --------
    >>> evaluation_path("val_", ROWS_NAME)
    'evaluation/val_rows.parquet'
    >>> evaluation_path("val/", ROWS_NAME)  # as names of metrics are often grouped
    'evaluation/val_rows.parquet'
    """
    return f"{EVALUATION_FOLDER}/{_UNFIT.sub('_', prefix)}{name}"
