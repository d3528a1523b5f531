"""Starting, ending and asking for the active run."""

from __future__ import annotations

import logging
import sys
from types import TracebackType
from typing import Any

import msgspec

from jupyter_mlops.context.sources import context_tags
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.names import check_key, check_run_id, tag_text
from jupyter_mlops.entities.runs import Run, RunInfo
from jupyter_mlops.entities.statuses import RunStatus
from jupyter_mlops.entities.tags import NOTE_TAG, PARENT_TAG, RUN_NAME_TAG, USER_TAG
from jupyter_mlops.entities.variables import ENABLE_ASYNC_LOGGING, RUN_ID
from jupyter_mlops.errors import InvalidParameter, InvalidState, MlflowException, RunAlreadyActive
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.duckdb.sessions import at_exit
from jupyter_mlops.storage.interrupts import HeldInterrupts
from jupyter_mlops.tracking import stacks
from jupyter_mlops.tracking.captures import begin_capture
from jupyter_mlops.tracking.plugins import tell_run_end
from jupyter_mlops.tracking.run_names import random_name
from jupyter_mlops.tracking.run_states import RunState, new_state, state_of
from jupyter_mlops.tracking.settings import chosen_experiment, current_store, experiment_for_run
from jupyter_mlops.tracking.system_metrics import monitor_of

__all__ = ["ActiveRun", "active_run", "begin_again", "begin_new", "end", "end_run", "last_active_run", "start_run", "state_or_start"]

_log = logging.getLogger(__name__)


class ActiveRun(Run, frozen=True):
    """A run as it was when it started, for use with ``with``: the end of the block ends the run.

    FINISHED at the end, FAILED when any exception leaves the block; nothing when the body ended the run itself.
    """

    def __enter__(self) -> ActiveRun:
        stacks.enter(self.info.run_id)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        status = "FINISHED" if kind is None else "FAILED"
        with HeldInterrupts():
            left = stacks.leave(self.info.run_id)
            left = left or [a for a in stacks.open_runs() if a.run.info.run_id == self.info.run_id]
            ended = [(active, _record_end(active, status)) for active in left]
        for active, info in ended:
            _after_end(active, info)


def start_run(
    run_id: str | None = None,
    experiment_id: str | int | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: dict[str, Any] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
) -> ActiveRun:
    """Begin a run, or resume one, and make it the active one.

    Parameters
    ----------
    run_id : str, optional
        Resume this run instead of beginning a new one.
    experiment_id : str or int, optional
        By default the one of `set_experiment`, of the environment, or the default experiment.
    run_name : str, optional
        By default a random one such as ``calm-fox-112``.
    nested : bool, default False
        Begin a child of the active run. In a cell tracked by ``%%track`` that is so by itself.
    parent_run_id : str, optional
        Parent of the new run, when it is not the active one.
    tags : dict of str to str, optional
    description : str, optional
        Markdown; kept as tag ``mlflow.note.content``.
    log_system_metrics : bool, optional
        Whether to log how busy the machine is; by default what `enable_system_metrics_logging` said.

    Returns
    -------
    ActiveRun
        A snapshot; use it with ``with`` to have the run ended.

    Raises
    ------
    RunAlreadyActive
        A run is active in this thread and `nested` is False.
    NotFound
        There is no run `run_id`.
    InvalidParameter
        Arguments that contradict each other.

    Notes
    -----
    Some 100 µs: one record in the journal, no database. Active runs are per thread, and per task within ``with``.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run(run_name="first") as run:
    ...     mlflow.log_metric("loss", 0.5)
    >>> mlflow.get_run(run.info.run_id).data.metrics
    {'loss': 0.5}
    """
    above = stacks.current()
    if above is not None and not nested and not above.holds_children:
        raise RunAlreadyActive(above.run.info.run_id)
    run_id = run_id or RUN_ID.take()
    store = current_store()
    extra = _given_tags(tags, description, run_name)
    if run_id is not None:
        active = begin_again(store, check_run_id(run_id), extra, run_name, only_of=chosen_experiment())
        active.monitor = monitor_of(active.state, log_system_metrics, resumed=True)
    else:
        parent = _parent(store, above, parent_run_id)
        active = begin_new(
            store, experiment_for_run(experiment_id), extra, parent, log_system_metrics=log_system_metrics
        )
    return _snapshot(active)


