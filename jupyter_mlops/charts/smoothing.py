"""Smooth lines through restless ones."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["smoothed"]


def smoothed(values: Sequence[float], weight: float) -> list[float]:
    """The exponential moving average, without the pull of its beginning at 0.

    Parameters
    ----------
    values : sequence of float
        What is not finite is passed over and stays as it is.
    weight : float, 0 <= weight < 1
        Of what was before: 0 smooths nothing.

    References
    ----------
    D. Kingma, J. Ba, "Adam" (2015), section 3: the same correction of the bias.

    Examples
    --------
    >>> smoothed([1.0, 1.0, 4.0], 0.5)
    [1.0, 1.0, 2.7142857142857144]
    """
    mean, share, found = 0.0, 1.0, []
    for value in values:
        if not math.isfinite(value):
            found.append(value)
            continue
        mean = weight * mean + (1 - weight) * value
        share *= weight
        found.append(mean / (1 - share))
    return found
