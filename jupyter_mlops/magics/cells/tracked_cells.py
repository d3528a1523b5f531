"""One tracked cell, from its first line to its end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_mlops.artifacts.printings import Printing
from jupyter_mlops.autologging.autologs import autolog_for_now
from jupyter_mlops.context.cell_digests import digest_tags
from jupyter_mlops.context.secrets import is_secret_name, mask_secrets
from jupyter_mlops.context.sources import is_captured
from jupyter_mlops.entities.names import check_key
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.tags import CELL_ID_TAG, DURATION_TAG, ERROR_TAG, RUN_NAME_TAG, TRACKED_CELL_TAG
from jupyter_mlops.entities.variables import STALL_TIMEOUT
from jupyter_mlops.errors import InvalidParameter, MlflowException, ParamAlreadyLogged
from jupyter_mlops.magics.cells.cards import CellCard
from jupyter_mlops.magics.cells.chosen_variables import log_variables
from jupyter_mlops.magics.cells.executed_cells import keep_recording
from jupyter_mlops.magics.cells.former_runs import delete_formers, former_runs
from jupyter_mlops.magics.cells.outputs import Tee
from jupyter_mlops.magics.cells.time_limits import TimeLimit
from jupyter_mlops.magics.lines.options import Given
from jupyter_mlops.magics.lines.track_options import TRACK, tags_of
from jupyter_mlops.magics.settings import settings
from jupyter_mlops.reproduction.recordings import SOURCE, STDERR, STDOUT, Recording
from jupyter_mlops.storage.base import Store
from jupyter_mlops.sweeps.trials import error_text
from jupyter_mlops.tracking import stacks
from jupyter_mlops.tracking.active_runs import begin_again, begin_new, end, run_above
from jupyter_mlops.tracking.artifacts import fetch_artifact, put_text
from jupyter_mlops.tracking.settings import current_store, experiment_for_run, experiment_named

__all__ = ["Cell", "TrackedCell", "outcome_of"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Cell:
    """A cell that is executed.

    Attributes
    ----------
    source : str
    literals : dict
        What is assigned literally at its top.
    cell_id : str or None
    variables : mapping
        The user's namespace, as it is at any time.
    recording : callable
        Returns the cells that it depends on, and itself, when it has ended; None where they are not kept.
    """

    source: str
    literals: dict[str, Any]
    cell_id: str | None
    variables: Mapping[str, Any]
    recording: Callable[[], Recording | None] = lambda: None


class TrackedCell:
    """One tracked cell, from the call on its first line to the end of the cell.

    Parameters
    ----------
    given : Given
        What its line says.
    cell : Cell
    has_card : bool
        Whether it is shown.
    """

    def __init__(self, given: Given, cell: Cell, *, has_card: bool = True) -> None:
        STALL_TIMEOUT.get()  # what cannot be understood is an error before there is a run
        self.given, self.cell, self.has_card = given, cell, has_card
        self.store: Store = current_store()
        self.params = _checked(given, cell)
        self.before = stacks.on_thread()
        self.formers: list[Run] = []
        self.active = self._begin()
        self.run = self.active.run
        self.started = time.perf_counter()
        self.elapsed = 0.0
        try:
            if self.params:
                self.active.state.log_batch(params=self.params.items())
            self.limit = TimeLimit(given.time_limit) if given.time_limit else None
        except BaseException:
            end(self.active, "FAILED")
            raise
        chosen = settings()
        self.keeps_source = chosen.capture_source
        self.stop_autolog = autolog_for_now() if given.autolog or chosen.autolog else lambda: None
        self.stdout = Tee()
        self.card = CellCard(
            self.active, self.store, self._experiment_name(), given.name, self.stdout, cell.literals,
            is_live=has_card and not given.no_live,
        )  # fmt: skip
        self.printing = self._printing()

    def _begin(self) -> stacks.Active:
        given, above = self.given, stacks.current()
        if given.nested and above is None:
            TRACK.refuse("--nested: no run is open that this one could be a child of")
        experiment_id = experiment_named(given.experiment) if given.experiment else experiment_for_run()
        if given.resume or given.replace:
            self.formers = former_runs(self.store, given.name, self.cell.cell_id, experiment_id)
        tags = tags_of(given)
        if self.cell.cell_id and is_captured("notebook"):
            tags[CELL_ID_TAG] = tags[TRACKED_CELL_TAG] = self.cell.cell_id
            if settings().capture_source:
                tags |= digest_tags(self.cell.source)
        if given.resume and self.formers:
            former = self.formers[0]
            for key, old in former.data.params.items():
                if str(self.params.get(key, old)) != old:
                    raise ParamAlreadyLogged(former.info.run_id, key, old, str(self.params[key]))
            self._warn_of_kept(former.data.params)
            return begin_again(self.store, former.info.run_id, tags, holds_children=True)
        if given.name:
            tags[RUN_NAME_TAG] = given.name
        return begin_new(self.store, experiment_id, tags, run_above(), holds_children=True)

    def _warn_of_kept(self, params: Mapping[str, str]) -> None:
        """A run that goes on keeps what its params were, whatever the cell assigns now."""
        for key, value in self.cell.literals.items():
            said = mask_secrets(str(value))
            if params.get(key, said) != said:
                _log.warning("%s is %s in this cell, and stays %s in the run that goes on: params do not change.", key, said, params[key])

    def _experiment_name(self) -> str:
        experiment_id = self.run.info.experiment_id
        known = self.store.known_experiment(experiment_id=experiment_id)
        return known.name if known else self.store.get_experiment(experiment_id).name

    def finish(self, status: str, error: str | None) -> str | None:
        """End the run and leave the card as it stays; returns what the line asked for that is not there."""
        if self.limit and (why := self.limit.stop()):
            status, error = "KILLED", why
        self.stop_autolog()
        self.elapsed = time.perf_counter() - self.started
        if self.printing:
            self.printing.stop()
        printed = self.stdout.close_and_read()
        missing = log_variables(self.active.state, self.given, self.cell.variables)
        if missing and status == "FINISHED":
            status, error = "FAILED", missing
        try:
            self.card.close()
            self._record(printed, error)
        except Exception as trouble:  # what surrounds a run must not cost the cell its result
            _log.warning("The cell's source or output was not kept: %s", trouble)
        for left in reversed([a for a in stacks.on_thread() if a not in self.before and a is not self.active]):
            _log.warning("Run %s was begun in the cell and left open; it ends with it.", left.run.info.run_name)
            end(left, status)
        if not self.active.ended:
            end(self.active, status)
        if self.given.replace and status == "FINISHED":
            self._replace()
        if self.has_card:
            self.card.finish(status, error, self.elapsed)
        return missing

    def _replace(self) -> None:
        try:
            delete_formers(self.store, self.formers)
        except MlflowException as trouble:
            _log.warning("Former runs were not deleted: %s", trouble)

    def _record(self, printed: str, error: str | None) -> None:
        state = self.active.state
        logged = dict(state.params)
        literals = {
            key: mask_secrets(value) if isinstance(value, str) else value
            for key, value in self.cell.literals.items()
            if key not in logged and key not in (self.given.metrics or ())
        }
        before = float(state.tags.get(DURATION_TAG, 0)) if self.given.resume else 0.0
        tags = [(DURATION_TAG, f"{before + self.elapsed:.3f}"), *([(ERROR_TAG, mask_secrets(error))] if error else [])]
        state.log_batch(params=literals.items(), tags=tags)
        if self.keeps_source and is_captured("notebook"):
            self._keep(self.cell.source, SOURCE)
            self._keep(self._printed_before() + printed, STDOUT)
            self._keep(self.card.warned, STDERR)
            self.card.warnings = keep_recording(self.cell.recording(), self.store, self.active.state)

    def _printing(self) -> Printing | None:
        """A run that goes on has printed before, which the end alone joins."""
        if self.given.resume or not (self.keeps_source and is_captured("notebook")):
            return None
        return Printing(self.store, self.run.info, {STDOUT: self.stdout, STDERR: self.card.stderr})

    def _keep(self, text: str, path: str) -> None:
        if text:
            put_text((self.store, self.run.info.run_id), mask_secrets(text), path)

    def _printed_before(self) -> str:
        if not (self.given.resume and self.formers):
            return ""
        with tempfile.TemporaryDirectory() as folder, contextlib.suppress(Exception):  # it printed nothing then
            path = fetch_artifact((self.store, self.run.info.run_id), STDOUT, folder)
            with open(os.path.join(folder, path), encoding="utf-8") as file:
                return file.read()
        return ""


def _checked(given: Given, cell: Cell) -> dict[str, Any]:
    """The params that the line gives, if nothing on the line contradicts anything else."""
    params = {check_key(key): value for key, value in given.param}
    for key in cell.literals.keys() & params.keys():
        if str(cell.literals[key]) != str(params[key]):
            raise InvalidParameter(f"%%track: -p {key}={params[key]}, but the cell sets {key} = {cell.literals[key]!r}. Remove one.")
    if given.resume and given.replace:
        TRACK.refuse("--resume goes on with the former run, --replace deletes it: say one of them")
    for name in (*(given.params or ()), *(given.metrics or ())):
        if not name.isidentifier():
            TRACK.refuse(f"{name!r} is not the name of a variable")
        if is_secret_name(name, 0):  # the value is not known yet
            TRACK.refuse(f"{name} sounds like a secret, which is not logged")
    return params


_INTERRUPTS: Sequence[type[BaseException]] = (KeyboardInterrupt, asyncio.CancelledError)


def outcome_of(error: BaseException | None) -> tuple[str, str | None]:
    """Status of a run whose cell ended so, and the error in one line."""
    if error is None:
        return "FINISHED", None
    if isinstance(error, tuple(_INTERRUPTS)):
        return "KILLED", "interrupted"
    return "FAILED", error_text(error)