def _begin(store: TrackingStore, run: Run, *, holds_children: bool = False) -> stacks.Active:
    """Make a run active in this thread."""
    active = stacks.Active(new_state(store, run), run, holds_children)
    stacks.push(active)
    return active


def _given_tags(tags: dict[str, Any] | None, description: str | None, run_name: str | None) -> dict[str, str]:
    given = {check_key(key, "tag name"): tag_text(key, value) for key, value in (tags or {}).items()}
    if description is not None:
        if NOTE_TAG in given:
            raise InvalidParameter("Give either a description or the tag 'mlflow.note.content', not both.")
        given[NOTE_TAG] = tag_text(NOTE_TAG, description)
    named = given.get(RUN_NAME_TAG)
    if run_name is not None:
        run_name = tag_text(RUN_NAME_TAG, run_name)
    if run_name is not None and named is not None and named != run_name:
        raise InvalidParameter(f"run_name is {run_name!r}, but the tag 'mlflow.runName' is {named!r}.")
    if run_name is not None:
        given[RUN_NAME_TAG] = run_name
    return given


def _parent(store: TrackingStore, above: stacks.Active | None, parent_run_id: str | None) -> str | None:
    if parent_run_id is None:
        return above.run.info.run_id if above else None
    if above is not None and above.run.info.run_id != parent_run_id:
        raise MlflowException(
            f"Run {above.run.info.run_id} is active, so {parent_run_id!r} cannot be the parent of a run inside it."
        )
    if state_of(store, parent_run_id).deleted:
        raise InvalidState(f"The parent run {parent_run_id} is deleted.", error_code="INTERNAL_ERROR")
    return parent_run_id


def run_above() -> str | None:
    """Id of the run that a new one is a child of: the active one, else that which ``MLFLOW_RUN_ID`` says this program is for."""
    active = stacks.current()
    return active.run.info.run_id if active else RUN_ID.get()


def begin_new(
    store: TrackingStore,
    experiment_id: str,
    tags: dict[str, str],
    parent_run_id: str | None,
    *,
    holds_children: bool = False,
    log_system_metrics: bool | None = None,
) -> stacks.Active:
    """Record a new run with this process's context and make it active in this thread.

    An interrupt in between leaves no open run that nobody can end.
    """
    tags = _with_context(tags, parent_run_id)
    ENABLE_ASYNC_LOGGING.get()  # what cannot be understood is an error before there is a run
    with HeldInterrupts() as held:
        run = store.create_run(
            experiment_id, tags[RUN_NAME_TAG], tags.get(USER_TAG, "unknown"), now_ms(), tags, owned=True
        )
        active = _begin(store, run, holds_children=holds_children)
        active.monitor = monitor_of(active.state, log_system_metrics)
        active.capture = begin_capture(store, run)
        if held.pending:
            end(active, "KILLED")
    return active


def _with_context(tags: dict[str, str], parent_run_id: str | None) -> dict[str, str]:
    context = {key: tag_text(key, value) for key, value in context_tags().items()}
    tags = context | ({PARENT_TAG: parent_run_id} if parent_run_id else {}) | tags
    tags.setdefault(RUN_NAME_TAG, random_name())
    return tags


