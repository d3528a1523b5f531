"""``%load_ext jupyter_mlops``."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.magics.autolog import autolog
from jupyter_mlops.magics.mlops import mlops
from jupyter_mlops.magics.predict import predict
from jupyter_mlops.magics.registry import model, promote, registry
from jupyter_mlops.magics.runs import runs
from jupyter_mlops.magics.sql import mlops_sql
from jupyter_mlops.magics.sweep import show_result, sweep
from jupyter_mlops.magics.track import TrackedCells

__all__ = ["load_ipython_extension", "unload_ipython_extension"]

_MAGICS = (  # besides those of tracked cells, which need the shell
    (autolog, "line"), (model, "line"), (mlops, "line"), (mlops_sql, "line_cell"), (predict, "line"), (promote, "line"), (registry, "line"),
    (runs, "line"), (sweep, "line_cell"),
)  # fmt: skip
_RESULT = ("jupyter_mlops.sweeps.results", "SweepResult")
_installed: dict[int, TrackedCells] = {}


def load_ipython_extension(shell: Any) -> None:
    """Bring the magics into a shell; a second time changes nothing."""
    if id(shell) in _installed:
        return
    tracked = _installed[id(shell)] = TrackedCells(shell)
    tracked.install()
    for function, kind in _MAGICS:
        shell.register_magic_function(function, kind)
    shell.display_formatter.mimebundle_formatter.for_type_by_name(*_RESULT, show_result)


def unload_ipython_extension(shell: Any) -> None:
    """Take the magics out of a shell."""
    tracked = _installed.pop(id(shell), None)
    if tracked is not None:
        tracked.uninstall()
        for function, _ in _MAGICS:
            for known in shell.magics_manager.magics.values():
                known.pop(function.__name__, None)
        shell.display_formatter.mimebundle_formatter.pop(".".join(_RESULT), None)
