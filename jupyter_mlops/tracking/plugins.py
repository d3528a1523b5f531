"""Installed packages that want to know when a run ends: the entry points ``jupyter_mlops.on_run_end``.

A package names a function in its ``pyproject.toml``::

    [project.entry-points."jupyter_mlops.on_run_end"]
    announce = "my_package:announce"

and is told of every run that this process ends, after the end is recorded::

    def announce(info):  # a RunInfo
        if info.status == "FAILED":
            post(f"{info.run_name} failed: {jupyter_mlops.get_run(info.run_id).data.tags}")
"""

from __future__ import annotations

import functools
import logging
import os
import sys
from collections.abc import Callable

from jupyter_mlops.context.entry_points import entry_points
from jupyter_mlops.context.packages import distributions_in
from jupyter_mlops.entities.runs import RunInfo

__all__ = ["GROUP", "tell_run_end"]

GROUP = "jupyter_mlops.on_run_end"
_log = logging.getLogger(__name__)


def tell_run_end(info: RunInfo) -> None:
    """Call every plugin with a run that has just ended, one after the other, in this thread.

    Parameters
    ----------
    info : RunInfo
        With the run's final status and end time.

    Notes
    -----
    What a plugin raises is logged: the run has ended, and the next plugin is told all the same. An interrupt breaks it
    off. Which plugins there are is asked once a process: some ms for a few hundred installed packages.
    """
    for name, plugin in _plugins():
        try:
            plugin(info)
        except Exception:
            _log.warning("The plugin %r failed at the end of run %s.", name, info.run_id, exc_info=True)


@functools.cache
def _plugins() -> list[tuple[str, Callable[[RunInfo], object]]]:
    if not _is_group_named():
        return []
    found = []
    for point in entry_points(GROUP, "Plugins"):
        try:
            found.append((point.name, point.load()))
        except Exception:
            _log.warning("The plugin %r cannot be loaded.", point.name, exc_info=True)
    return found


def _is_group_named() -> bool:
    """Whether any installed package speaks of our entry points; most people have none, and need not wait for an answer."""
    for folder in (folder for path in sys.path for folder in distributions_in(path)):
        try:
            with open(os.path.join(folder, "entry_points.txt"), "rb") as file:
                if GROUP.encode() in file.read():
                    return True
        except OSError:  # most have none
            continue
    return False
