"""What the server counts of itself, for Prometheus."""

from __future__ import annotations

import functools

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

__all__ = ["Meters"]

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Meters:
    """Requests by endpoint, method and status, and how long they took.

    Endpoints are those of the table: what strangers ask for is one more, so that they cannot fill the memory.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "jupyter_mlops_requests", "Requests answered.", ("endpoint", "method", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "jupyter_mlops_request_seconds", "Time until the answer began.", ("endpoint",), buckets=_BOUNDS, registry=self._registry
        )

        self._bytes = Counter("jupyter_mlops_sent_bytes", "Bytes of answers.", ("endpoint",), registry=self._registry)
        self._of_request = functools.cache(self._meters_of)  # to find them costs more than to count
        self.at_once = Gauge("jupyter_mlops_requests_in_progress", "Requests that are being answered.", registry=self._registry)

    def count(self, endpoint: str, method: str, status: int, seconds: float, size: int = 0) -> None:
        """One request was answered."""
        requests, taken, sent = self._of_request(endpoint, method if method in _METHODS else "other", status)
        requests.inc()
        taken.observe(seconds)
        sent.inc(size)

    def _meters_of(self, endpoint: str, method: str, status: int) -> tuple[Counter, Histogram, Counter]:
        return self._requests.labels(endpoint, method, str(status)), self._seconds.labels(endpoint), self._bytes.labels(endpoint)

    def text(self) -> bytes:
        """All of it in the text format of Prometheus.

        References
        ----------
        `Exposition formats <https://prometheus.io/docs/instrumenting/exposition_formats/>`_

        Examples
        --------
        >>> meters = Meters()
        >>> meters.count("runs/get", "GET", 200, 0.002)
        >>> b'jupyter_mlops_requests_total{endpoint="runs/get",method="GET",status="200"} 1.0' in meters.text()
        True
        """
        return generate_latest(self._registry)
