"""What a process computes with."""

from __future__ import annotations

import functools
import glob
import os
import platform
import re
from collections.abc import Callable

__all__ = ["hardware_tags"]


@functools.cache
def hardware_tags() -> dict[str, str]:
    """Processors that this process may use, memory of the machine, NVIDIA's GPUs.

    Notes
    -----
    0.2 ms, once a process: read from the system's files, nothing is imported or started. On systems without ``/proc`` the
    model of the processor is its architecture, and GPUs are not seen.

    Examples
    --------
    >>> sorted(hardware_tags())[:2]
    ['jupyter_mlops.cpu', 'jupyter_mlops.memory']
    """
    found = {"cpu": _cpu, "memory": _memory, "gpu": _gpus}
    return {f"jupyter_mlops.{name}": text for name, ask in found.items() if (text := _answer(ask))}


def _answer(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except (OSError, ValueError, AttributeError):  # a system that does not tell
        return ""


def _cpu() -> str:
    model = _field("/proc/cpuinfo", "model name") or platform.machine()
    is_bounded = hasattr(os, "sched_getaffinity")
    return f"{model} × {len(os.sched_getaffinity(0)) if is_bounded else os.cpu_count()}"


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.1f} GB"


def _gpus() -> str:
    models = [_field(path, "Model") for path in sorted(glob.glob("/proc/driver/nvidia/gpus/*/information"))]
    return ", ".join(f"{model} × {models.count(model)}" for model in dict.fromkeys(filter(None, models)))


def _field(path: str, name: str) -> str:
    """Value of the first line ``name : value`` of a file of the system, whose length grows with the number of processors."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            found = re.search(rf"^{name}\s*:\s*(.+)$", file.read(4096), re.MULTILINE)
    except OSError:
        return ""
    return found[1].strip() if found else ""
