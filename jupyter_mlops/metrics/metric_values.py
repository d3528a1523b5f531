"""What a metric gives: a number of each row, numbers of all rows, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["MetricValue", "is_number"]


def is_number(value: Any) -> bool:
    """Whether it is a number, of Python or NumPy.

    Examples
    --------
    >>> is_number(0.5), is_number("0.5")
    (True, False)
    """
    import numpy as np  # most processes evaluate nothing

    return isinstance(value, int | float | np.number)


@dataclass
class MetricValue:
    """A value of a metric.

    Parameters
    ----------
    scores : list of float or list of str, optional
        One of each row.
    justifications : list of str, optional
        Why, for each row.
    aggregate_results : dict of str to float, optional
        Of all rows, by name. By default, if all scores are numbers, their ``mean``, ``variance`` and 90th percentile, ``p90``.

    Examples
    --------
    >>> MetricValue(scores=[1.0, 3.0]).aggregate_results["mean"]
    2.0
    """

    scores: list[str] | list[float] | None = None
    justifications: list[str] | None = None
    aggregate_results: dict[str, float] | None = None

    def __post_init__(self) -> None:
        if (
            self.aggregate_results is None
            and isinstance(self.scores, list | tuple)
            and all(map(is_number, self.scores))
        ):
            self.aggregate_results = _aggregated(self.scores)  # type: ignore[arg-type]


def _aggregated(scores: list[float]) -> dict[str, float]:
    import numpy as np

    if not scores:
        return {}
    return {"mean": float(np.mean(scores)), "variance": float(np.var(scores)), "p90": float(np.percentile(scores, 90))}
