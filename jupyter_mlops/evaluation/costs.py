"""What predicting costs: time, and memory while it lasts."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

__all__ = ["Cost", "measured_cost"]

_EVERY_S = 0.002


@dataclass(slots=True)
class Cost:
    """Of predicting so many rows.

    Attributes
    ----------
    rows : int
    seconds : float
    memory_bytes : int
        How much the process grew at most while it predicted; 0 where it found room in what it had.
    """

    rows: int
    seconds: float = 0.0
    memory_bytes: int = 0

    @property
    def rows_per_second(self) -> float:
        return self.rows / self.seconds if self.seconds else 0.0


@contextmanager
def measured_cost(rows: int) -> Iterator[Cost]:
    """Measure what the body of a ``with`` costs; a thread looks at the memory each 2 ms, so shorter peaks may be missed."""
    cost, process, over = Cost(rows), psutil.Process(), threading.Event()
    before = process.memory_info().rss

    def watch() -> None:
        while not over.wait(_EVERY_S):
            cost.memory_bytes = max(cost.memory_bytes, process.memory_info().rss - before)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    begin = time.perf_counter()
    try:
        yield cost
    finally:
        cost.seconds = time.perf_counter() - begin
        over.set()
        watcher.join()
        cost.memory_bytes = max(cost.memory_bytes, process.memory_info().rss - before)
