"""``%load_ext jupyter_mlops``."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.magics.runs import runs
from jupyter_mlops.magics.track import TrackedCells

__all__ = ["load_ipython_extension", "unload_ipython_extension"]

_installed: dict[int, TrackedCells] = {}


def load_ipython_extension(shell: Any) -> None:
    """Bring the magics into a shell; a second time changes nothing."""
    if id(shell) in _installed:
        return
    tracked = _installed[id(shell)] = TrackedCells(shell)
    tracked.install()
    shell.register_magic_function(runs, "line", "runs")


def unload_ipython_extension(shell: Any) -> None:
    """Take the magics out of a shell."""
    tracked = _installed.pop(id(shell), None)
    if tracked is not None:
        tracked.uninstall()
        shell.magics_manager.magics["line"].pop("runs", None)
