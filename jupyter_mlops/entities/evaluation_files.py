"""Where a run keeps an evaluation of a model: its report and the rows behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

__all__ = ["EVALUATION_FOLDER", "LONGEST_TEXT", "REPORT_NAME", "REPORT_VERSION", "ROWS_NAME", "distinct_texts", "evaluation_path"]

_UNFIT = re.compile(r"[\"',:\[\]{}/\\]")  # what no table's name may hold, and what would lead to another folder
EVALUATION_FOLDER = "evaluation"
REPORT_NAME, ROWS_NAME = "report.json", "rows.parquet"
REPORT_VERSION = 1
LONGEST_TEXT = 200


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


def distinct_texts(texts: Iterable[str], sameness: Callable[[str], str] = str) -> list[str]:
    """Texts that are shown whole in a report and tell things apart.

    Parameters
    ----------
    texts : iterable of str
    sameness : callable, default str
        What no two of them may share: ``str.lower`` for names of columns, as SQL knows no case.

    Examples
    --------
    >>> distinct_texts(["hall", "Hall"], str.lower)
    ['hall', 'Hall (2)']
    >>> [len(text) for text in distinct_texts(["a" * 201, "a" * 202])]
    [191, 195]
    """
    found: dict[str, str] = {}
    for text in texts:
        short = text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 10]}…"
        free, number = short, 2
        while sameness(free) in found:
            free, number = f"{short} ({number})", number + 1
        found[sameness(free)] = free
    return list(found.values())
