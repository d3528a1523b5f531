"""Predictions as a scoring server tells them."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_mlops.models.examples import plain
from jupyter_mlops.types.inference import is_instance_of

__all__ = ["answer", "plain_predictions"]


def answer(predictions: Any) -> bytes:
    """The body of an answer: ``{"predictions": …}``.

    Raises
    ------
    InvalidParameter
        They hold something that JSON has not.

    Examples
    --------
    >>> import numpy as np
    >>> answer(np.array([1.5, np.nan]))
    b'{"predictions":[1.5,null]}'
    """
    return msgspec.json.encode({"predictions": plain_predictions(predictions)})


def plain_predictions(predictions: Any) -> Any:
    """Predictions as JSON has them: of a DataFrame its rows, of a Series rows too, by its name or ``"0"``, as MLflow does.

    Examples
    --------
    >>> import pandas as pd
    >>> plain_predictions(pd.Series([1, 2])), plain_predictions(pd.DataFrame({"a": [None]}))
    ([{'0': 1}, {'0': 2}], [{'a': None}])
    """
    if is_instance_of(predictions, "numpy", "ndarray") and predictions.dtype.kind in "biuf":
        return predictions.tolist()  # JSON's encoder makes null of what is no number
    if is_instance_of(predictions, "pandas", "Series"):
        predictions = predictions.to_frame("0" if predictions.name is None else str(predictions.name))
    if is_instance_of(predictions, "pandas", "DataFrame"):
        predictions = predictions.to_dict(orient="records")
    return plain(predictions)
