"""What a scoring server's meters say: counts, how long answers took, and how many there are in a second."""

from __future__ import annotations

import math
from collections import deque
from itertools import pairwise

import msgspec

__all__ = ["Rates", "Reading", "read_meters"]

_SECONDS, _POINTS, _NOW_S = 300, 60, 10
_MOST_SAMPLES = 1200


class Reading(msgspec.Struct, frozen=True):
    """What was counted since the server began, over all its processes.

    Attributes
    ----------
    statuses : dict of str to int
        Answers by HTTP status.
    buckets : list of tuple of float and int
        How many answers took up to so many seconds, and longer than those before; the last bound is infinite.
    waiting : int
        Requests that wait or are answered.
    """

    statuses: dict[str, int] = {}
    buckets: list[tuple[float, int]] = []
    waiting: int = 0

    @property
    def requests(self) -> int:
        """All answers."""
        return sum(self.statuses.values())

    @property
    def errors(self) -> int:
        """Answers without predictions."""
        return sum(count for status, count in self.statuses.items() if not status.startswith("2"))

    def quantile(self, share: float) -> float | None:
        """Seconds within which this share of the answers came, as Prometheus estimates it; None before the first one.

        Examples
        --------
        >>> reading = Reading(buckets=[(0.1, 90), (0.2, 10), (math.inf, 0)])
        >>> round(reading.quantile(0.5), 4), round(reading.quantile(0.95), 4)
        (0.0556, 0.15)
        """
        rank, before, low = share * sum(count for _, count in self.buckets), 0, 0.0
        for bound, count in self.buckets:
            if count and before + count >= rank:
                return low if math.isinf(bound) else low + (bound - low) * (rank - before) / count
            before, low = before + count, bound
        return None


def read_meters(text: str) -> Reading:
    """The reading of a server's ``/metrics``.

    Examples
    --------
    >>> read_meters('jupyter_mlops_predictions_total{status="200"} 3.0\\n').requests
    3
    """
    from prometheus_client.parser import text_string_to_metric_families  # only for who looks

    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    values = {name: [(one.labels, one.value) for one in samples if one.name == f"jupyter_mlops_prediction{name}"] for name in _NAMES}
    bounds = sorted((float(labels["le"]), int(value)) for labels, value in values["_seconds_bucket"])
    return Reading(
        statuses={labels["status"]: int(value) for labels, value in sorted(values["s_total"], key=lambda one: one[0]["status"])},
        buckets=[(bound, count - before) for (_, before), (bound, count) in pairwise([(0.0, 0), *bounds])],
        waiting=sum(int(value) for _, value in values["s_waiting"]),
    )


_NAMES = ("s_total", "s_waiting", "_seconds_bucket")


class Rates:
    """Requests in a second over the last five minutes, from counts that were taken whenever somebody looked.

    Examples
    --------
    >>> rates = Rates(began=0.0)
    >>> rates.add(20.0, 40)
    >>> rates.now(), rates.points()[-5:]
    (2.0, [2.0, 2.0, 2.0, 2.0])
    """

    def __init__(self, began: float) -> None:
        self._samples = deque([(began, 0)], maxlen=_MOST_SAMPLES)

    def add(self, when: float, count: int) -> None:
        """So many requests had come by then."""
        self._samples.append((when, count))

    def now(self) -> float:
        """Of the last ten seconds."""
        when, count = self._samples[-1]
        since = max(self._samples[0][0], when - _NOW_S)
        return 0.0 if when <= since else max(0.0, (count - self._counts([since])[0]) / (when - since))

    def points(self) -> list[float]:
        """Of every five seconds, the newest last; between two looks they are taken for equal."""
        first, last = self._samples[0][0], self._samples[-1][0]
        width = _SECONDS / _POINTS
        edges = [last - place * width for place in range(min(_POINTS, int((last - first) / width)), -1, -1)]
        return [max(0.0, round((after - before) / width, 3)) for before, after in pairwise(self._counts(edges))]

    def _counts(self, times: list[float]) -> list[float]:
        import numpy as np

        whens, counts = zip(*self._samples, strict=True)
        return [float(count) for count in np.interp(times, whens, counts)]
