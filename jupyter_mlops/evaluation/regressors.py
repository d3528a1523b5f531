"""Regressors: targets and answers as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.evaluation.evaluated import Evaluated

__all__ = ["evaluated_regressor"]


def evaluated_regressor(y: NDArray[Any], predictions: NDArray[Any], weights: NDArray[np.float64] | None) -> Evaluated:
    """Targets and answers of a regressor.

    Raises
    ------
    InvalidParameter
        They are no finite numbers.
    """
    return Evaluated(_numbers("targets", y), _numbers("predictions", predictions), weights=weights)


def _numbers(what: str, values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind != "f" and values.dtype != np.int64:  # a difference of narrow integers might not fit into one
        try:
            values = values.astype(np.float64)
        except (TypeError, ValueError):
            raise InvalidParameter(f"The {what} of a regressor are numbers, not {values[0]!r} and the like.") from None
    if endless := int(np.isinf(values).sum()):
        raise InvalidParameter(f"{endless} of {len(values)} {what} are infinite: leave out these rows.")
    return values
