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
        They are not numbers.
    """
    return Evaluated(_numbers("targets", y), _numbers("predictions", predictions), weights=weights)


def _numbers(what: str, values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind in "iuf":
        return values
    try:
        return values.astype(np.float64)
    except (TypeError, ValueError):
        raise InvalidParameter(f"The {what} of a regressor are numbers, not {values[0]!r} and the like.") from None