def begin_again(
    store: TrackingStore,
    run_id: str,
    tags: dict[str, str],
    run_name: str | None = None,
    *,
    only_of: str | None = None,
    holds_children: bool = False,
) -> stacks.Active:
    """Go on with a run and make it active in this thread; `only_of` is the one experiment that it may belong to.

    Raises
    ------
    InvalidState
        It is deleted or belongs to another experiment.
    """
    run = store.get_run(run_id)
    if run.info.lifecycle_stage != "active":
        raise InvalidState(
            f"Run {run_id} is deleted and cannot be resumed: restore it first.", error_code="INTERNAL_ERROR"
        )
    if only_of not in (None, run.info.experiment_id):
        raise InvalidState(
            f"Run {run_id} belongs to experiment {run.info.experiment_id}, but set_experiment() chose {only_of}.",
            error_code="INTERNAL_ERROR",
        )
    store.own_run(run_id)
    state = new_state(store, run)
    state.update(status="RUNNING", name=run_name)
    if tags:
        state.set_tags(tags)
    return _begin(store, store.get_run(run_id), holds_children=holds_children)


def end_run(status: str = "FINISHED") -> None:
    """End the active run; nothing when there is none.

    Parameters
    ----------
    status : str, default ``"FINISHED"``
        One of FINISHED, FAILED, KILLED, RUNNING, SCHEDULED.

    Raises
    ------
    Exception
        `status` is none of these; the run is not active any more all the same.
    """
    active = stacks.current()
    if active is not None:
        end(active, status)


def end(active: stacks.Active, status: str) -> None:
    """End one run, whether it is the innermost or not."""
    _after_end(active, _record_end(active, status))


def _after_end(active: stacks.Active, info: RunInfo) -> None:
    """Do what may take long and be interrupted."""
    if active.capture is not None:
        active.capture.keep_diff()
    tell_run_end(info)


def _record_end(active: stacks.Active, status: str) -> RunInfo:
    """Write a run's end; returns what the run is then."""
    with HeldInterrupts():  # either it is active, or its end is written
        stacks.remove(active)
        if active.monitor is not None:
            active.monitor.stop()
        RunStatus.from_string(status)
        if active.state.tags.get(PARENT_TAG) != RUN_ID.get():  # the end of a child leaves it for its parent
            RUN_ID.take()
        ended = now_ms()
        if active.capture is not None:
            active.capture.finish(active.state)
        try:
            active.state.update(status=status, end_time=ended)
        except InvalidParameter:
            _log.warning("Run %s was deleted while it was active.", active.run.info.run_id)
    name = active.state.tags.get(RUN_NAME_TAG, active.run.info.run_name)
    return msgspec.structs.replace(active.run.info, run_name=name, status=status, end_time=ended)


def active_run() -> ActiveRun | None:
    """The active run of this thread (and task, inside ``with``) as it was when it started, or None."""
    active = stacks.current()
    return _snapshot(active) if active else None


def _snapshot(active: stacks.Active) -> ActiveRun:
    return ActiveRun(active.run.info, active.run.data, active.run.inputs)


def last_active_run() -> Run | None:
    """The active run, else the one that this thread ended last, read anew; else None."""
    active = active_run()
    if active is not None:
        return active
    last = stacks.last_ended()
    return last.store.get_run(last.run_id) if last else None


def state_or_start() -> RunState:
    """State of the active run; one is started when there is none, as MLflow does.

    A thread without a run of its own, such as a callback's, logs to the tracked cell that runs, if there is just one that
    has no other inside it.
    """
    active = stacks.current()
    cells = [] if active else [run for run in stacks.open_runs() if run.holds_children]
    outer = {cell.state.tags.get(PARENT_TAG) for cell in cells}
    cells = [cell for cell in cells if cell.run.info.run_id not in outer]
    if len(cells) == 1:
        return cells[0].state
    if active is None:
        start_run()
        active = stacks.current()
        assert active is not None
    return active.state


@at_exit
def _end_all() -> None:
    # An error that nobody caught, as `with start_run()` sees it; at a prompt it is one of any time ago.
    status = "FAILED" if hasattr(sys, "last_type") and not hasattr(sys, "ps1") else "FINISHED"
    for active in stacks.open_runs():
        end(active, status)
