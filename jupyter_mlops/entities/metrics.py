"""One point of a metric."""

from __future__ import annotations

from jupyter_mlops.entities.records import Entity

__all__ = ["Metric"]


class Metric(Entity, frozen=True):
    """One point of a metric.

    Attributes
    ----------
    key : str
    value : float
    timestamp : int, milliseconds since the Unix epoch, UTC
    step : int, default 0

    Examples
    --------
    >>> Metric("loss", 0.5, 1_700_000_000_000, 3)
    <Metric: key='loss', step=3, timestamp=1700000000000, value=0.5>
    """

    key: str
    value: float
    timestamp: int
    step: int = 0
