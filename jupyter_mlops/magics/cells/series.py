"""Numbers that come in without end, kept few enough to draw."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

__all__ = ["Series"]


class Series:
    """A number over time: its last value, its exact range, and at most `most` points of its road.

    Parameters
    ----------
    most : int, default 40

    Examples
    --------
    >>> series = Series()
    >>> for step in range(1000):
    ...     series.add(step, 1000.0 - step)
    >>> series.value, series.low, series.high, len(series.points) <= 40
    (1.0, 1.0, 1000.0, True)
    """

    __slots__ = ("_held", "_most", "_stride", "began", "first_step", "high", "low", "points", "step", "value")

    def __init__(self, most: int = 40) -> None:
        self._most, self._stride, self._held = most, 1, 1
        self.began = time.perf_counter()
        self.points: list[float] = []
        self.first_step = self.step = 0
        self.value = math.nan
        self.low, self.high = math.inf, -math.inf

    def add(self, step: int, value: float) -> None:
        """Take a point."""
        self.extend([step], [value])

    def extend(self, steps: Sequence[int], values: Sequence[float]) -> None:
        """Take points, one or more; each kept one stands for as many as came before the next."""
        if not self.points:
            self.first_step = steps[0]
        self.step, self.value = steps[-1], values[-1]
        self.low, self.high = min(self.low, *values), max(self.high, *values)  # in this order NaN changes neither
        place = 0
        while place < len(values):
            if not self.points or self._held == self._stride:
                self._keep(values[place])
                place += 1
            else:  # all that one point stands for at once: thousands come in a second
                place, before = min(len(values), place + self._stride - self._held), place
                self._held += place - before
                self.points[-1] = values[place - 1]

    def _keep(self, value: float) -> None:
        self.points.append(value)
        self._held = 1
        if len(self.points) > self._most:
            self.points = self.points[::-2][::-1]  # the newest stays
            self._stride *= 2

    @property
    def range(self) -> tuple[float, float] | None:
        """Least and greatest value; None before there is one that is a number."""
        return (self.low, self.high) if self.low <= self.high else None
