"""One trial: a child run round one call of what is swept."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mlops.context.secrets import mask_secrets
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.tags import ERROR_TAG, PRUNED_TAG, RUN_NAME_TAG, TRIAL_TAG
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.base import Store
from jupyter_mlops.sweeps.records import Plan, TrialRecord
from jupyter_mlops.tracking import stacks
from jupyter_mlops.tracking.active_runs import begin_new, end

if TYPE_CHECKING:
    import optuna

__all__ = ["Trial", "TrialPruned", "TrialStopped", "call_trial", "error_text"]


class TrialPruned(BaseException):
    """Raised by `log_metric` in a trial that is not worth going on. Not an error: what catches errors lets it pass."""


class TrialStopped(BaseException):
    """Raised by `log_metric` in a trial whose sweep was interrupted."""


class Trial:
    """A trial while it runs, and after.

    Attributes
    ----------
    number : int
    params : dict
    status : str
        As `TrialRecord` has it.
    value : float or None
    exception : BaseException or None
        What it raised.
    place : str or None
        Where it raised that, such as ``line 3``.
    memory : Any
        Whatever the call wants to keep; the sweep forgets it unless the trial is the best.
    """

    def __init__(self, plan: Plan, number: int, params: Mapping[str, Any], asked: optuna.Trial, stop: threading.Event) -> None:
        self.plan, self.number, self.params, self.asked = plan, number, dict(params), asked
        self.status = "RUNNING"
        self.value: float | None = None
        self.exception: BaseException | None = None
        self.place: str | None = None
        self.memory: Any = None
        self.active: stacks.Active | None = None
        self.start_time = now_ms()
        self.end_time: int | None = None
        self._stop = stop
        self._last = -1
        self._ending = threading.Lock()

    def begin(self, store: Store, experiment_id: str, parent_run_id: str, name: str) -> None:
        """Begin its run in this thread."""
        tags = {RUN_NAME_TAG: name, TRIAL_TAG: str(self.number)}
        self.active = begin_new(store, experiment_id, tags, parent_run_id, holds_children=True)
        self.start_time = self.active.run.info.start_time
        self.active.state.log_batch(params=self.params.items())
        self.active.state.listener = self._hear

    def _hear(self, key: str, value: float, step: int) -> None:
        if self._stop.is_set():
            raise TrialStopped
        if key != self.plan.metric:
            return
        self.value = value
        is_first, self._last = self._last < 0, max(step, self._last + 1)
        if math.isfinite(value):
            self.asked.report(value, self._last)
            # A metric that is logged once is the result: there is nothing left to save.
            if not is_first and self.plan.pruner != "none" and self.asked.should_prune():
                raise TrialPruned

    def end(self, status: str, error: str | None = None) -> bool:
        """End its run, unless somebody else has."""
        with self._ending:
            if self.active is None or self.status != "RUNNING":
                return False
            tags = ({PRUNED_TAG: "true"} if status == "PRUNED" else {}) | ({ERROR_TAG: error} if error else {})
            if tags:
                self.active.state.set_tags(tags)
            if not self.active.ended:  # by the user's own end_run()
                end(self.active, "KILLED" if status == "PRUNED" else status)
            self.status, self.end_time = status, now_ms()
            return True

    @property
    def error(self) -> str | None:
        """Kind, message and place of what it raised."""
        text = error_text(self.exception)
        return mask_secrets(f"{text} ({self.place})" if self.place else text) if text else None

    def record(self) -> TrialRecord:
        """What it is now."""
        assert self.active is not None
        info = self.active.run.info
        return TrialRecord(
            self.number, info.run_id, info.run_name, self.status, self.params, self.value, self.error,
            self.start_time, self.end_time,
        )  # fmt: skip


def call_trial(trial: Trial, call: Callable[[Trial], Any]) -> None:
    """Run a trial that was begun, to its end.

    Raises
    ------
    KeyboardInterrupt
        It was interrupted; its run is KILLED.
    """
    left_open = stacks.on_thread()
    try:
        value = call(trial)
        trial.value = _score(trial, value)
    except TrialPruned:
        status = "PRUNED"
    except (KeyboardInterrupt, TrialStopped, GeneratorExit):
        _end(trial, "KILLED", left_open)
        raise KeyboardInterrupt from None
    except BaseException as error:  # whatever the user's code raises, SystemExit too, is the end of this trial alone
        trial.exception, status = error, "FAILED"
    else:
        status = "FINISHED"
    _end(trial, status, left_open)


def _end(trial: Trial, status: str, left_open: list[stacks.Active]) -> None:
    for active in reversed([one for one in stacks.on_thread() if one not in left_open]):
        end(active, "FINISHED" if status == "FINISHED" else "KILLED")
    trial.end(status, trial.error)


def _score(trial: Trial, returned: Any) -> float:
    """What was logged, else what was returned, which then is logged."""
    assert trial.active is not None
    metric, state = trial.plan.metric, trial.active.state
    if metric in state.recent:
        return state.recent[metric][-1][1]
    if returned is None:
        raise InvalidParameter(f"The trial neither logged a metric {metric!r} to its own run nor left a number of that name.")
    state.listener = None
    state.log_metric(metric, returned)
    return state.recent[metric][-1][1]


def error_text(error: BaseException | None) -> str | None:
    """Kind and message in one line.

    Examples
    --------
    >>> error_text(ValueError("no such column\\n  in line 3")), error_text(KeyboardInterrupt())
    ('ValueError: no such column', 'KeyboardInterrupt')
    """
    if error is None:
        return None
    first = str(error).strip().partition("\n")[0][:300]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
