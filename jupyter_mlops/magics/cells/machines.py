"""How busy the machine is while a cell runs, and how much memory its process takes."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from typing import Any

from jupyter_mlops.magics.cells.series import Series
from jupyter_mlops.storage.interrupts import whole_import
from jupyter_mlops.tracking.system_sensors import Sensor, make_sensors

__all__ = ["Machine", "memory_share"]

_V1 = "/sys/fs/cgroup/memory/memory"
_CGROUPS = (  # of both versions: memory in use, its limit, and how much of it can be given back
    ("/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.stat"),
    (f"{_V1}.usage_in_bytes", f"{_V1}.limit_in_bytes", f"{_V1}.stat"),
)


class Machine:
    """Samples of processor, memory and GPUs in percent, and the most memory that the process took.

    Attributes
    ----------
    series : dict of str to Series
        ``cpu``, ``memory``, and ``gpu_0``, ``gpu_0_memory``, … where there are some.
    """

    def __init__(self) -> None:
        self.series: dict[str, Series] = {}
        self._before = _high_water()
        self._most = 0
        self._resident: Callable[[], int] | None = None
        self._sensors: dict[str, Sensor] = {}

    def sample(self) -> None:
        """Look at all; the first look loads psutil."""
        if self._resident is None:
            psutil = whole_import("psutil")
            process = psutil.Process()
            self._resident = lambda: process.memory_info().rss
            self._sensors = {name: sensor for name, sensor in make_sensors().items() if name not in ("disk", "network")}
        self._most = max(self._most, self._resident())
        for sensor in self._sensors.values():
            with contextlib.suppress(Exception):  # of the system or a driver: the others are looked at
                for key, value in sensor().items():
                    if name := _shown(key):
                        self.series.setdefault(name, Series()).add(0, value)

    @property
    def peak(self) -> int | None:
        """Most bytes that the process held while the cell ran; exact where it was the most of its life."""
        high = _high_water()
        return high if high > self._before else self._most or None


def _shown(key: str) -> str | None:
    """Name of a sensor's value in the card; None for what is not shown there."""
    known = {"cpu_utilization_percentage": "cpu", "system_memory_usage_percentage": "memory"}
    if key.startswith("gpu_") and key.endswith(("_utilization_percentage", "memory_usage_percentage")):
        return key.replace("_utilization_percentage", "").replace("_usage_percentage", "")
    return known.get(key)


def _high_water() -> int:
    """Most bytes that the program has ever held; 0 where the system does not tell."""
    # Linux's usage of resources goes on counting what the process was before it became this program.
    with contextlib.suppress(OSError), open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def memory_share(machine: Machine, cgroups: Any = _CGROUPS) -> float | None:
    """How full the memory is, of the machine or of the container whose is less; in percent."""
    memory = machine.series.get("memory")
    shares = [memory.value] if memory else []
    for used, limit, facts in cgroups:
        # No container, or one without a limit, says nothing.
        with contextlib.suppress(OSError, ValueError), open(used) as a, open(limit) as b, open(facts) as c:
            known = dict(line.split() for line in c)
            cached = sum(
                int(known.get(f"total_{name}", known.get(name, 0))) for name in ("active_file", "inactive_file")
            )
            shares.append((int(a.read()) - cached) / int(b.read()) * 100)
    return max(shares, default=None)
