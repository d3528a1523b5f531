"""``%%track``: a cell that is a run; ``%track on``: a notebook that is one."""

from __future__ import annotations

import itertools
import logging
from typing import Any

from IPython.core.error import UsageError

from jupyter_mlops.errors import MlflowException
from jupyter_mlops.magics.cells.executed_cells import ExecutedCells
from jupyter_mlops.magics.cells.lost_ends import LostEnds
from jupyter_mlops.magics.cells.notebook_runs import NotebookRun, is_step
from jupyter_mlops.magics.cells.tracked_cells import Cell, TrackedCell, outcome_of
from jupyter_mlops.magics.cells.transformer import track_cells
from jupyter_mlops.magics.lines.commands import said
from jupyter_mlops.magics.lines.options import Given
from jupyter_mlops.magics.lines.track_options import SWITCH, TRACK
from jupyter_mlops.magics.literals import top_literals
from jupyter_mlops.storage.interrupts import HeldInterrupts
from jupyter_mlops.tracking import stacks
from jupyter_mlops.tracking.active_runs import end
from jupyter_mlops.views.formats.texts import harmless

__all__ = ["TrackedCells"]

_log = logging.getLogger(__name__)
_OWN_RUN = ("%%track", "%%sweep")  # cells that begin runs themselves


