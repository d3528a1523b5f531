"""What a scoring server counts, over all its processes, for Prometheus."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

__all__ = ["Meters", "shared_meters"]

_BOUNDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60)
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client's own; it looks for it when it is imported


@contextlib.contextmanager
def shared_meters() -> Iterator[None]:
    """Processes that are started inside count in one place, which goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="mlops-meters-") as folder:
        os.environ[_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[_FOLDER]


class Meters:
    """Requests by status, how long they took, and how many wait."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter("jupyter_mlops_predictions", "Requests for predictions.", ("status",), registry=self._registry)
        self._seconds = Histogram(
            "jupyter_mlops_prediction_seconds", "From the request to its answer.", buckets=_BOUNDS, registry=self._registry
        )
        self.waiting = Gauge(
            "jupyter_mlops_predictions_waiting", "Requests that wait or are answered.", registry=self._registry, multiprocess_mode="livesum"
        )
        self._by_status: dict[int, Counter] = {}

    def count(self, status: int, seconds: float) -> None:
        """One request was answered."""
        counter = self._by_status.get(status)
        if counter is None:
            counter = self._by_status[status] = self._requests.labels(str(status))
        counter.inc()
        self._seconds.observe(seconds)

    def text(self) -> bytes:
        """All of it in the text format of Prometheus."""
        if os.environ.get(_FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            return generate_latest(registry)
        return generate_latest(self._registry)
