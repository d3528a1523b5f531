"""What is measured of this machine: processor, memory, disk, network, and NVIDIA's GPUs where there are some."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

from jupyter_mlops.storage.interrupts import whole_import

__all__ = ["Sensor", "make_sensors"]

_log = logging.getLogger(__name__)
_MEGA = 1e6
Sensor = Callable[[], dict[str, float]]


def make_sensors() -> dict[str, Sensor]:
    """Sensors by name; each returns what it measures now, by name of the metric.

    Notes
    -----
    Imports psutil (20 ms) the first time, and NVIDIA's library where it is installed. Call it in the thread that measures:
    the load of the processor is that since the same thread asked last.

    Examples
    --------
    >>> sorted(make_sensors()["memory"]())
    ['system_memory_usage_megabytes', 'system_memory_usage_percentage']
    """
    psutil = whole_import("psutil")
    psutil.cpu_percent()  # the first answer says nothing: there is nothing before it
    sensors: dict[str, Sensor] = {
        "cpu": lambda: {"cpu_utilization_percentage": psutil.cpu_percent()},
        "memory": lambda: _memory(psutil.virtual_memory()),
        "disk": lambda: _disk(psutil.disk_usage(os.sep)),
    }
    try:
        sensors["network"] = _network(psutil)
    except Exception as error:  # of the system: some containers hide their network
        _log.warning("Network traffic is not measured: %s", error)
    return {**sensors, **_gpus()}


def _memory(memory: Any) -> dict[str, float]:
    return {
        "system_memory_usage_megabytes": memory.used / _MEGA,
        "system_memory_usage_percentage": memory.used / memory.total * 100,
    }


def _disk(disk: Any) -> dict[str, float]:
    return {
        "disk_usage_percentage": disk.percent,
        "disk_usage_megabytes": disk.used / _MEGA,
        "disk_available_megabytes": disk.free / _MEGA,
    }


def _network(psutil: Any) -> Sensor:
    """Traffic since now."""
    start = psutil.net_io_counters()

    def measure() -> dict[str, float]:
        now = psutil.net_io_counters()
        return {
            "network_receive_megabytes": (now.bytes_recv - start.bytes_recv) / _MEGA,
            "network_transmit_megabytes": (now.bytes_sent - start.bytes_sent) / _MEGA,
        }

    return measure


def _gpus() -> dict[str, Sensor]:
    try:
        nvml = whole_import("pynvml")
        nvml.nvmlInit()
        handles = [nvml.nvmlDeviceGetHandleByIndex(place) for place in range(nvml.nvmlDeviceGetCount())]
    except Exception as error:  # not installed, no driver, no GPU
        _log.debug("GPUs are not measured: %s", error)
        return {}
    measures = (_gpu_memory, _gpu_utilization, _gpu_power)
    return {
        f"gpu_{place}{measure.__name__.removeprefix('_gpu')}": _gpu(nvml, handle, f"gpu_{place}", measure)
        for place, handle in enumerate(handles)
        for measure in measures
    }


def _gpu(nvml: Any, handle: Any, name: str, measure: Callable[[Any, Any], dict[str, float]]) -> Sensor:
    return lambda: {f"{name}_{key}": value for key, value in measure(nvml, handle).items()}


def _gpu_memory(nvml: Any, handle: Any) -> dict[str, float]:
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    return {
        "memory_usage_percentage": memory.used / memory.total * 100,
        "memory_usage_megabytes": memory.used / _MEGA,
    }


def _gpu_utilization(nvml: Any, handle: Any) -> dict[str, float]:
    return {"utilization_percentage": nvml.nvmlDeviceGetUtilizationRates(handle).gpu}


def _gpu_power(nvml: Any, handle: Any) -> dict[str, float]:
    milliwatts = nvml.nvmlDeviceGetPowerUsage(handle)
    limit = nvml.nvmlDeviceGetEnforcedPowerLimit(handle)
    return {"power_usage_watts": milliwatts / 1000, "power_usage_percentage": milliwatts / limit * 100}
