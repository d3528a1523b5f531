"""``%load_ext jupyter_mlops``."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from jupyter_mlops.magics.autolog import autolog
from jupyter_mlops.magics.cells.programs import show_submitted
from jupyter_mlops.magics.cells.transformer import asked_for_help
from jupyter_mlops.magics.compare import compare
from jupyter_mlops.magics.diff import diff
from jupyter_mlops.magics.displays import add_displays
from jupyter_mlops.magics.evaluate import evaluate
from jupyter_mlops.magics.experiments import experiment
from jupyter_mlops.magics.lines.commands import Command
from jupyter_mlops.magics.lines.completions import matcher_of, variables_of
from jupyter_mlops.magics.lines.track_options import SWITCH, TRACK
from jupyter_mlops.magics.log import log
from jupyter_mlops.magics.mlops import mlops
from jupyter_mlops.magics.new_project import new_project
from jupyter_mlops.magics.notes import artifact, note, tag
from jupyter_mlops.magics.predict import predict
from jupyter_mlops.magics.projects import mlrun, project
from jupyter_mlops.magics.registry import model, promote, registry
from jupyter_mlops.magics.reproduce import reproduce
from jupyter_mlops.magics.run_info import best, run_info
from jupyter_mlops.magics.runs import runs
from jupyter_mlops.magics.serve import serve
from jupyter_mlops.magics.settings import JupyterMLOps
from jupyter_mlops.magics.sql import mlops_sql
from jupyter_mlops.magics.sweep import show_result, sweep
from jupyter_mlops.magics.track import TrackedCells
from jupyter_mlops.projects.submitted_runs import SubmittedRun

__all__ = ["COMMANDS", "load_ipython_extension", "unload_ipython_extension"]

COMMANDS: tuple[Command[Any], ...] = (  # besides those of tracked cells, which need the shell
    artifact, autolog, best, compare, diff, evaluate, experiment, log, mlops, mlops_sql, mlrun, model, new_project, note, predict, project, promote,
    registry, reproduce, run_info, runs, serve, sweep, tag,
)  # fmt: skip
_RESULT = ("jupyter_mlops.sweeps.results", "SweepResult")
_SIGNS = {"line": ("%",), "cell": ("%%",), "line_cell": ("%", "%%")}
_installed: dict[int, ExitStack] = {}  # by shell, what takes everything out again


def load_ipython_extension(shell: Any) -> None:
    """Bring the magics into a shell; a second time changes nothing."""
    if id(shell) in _installed:
        return
    undo = _installed[id(shell)] = ExitStack()
    tracked = TrackedCells(shell)
    tracked.install()
    undo.callback(tracked.uninstall)
    _add(undo, shell.configurables, JupyterMLOps(parent=shell))
    _add(undo, getattr(shell.Completer, "custom_matchers", []), _matcher(shell))
    _add(undo, shell.input_transformers_cleanup, asked_for_help)
    for one in COMMANDS:
        shell.register_magic_function(one.as_magic(), one.kind, one.name)
        for known in shell.magics_manager.magics.values():
            undo.callback(known.pop, one.name, None)
    undo.callback(add_displays(shell))
    formats = shell.display_formatter.mimebundle_formatter
    formats.for_type_by_name(*_RESULT, show_result)
    undo.callback(formats.pop, ".".join(_RESULT), None)
    displays = shell.display_formatter.ipython_display_formatter
    displays.for_type(SubmittedRun, show_submitted)
    undo.callback(displays.pop, SubmittedRun, None)


def unload_ipython_extension(shell: Any) -> None:
    """Take the magics out of a shell."""
    undo = _installed.pop(id(shell), None)
    if undo is not None:
        undo.close()


def _add(undo: ExitStack, items: list[Any], item: Any) -> None:
    items.append(item)
    undo.callback(items.remove, item)


def _matcher(shell: Any) -> Any:
    usages = {usage.magic: usage for usage in (TRACK, SWITCH)}
    for one in COMMANDS:
        usages |= {sign + one.name: one.usage for sign in _SIGNS[one.kind]}
    return matcher_of(usages, lambda: variables_of(shell.user_ns, shell.user_ns_hidden))