class TrackedCells:
    """Begins and ends the runs of tracked cells in one shell.

    Parameters
    ----------
    shell : InteractiveShell
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._executing: list[tuple[Any, list[stacks.Active]]] = []  # cells, and the runs that were open before each
        self._cells: list[tuple[Any, TrackedCell]] = []
        self._notebook: NotebookRun | None = None
        self._seen = self._ahead = 0  # the shell's count when a cell began, and how far it was ahead of the cell's number
        self._executed, self._lost_ends = ExecutedCells(shell), LostEnds(shell)
        self._magics = (("line", "begin_track", self.begin), ("cell", "track", self.track), ("line", "track", self.switch))

    def install(self) -> None:
        """Hook into the shell."""
        self._lost_ends.install()
        self._executed.install()
        self._shell.input_transformers_cleanup.append(track_cells)
        self._shell.events.register("pre_run_cell", self._pre_run_cell)
        self._shell.events.register("post_run_cell", self._post_run_cell)
        self.track.__func__.__doc__, self.switch.__func__.__doc__ = TRACK.help, SWITCH.help  # type: ignore[attr-defined]
        for kind, name, function in self._magics:
            self._shell.register_magic_function(function, kind, name)

    def uninstall(self) -> None:
        """Unhook from the shell; tracked cells that run are ended as they are."""
        self._shell.input_transformers_cleanup.remove(track_cells)
        self._shell.events.unregister("pre_run_cell", self._pre_run_cell)
        self._shell.events.unregister("post_run_cell", self._post_run_cell)
        while self._cells:
            self._cells.pop()[1].finish("FINISHED", None)
        self._end_notebook()
        self._executed.uninstall()
        self._lost_ends.uninstall()
        for kind, name, _ in self._magics:
            self._shell.magics_manager.magics[kind].pop(name, None)

    def track(self, line: str, cell: str) -> None:
        """Record this cell as a run."""
        self._shell.run_cell(f"%%track {line}\n{cell}")  # for calls by name: a cell itself is rewritten before it runs

    def begin(self, line: str) -> None:
        """Begin the run of the cell that this call stands in. Written into tracked cells; nothing to call by hand."""
        if TRACK.asks_for_help(line):
            print(TRACK.help)  # noqa: T201 - the answer to who asked
            return
        info = self._executing[-1][0] if self._executing else None
        given = said(lambda: TRACK.read(line))
        self._cells.append((info, said(lambda: TrackedCell(given, self._cell(info, given)))))

    def _cell(self, info: Any, given: Given) -> Cell:
        body = source = info.raw_cell if info else ""
        while body.lstrip().startswith("%%"):  # %%track, and %%time or another one round or in it
            body = body.lstrip().partition("\n")[2]
        literals = {} if given.no_params else top_literals(self._shell.transform_cell(body))
        return Cell(source, literals, getattr(info, "cell_id", None), self._shell.user_ns, lambda: self._executed.recording(info))

    def switch(self, line: str) -> None:
        """Record every following cell as a step of one run, or no more."""
        text = SWITCH.help if SWITCH.asks_for_help(line) else said(lambda: self._switched(SWITCH.read(line)))
        print(harmless(text))  # noqa: T201 - what a magic is for

    def _switched(self, given: Given) -> str:
        word, name = given.words[0], self._notebook.name if self._notebook else None
        if word == "off" and len(given.words) == 1:
            self._end_notebook()
            return f"Run {name} has ended." if name else "No run of the notebook was open."
        if word != "on":
            SWITCH.refuse(f"it takes {SWITCH.words.shown}, not {given.text}")
        if name and not self._notebook.active.ended:  # type: ignore[union-attr]
            return f"Cells are steps of run {name} already; %track off ends it."
        if self._cells:
            SWITCH.refuse("say it in a cell of its own: what begins inside a tracked cell ends with it")
        self._notebook = NotebookRun(given)
        return f"Every cell is a step of run {self._notebook.name} from now on; %track off ends it."

    def _end_notebook(self) -> None:
        if self._notebook:
            self._notebook.end()
        self._notebook = None

    def _pre_run_cell(self, info: Any) -> None:
        is_inner = bool(self._executing)
        self._executing.append((info, stacks.on_thread()))
        if not is_inner:
            self._seen = self._shell.execution_count
        if self._notebook and not is_inner and info.store_history and not self._notebook.active.ended:
            try:
                self._begin_step(self._notebook, info)
            except MlflowException as error:
                _log.warning("The cell is no step of the notebook's run: %s", error)

    def _begin_step(self, notebook: NotebookRun, info: Any) -> None:
        heads = itertools.takewhile(lambda line: line.startswith("%%"), info.raw_cell.lstrip().splitlines())
        has_own = any(head.split()[0] in _OWN_RUN for head in heads)
        if not has_own and is_step(self._shell.transform_cell(info.raw_cell)):
            cell = self._cell(info, notebook.given)
            self._cells.append((info, notebook.step(cell, self._seen - self._ahead)))

    def _post_run_cell(self, result: Any) -> None:
        if result is None:
            return  # see LostEnds
        before = self._executing.pop()[1] if self._executing else stacks.on_thread()
        if not self._executing and result.execution_count is not None:
            self._ahead = max(0, self._seen - result.execution_count)  # 1 since IPython 9.18, 0 before
        while self._cells and self._cells[-1][0] is result.info:
            _, cell = self._cells.pop()
            with HeldInterrupts() as held:
                missing = cell.finish(*outcome_of(result.error_before_exec or result.error_in_exec))
                held.pending = False  # a second click on "stop": there is nothing left to interrupt
            if missing and result.success:
                self._fail(result, missing)
        if not result.success:
            self._end_left(before, *outcome_of(result.error_before_exec or result.error_in_exec))

    def _end_left(self, before: list[stacks.Active], status: str, error: str | None) -> None:
        """End runs that a cell began and its error left open: in the next cell, or when it is run again, they would be in the way."""
        for left in reversed([one for one in stacks.on_thread() if one not in before and not one.holds_children]):
            _log.warning("Run %s was begun in the cell and left open by: %s. It has ended as %s.", left.run.info.run_name, error, status)
            end(left, status)

    def _fail(self, result: Any, why: str) -> None:
        """Let the cell end with an error after all, so that "run all" stops at it."""
        result.error_in_exec = UsageError(why)
        self._shell.showtraceback((UsageError, result.error_in_exec, None))
