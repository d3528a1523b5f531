"""Predictions of a process or server that is asked for some rows at a time, with a bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jupyter_mlops.storage.artifact_stores.transfers import make_bar
from jupyter_mlops.storage.interrupts import whole_import

__all__ = ["in_pieces", "joined", "rows_between"]

_ROWS = 4096  # at a time


def in_pieces(predict: Callable[[Any], Any], data: Any) -> Any:
    """Predictions of all rows, some at a time.

    Parameters
    ----------
    predict : callable
        Predictions of a part of the data.
    data : DataFrame or array of shape (n_rows, n_columns)

    Examples
    --------
    >>> in_pieces(lambda rows: rows[:, 0] * 2, np.array([[1, 2], [3, 4]])).tolist()
    [2, 6]
    """
    if len(data) <= _ROWS:
        return predict(data)
    with make_bar("predicting, rows", len(data), delay=1) as bar:
        outputs = []
        for first in range(0, len(data), _ROWS):
            piece = rows_between(data, first, first + _ROWS)
            outputs.append(predict(piece))
            bar.update(len(piece))
    return joined(outputs)


def rows_between(data: Any, first: int, end: int) -> Any:
    """Rows of a frame or an array by their places."""
    return data.iloc[first:end] if hasattr(data, "iloc") else data[first:end]


def joined(outputs: list[Any]) -> Any:
    """Predictions of several pieces as those of all rows.

    Examples
    --------
    >>> joined([["a"], "b", np.array(["c"])])
    ['a', 'b', np.str_('c')]
    """
    if hasattr(outputs[0], "iloc"):
        return whole_import("pandas").concat(outputs, ignore_index=True)
    if isinstance(outputs[0], dict):
        return {name: np.concatenate([np.atleast_1d(output[name]) for output in outputs]) for name in outputs[0]}
    return [value for output in outputs for value in ([output] if isinstance(output, str) else output)]
