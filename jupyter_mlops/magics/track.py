"""``%%track``: a cell that is a run."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any

from IPython.core.display_functions import publish_display_data
from IPython.core.error import UsageError

from jupyter_mlops.autologging.autologs import autolog_for_now
from jupyter_mlops.context.secrets import mask_secrets
from jupyter_mlops.context.sources import is_captured
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import InvalidParameter, MlflowException
from jupyter_mlops.magics.cards import CellCard
from jupyter_mlops.magics.literals import top_literals
from jupyter_mlops.magics.options import HELP, TrackOptions, read_options
from jupyter_mlops.magics.outputs import Tee
from jupyter_mlops.magics.transformer import track_cells
from jupyter_mlops.storage.base import Store
from jupyter_mlops.tracking import stacks
from jupyter_mlops.tracking.active_runs import begin_new, end
from jupyter_mlops.tracking.artifacts import put_text
from jupyter_mlops.tracking.settings import current_store, experiment_for_run, experiment_named

__all__ = ["TrackedCells"]

_log = logging.getLogger(__name__)


class _TrackedCell:
    """One tracked cell, from the call on its first line to the end of the cell."""

    def __init__(self, options: TrackOptions, source: str, literals: dict[str, Any], cell_id: str | None) -> None:
        self.options, self.source, self.literals = options, source, literals
        self.store: Store = current_store()
        experiment_id = experiment_named(options.experiment) if options.experiment else experiment_for_run()
        above = stacks.current()
        tags = {**options.tags, **({"mlflow.runName": options.name} if options.name else {})}
        if cell_id and is_captured("notebook"):
            tags["jupyter_mlops.cell_id"] = cell_id
        self.before = stacks.on_thread()
        parent = above.run.info.run_id if above else None
        self.active = begin_new(self.store, experiment_id, tags, parent, holds_children=True)
        self.run: Run = self.active.run
        self.started = time.perf_counter()
        self.elapsed = 0.0
        if options.params:
            self.active.state.log_batch(params=options.params.items())
        self.stop_autolog = autolog_for_now() if options.autolog else lambda: None
        self.stdout = Tee()
        self.card = CellCard(self.active, self.store, self._experiment_name(experiment_id), options.name)

    def _experiment_name(self, experiment_id: str) -> str:
        known = self.store.known_experiment(experiment_id=experiment_id)
        return known.name if known else self.store.get_experiment(experiment_id).name

    def finish(self, status: str, error: str | None) -> None:
        """End the run and leave the card as it stays."""
        self.stop_autolog()
        self.elapsed = time.perf_counter() - self.started
        printed = self.stdout.close_and_read()
        try:
            self._record(printed)
        except Exception as trouble:  # what surrounds a run must not cost the cell its result
            _log.warning("The cell's source or output was not kept: %s", trouble)
        for left in reversed([a for a in stacks.on_thread() if a not in self.before and a is not self.active]):
            _log.warning("Run %s was begun in the cell and left open; it ends with it.", left.run.info.run_name)
            end(left, status)
        if not self.active.ended:
            end(self.active, status)
        self.card.finish(status, error, self.elapsed)

    def _record(self, printed: str) -> None:
        state = self.active.state
        logged = dict(state.params)
        literals = {
            key: mask_secrets(value) if isinstance(value, str) else value
            for key, value in self.literals.items()
            if key not in logged
        }
        state.log_batch(params=literals.items(), tags=[("jupyter_mlops.duration_s", f"{self.elapsed:.3f}")])
        target = (self.store, self.run.info.run_id)
        for text, name in ((self.source, "source.py"), (printed, "stdout.txt")) if is_captured("notebook") else ():
            if text:
                put_text(target, mask_secrets(text), f"cell/{name}")


class TrackedCells:
    """Begins and ends the runs of tracked cells in one shell.

    Parameters
    ----------
    shell : InteractiveShell
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._executing: list[Any] = []
        self._cells: list[tuple[Any, _TrackedCell]] = []

    def install(self) -> None:
        """Hook into the shell."""
        self._shell.input_transformers_cleanup.append(track_cells)
        self._shell.events.register("pre_run_cell", self._pre_run_cell)
        self._shell.events.register("post_run_cell", self._post_run_cell)
        self._shell.register_magic_function(self.begin, "line", "begin_track")
        self._shell.register_magic_function(self.track, "cell", "track")

    def uninstall(self) -> None:
        """Unhook from the shell; tracked cells that run are ended as they are."""
        self._shell.input_transformers_cleanup.remove(track_cells)
        self._shell.events.unregister("pre_run_cell", self._pre_run_cell)
        self._shell.events.unregister("post_run_cell", self._post_run_cell)
        while self._cells:
            self._cells.pop()[1].finish("FINISHED", None)
        for kind, name in (("line", "begin_track"), ("cell", "track")):
            self._shell.magics_manager.magics[kind].pop(name, None)

    def track(self, line: str, cell: str) -> None:
        """Record this cell as a run; ``%%track --help`` lists the options."""
        self._shell.run_cell(
            f"%%track {line}\n{cell}"
        )  # only for calls by name: a cell itself is rewritten before it runs

    def begin(self, line: str) -> None:
        """Begin the run of the cell that this call stands in. Written into tracked cells; nothing to call by hand."""
        try:
            options = read_options(line)
            if options.help:
                publish_display_data({"text/plain": HELP})
                return
            info = self._executing[-1] if self._executing else None
            source = info.raw_cell if info else ""
            literals = self._literals(source, options)
            for key in literals.keys() & options.params.keys():
                if str(literals[key]) != str(options.params[key]):
                    raise InvalidParameter(
                        f"%%track: -p {key}={options.params[key]}, but the cell sets {key} = {literals[key]!r}. Remove one."
                    )
            cell = _TrackedCell(options, source, literals, getattr(info, "cell_id", None))
        except MlflowException as error:
            raise UsageError(str(error)) from None
        self._cells.append((info, cell))

    def _literals(self, source: str, options: TrackOptions) -> dict[str, Any]:
        if not options.literals:
            return {}
        body = source
        while body.lstrip().startswith("%%"):  # %%track, and %%time or another one round or in it
            body = body.lstrip().partition("\n")[2]
        return top_literals(self._shell.transform_cell(body))

    def _pre_run_cell(self, info: Any) -> None:
        self._executing.append(info)

    def _post_run_cell(self, result: Any) -> None:
        if self._executing:
            self._executing.pop()
        while self._cells and self._cells[-1][0] is result.info:
            _, cell = self._cells.pop()
            cell.finish(*_outcome(result.error_before_exec or result.error_in_exec))


_INTERRUPTS: Sequence[type[BaseException]] = (KeyboardInterrupt, asyncio.CancelledError)


def _outcome(error: BaseException | None) -> tuple[str, str | None]:
    """Status of a run whose cell ended so, and the error in one line."""
    if error is None:
        return "FINISHED", None
    if isinstance(error, tuple(_INTERRUPTS)):
        return "KILLED", "interrupted"
    first = str(error).strip().partition("\n")[0][:300]
    return "FAILED", f"{type(error).__name__}: {first}" if first else type(error).__name__
