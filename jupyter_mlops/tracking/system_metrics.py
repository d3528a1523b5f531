"""How busy the machine is while a run runs, as metrics of the run below ``system/``."""

from __future__ import annotations

import logging
import threading
from typing import Any

from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.names import check_key
from jupyter_mlops.entities.variables import (
    ENABLE_SYSTEM_METRICS_LOGGING,
    SYSTEM_METRICS_NODE_ID,
    SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING,
    SYSTEM_METRICS_SAMPLING_INTERVAL,
    Variable,
)
from jupyter_mlops.tracking.run_states import RunState
from jupyter_mlops.tracking.system_sensors import Sensor, make_sensors

__all__ = [
    "SystemMetricsMonitor",
    "disable_system_metrics_logging",
    "enable_system_metrics_logging",
    "monitor_of",
    "set_system_metrics_node_id",
    "set_system_metrics_samples_before_logging",
    "set_system_metrics_sampling_interval",
]  # fmt: skip

_log = logging.getLogger(__name__)
_PREFIX = "system/"
_SUMS = ("network_receive_megabytes", "network_transmit_megabytes")  # since the start: no mean of them


def enable_system_metrics_logging() -> None:
    """Log system metrics in runs that start from now on; ``start_run(log_system_metrics=False)`` goes without.

    Notes
    -----
    A thread per run takes a sample every 10 s (`set_system_metrics_sampling_interval`), which costs some 0.5 ms of CPU.
    A run shorter than that has none.

    Examples
    --------
    >>> import time, jupyter_mlops as mlflow
    >>> mlflow.enable_system_metrics_logging()
    >>> mlflow.set_system_metrics_sampling_interval(0.05)
    >>> with mlflow.start_run() as run:
    ...     while not mlflow.get_run(run.info.run_id).data.metrics:
    ...         time.sleep(0.05)
    >>> mlflow.get_run(run.info.run_id).data.metrics["system/system_memory_usage_megabytes"] > 0
    True
    """
    ENABLE_SYSTEM_METRICS_LOGGING.set("true")


def disable_system_metrics_logging() -> None:
    """Log no system metrics in runs that start from now on; ``start_run(log_system_metrics=True)`` does."""
    ENABLE_SYSTEM_METRICS_LOGGING.set("false")


def set_system_metrics_sampling_interval(interval: float | None) -> None:
    """Say how often the machine is looked at.

    Parameters
    ----------
    interval : float, seconds, > 0, or None
        10 by default, and again with None.

    Raises
    ------
    InvalidParameter
        Anything else.
    """
    _set("sampling interval", SYSTEM_METRICS_SAMPLING_INTERVAL, interval)


def set_system_metrics_samples_before_logging(samples: int | None) -> None:
    """Say of how many samples each logged point is the mean.

    Parameters
    ----------
    samples : int, > 0, or None
        1 by default, and again with None.

    Raises
    ------
    InvalidParameter
        Anything else.
    """
    _set("number of samples", SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING, samples)


def set_system_metrics_node_id(node_id: str | None) -> None:
    """Say which machine of several this is: metrics are then named ``system/<node_id>/…``; None takes it away."""
    SYSTEM_METRICS_NODE_ID.set(None if node_id is None else check_key(node_id, "node id"))


def _set(what: str, variable: Variable[Any], value: Any) -> None:
    variable.set(None if value is None else variable.parse(f"The {what} of system metrics", value))


def monitor_of(state: RunState, wanted: bool | None, *, resumed: bool = False) -> SystemMetricsMonitor | None:
    """A monitor of a run, begun; None where none is wanted or it cannot begin, which is only logged.

    Parameters
    ----------
    state : RunState
    wanted : bool or None
        None leaves it to the setting.
    resumed : bool
        Whether the run may have system metrics, whose steps go on.
    """
    try:
        if not (ENABLE_SYSTEM_METRICS_LOGGING.get() if wanted is None else wanted):
            return None
        return SystemMetricsMonitor(state, resumed=resumed).start()
    except Exception as error:  # a run is never lost for want of its circumstances
        _log.warning("System metrics are not logged: %s", error)
        return None


class SystemMetricsMonitor:
    """Samples the machine in a thread and logs means to a run, until it is stopped or the run is ended or deleted.

    Parameters
    ----------
    state : RunState
    resumed : bool, default False
        Whether to go on with the steps that the run has.
    """

    def __init__(self, state: RunState, *, resumed: bool = False) -> None:
        self._state = state
        self._resumed = resumed
        self._interval = SYSTEM_METRICS_SAMPLING_INTERVAL.get()
        self._samples = SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING.get()
        node = SYSTEM_METRICS_NODE_ID.get()
        self._prefix = f"{_PREFIX}{check_key(node, 'node id')}/" if node else _PREFIX
        self._stopped = threading.Event()
        self._broken: set[str] = set()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="SystemMetricsMonitor")

    def start(self) -> SystemMetricsMonitor:
        """Begin; returns itself."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Log nothing more; waits for the thread, but not for a sensor that hangs."""
        self._stopped.set()
        if self._thread is not threading.current_thread():
            self._thread.join(1)

    def _watch(self) -> None:
        try:
            sensors = make_sensors()
            step = self._next_step() if self._resumed else 0
            while (samples := self._collect(sensors)) is not None:
                # Not by the state, whose recent values are for the card of a cell: this is not what the cell is about.
                points = [Metric(self._prefix + key, value, now_ms(), step) for key, value in _means(samples).items()]
                self._state.store.log_batch(self._state.run_id, points, [], [])
                step += 1
        except Exception as error:  # of a store that takes nothing more
            _log.warning("System metrics of run %s are not logged any more: %s", self._state.run_id, error)

    def _collect(self, sensors: dict[str, Sensor]) -> dict[str, list[float]] | None:
        """Values of the next point by metric; None when it is over."""
        found: dict[str, list[float]] = {}
        for _ in range(self._samples):
            if self._stopped.wait(self._interval):
                return None
            for name, sensor in sensors.items():
                for key, value in self._measure(name, sensor).items():
                    found.setdefault(key, []).append(value)
        return found if self._state.running and not self._state.deleted and not self._stopped.is_set() else None

    def _measure(self, name: str, sensor: Sensor) -> dict[str, float]:
        try:
            return sensor()
        except Exception as error:  # of the system or a driver: the other sensors go on, and this one may come back
            if name not in self._broken:
                self._broken.add(name)
                _log.warning("The %s cannot be measured: %s", name.replace("_", " "), error)
            return {}

    def _next_step(self) -> int:
        store, run_id = self._state.store, self._state.run_id
        keys = [key for key in store.get_run(run_id).data.metrics if key.startswith(_PREFIX)]
        return max((int(store.metric_columns(run_id, key)["step"].max()) + 1 for key in keys), default=0)


def _means(samples: dict[str, list[float]]) -> dict[str, float]:
    return {k: v[-1] if k in _SUMS else round(sum(v) / len(v), 1) for k, v in samples.items()}
