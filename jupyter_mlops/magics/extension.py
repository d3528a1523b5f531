"""``%load_ext jupyter_mlops``."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.magics.autolog import autolog
from jupyter_mlops.magics.commands import Command
from jupyter_mlops.magics.compare import compare
from jupyter_mlops.magics.experiments import experiment
from jupyter_mlops.magics.log import log
from jupyter_mlops.magics.mlops import mlops
from jupyter_mlops.magics.notes import artifact, note, tag
from jupyter_mlops.magics.predict import predict
from jupyter_mlops.magics.registry import model, promote, registry
from jupyter_mlops.magics.run_info import best, run_info
from jupyter_mlops.magics.runs import runs
from jupyter_mlops.magics.settings import JupyterMLOps
from jupyter_mlops.magics.sql import mlops_sql
from jupyter_mlops.magics.sweep import show_result, sweep
from jupyter_mlops.magics.track import TrackedCells

__all__ = ["COMMANDS", "load_ipython_extension", "unload_ipython_extension"]

COMMANDS: tuple[Command[Any], ...] = (  # besides those of tracked cells, which need the shell
    artifact, autolog, best, compare, experiment, log, mlops, mlops_sql, model, note, predict, promote, registry, run_info, runs, tag,
)  # fmt: skip
_RESULT = ("jupyter_mlops.sweeps.results", "SweepResult")
_installed: dict[int, TrackedCells] = {}


def load_ipython_extension(shell: Any) -> None:
    """Bring the magics into a shell; a second time changes nothing."""
    if id(shell) in _installed:
        return
    tracked = _installed[id(shell)] = TrackedCells(shell)
    tracked.install()
    shell.configurables.append(JupyterMLOps(parent=shell))
    for one in COMMANDS:
        shell.register_magic_function(one.as_magic(), one.kind, one.name)
    shell.register_magic_function(sweep, "line_cell")
    shell.display_formatter.mimebundle_formatter.for_type_by_name(*_RESULT, show_result)


def unload_ipython_extension(shell: Any) -> None:
    """Take the magics out of a shell."""
    tracked = _installed.pop(id(shell), None)
    if tracked is None:
        return
    tracked.uninstall()
    shell.configurables[:] = [one for one in shell.configurables if not isinstance(one, JupyterMLOps)]
    for name in (*(one.name for one in COMMANDS), "sweep"):
        for known in shell.magics_manager.magics.values():
            known.pop(name, None)
    shell.display_formatter.mimebundle_formatter.pop(".".join(_RESULT), None)
