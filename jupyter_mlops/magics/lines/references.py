"""Runs that a line means."""

from __future__ import annotations

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import InvalidState
from jupyter_mlops.magics.lines.options import Option
from jupyter_mlops.tracking import stacks
from jupyter_mlops.tracking.run_references import find_run
from jupyter_mlops.tracking.run_states import RunState, state_of
from jupyter_mlops.tracking.settings import current_store

__all__ = ["RUN", "RUN_WORDS", "run_at_hand", "state_at_hand"]

RUN_WORDS = "name, id or the start of it, last, -2 for the one before, best:METRIC or best:METRIC:min"
RUN = Option("--run", f"another run: {RUN_WORDS}", "RUN", names="runs")


def run_at_hand(text: str | None) -> Run:
    """The run that is meant by `text`; the open one, else the one that ended last here, for None."""
    return find_run(text) if text else _of(state_at_hand(None))


def state_at_hand(text: str | None, *, is_open: bool = False) -> RunState:
    """State of the run that is meant, to write to it; with `is_open` one that ended must be named.

    Raises
    ------
    InvalidState
        None is at hand.
    """
    if text:
        return state_of(current_store(), find_run(text).info.run_id)
    active = stacks.current()
    state = active.state if active else None if is_open else stacks.last_ended()
    if state is None:
        raise InvalidState(f"No run is open{'' if is_open else ' and none has ended here'}: say which one, --run RUN.")
    return state


def _of(state: RunState) -> Run:
    return state.store.get_run(state.run_id)
