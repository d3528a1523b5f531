"""One tracked cell, from its first line to its end."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any

from jupyter_mlops.autologging.autologs import autolog_for_now
from jupyter_mlops.context.secrets import mask_secrets
from jupyter_mlops.context.sources import is_captured
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.variables import STALL_TIMEOUT
from jupyter_mlops.magics.cards import CellCard
from jupyter_mlops.magics.options import TrackOptions
from jupyter_mlops.magics.outputs import Tee
from jupyter_mlops.storage.base import Store
from jupyter_mlops.tracking import stacks
from jupyter_mlops.tracking.active_runs import begin_new, end
from jupyter_mlops.tracking.artifacts import put_text
from jupyter_mlops.tracking.settings import current_store, experiment_for_run, experiment_named

__all__ = ["TrackedCell", "outcome_of"]

_log = logging.getLogger(__name__)


class TrackedCell:
    """One tracked cell, from the call on its first line to the end of the cell."""

    def __init__(self, options: TrackOptions, source: str, literals: dict[str, Any], cell_id: str | None) -> None:
        STALL_TIMEOUT.get()  # what cannot be understood is an error before there is a run
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
        self.card = CellCard(
            self.active, self.store, self._experiment_name(experiment_id), options.name, self.stdout, literals
        )

    def _experiment_name(self, experiment_id: str) -> str:
        known = self.store.known_experiment(experiment_id=experiment_id)
        return known.name if known else self.store.get_experiment(experiment_id).name

    def finish(self, status: str, error: str | None) -> None:
        """End the run and leave the card as it stays."""
        self.stop_autolog()
        self.elapsed = time.perf_counter() - self.started
        printed = self.stdout.close_and_read()
        try:
            self.card.close()
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


_INTERRUPTS: Sequence[type[BaseException]] = (KeyboardInterrupt, asyncio.CancelledError)


def outcome_of(error: BaseException | None) -> tuple[str, str | None]:
    """Status of a run whose cell ended so, and the error in one line."""
    if error is None:
        return "FINISHED", None
    if isinstance(error, tuple(_INTERRUPTS)):
        return "KILLED", "interrupted"
    first = str(error).strip().partition("\n")[0][:300]
    return "FAILED", f"{type(error).__name__}: {first}" if first else type(error).__name__
