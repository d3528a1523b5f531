"""What is known of a run without asking the store: its params, its latest metrics, whether it may be written to."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from weakref import WeakValueDictionary

from jupyter_mlops.entities.datasets import DatasetInput
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.names import check_key, param_text, tag_text
from jupyter_mlops.entities.pairs import Param, RunTag
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import RunStatus
from jupyter_mlops.entities.tags import RUN_NAME_TAG
from jupyter_mlops.entities.variables import ENABLE_ASYNC_LOGGING
from jupyter_mlops.errors import InvalidParameter, ParamAlreadyLogged
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.tracking.run_operations import RunOperations
from jupyter_mlops.tracking.values import metric_step, metric_timestamp, metric_value

__all__ = ["RunState", "known_state", "look_again", "new_state", "state_of"]

_RECENT = 60
_BIGGEST = 2**63 - 1
_good_keys: set[str] = set()
_states: WeakValueDictionary[tuple[str, str], RunState] = WeakValueDictionary()  # one of each run that anybody holds
_kept: deque[RunState] = deque(maxlen=1000)  # and of the last ones, that clients need not ask again
_lock = threading.Lock()


class RunState:
    """One run as this process knows it; every write of a run goes through here.

    Attributes
    ----------
    params : dict of str to str
        All params of the run: another value for one of them is an error at the call.
    recent : dict of str to deque of (step, value)
        The last 60 points of each metric logged here, for live displays.
    deleted : bool
    running : bool
        False once it was ended here.
    synchronous : bool
        What ``synchronous=None`` means, as the environment said when the run was opened.
    listener : callable or None
        Called with key, value and step after each point is written; what it raises, the logging call raises.
    """

    __slots__ = ("__weakref__", "_param_lock", "deleted", "listener", "params", "recent", "run_id", "running", "store", "synchronous", "tags")

    def __init__(self, store: TrackingStore, run: Run) -> None:
        self.store = store
        self.run_id = run.info.run_id
        self.params = dict(run.data.params)
        self.tags = dict(run.data.tags)
        self.recent: dict[str, deque[tuple[int, float]]] = {}
        self.listener: Callable[[str, float, int], None] | None = None
        self.deleted = run.info.lifecycle_stage != "active"
        self.running = True
        self.synchronous = not ENABLE_ASYNC_LOGGING.get()
        self._param_lock = threading.Lock()

    def log_metric(self, key: str, value: Any, timestamp: int | None = None, step: int | None = 0) -> None:
        """Log one point. The hot path: about two µs in all."""
        if self.deleted:
            self._refuse()
        if key not in _good_keys:
            _learn(key)
        if type(value) is not float:
            value = metric_value(key, value)
        if type(step) is not int or not -_BIGGEST <= step <= _BIGGEST:
            step = metric_step(step)
        if timestamp is not None:
            timestamp = metric_timestamp(timestamp)
        self.store.log_metric(self.run_id, key, value, timestamp, step)
        try:
            self.recent[key].append((step, value))
        except KeyError:
            self.recent[key] = deque([(step, value)], _RECENT)
        if (listener := self.listener) is not None:
            listener(key, value, step)

    def answer(self, synchronous: bool | None, value: Any = None) -> Any:
        """What a call that logs returns: `value`, or a `RunOperations` when it was asked not to wait."""
        return value if (self.synchronous if synchronous is None else synchronous) else RunOperations()

    def log_metrics(self, metrics: Mapping[str, Any], timestamp: int | None, step: int | None) -> None:
        """Log one point of each metric, all or nothing."""
        self.log_batch([(key, value, timestamp, step) for key, value in metrics.items()])

    def log_param(self, key: str, value: Any) -> None:
        """Write a param; the same value again is fine."""
        self.log_batch(params=[(key, value)])

    def set_tags(self, tags: Mapping[str, Any]) -> None:
        """Write tags, all or nothing."""
        self.log_batch(tags=tags.items())

    def log_batch(
        self,
        metrics: Iterable[tuple[str, Any, int | None, Any]] = (),
        params: Iterable[tuple[str, Any]] = (),
        tags: Iterable[tuple[str, Any]] = (),
    ) -> None:
        """Check all, then write all in one record.

        Raises
        ------
        InvalidParameter
            A name or value that cannot be; nothing is written then.
        ParamAlreadyLogged
            A param has another value already; nothing is written then.
        """
        if self.deleted:
            self._refuse()
        points = [
            Metric(_learn(key), metric_value(key, value), None if t is None else metric_timestamp(t), metric_step(step))  # type: ignore[arg-type]
            for key, value, t, step in metrics
        ]
        texts = [(_learn(key), param_text(key, value)) for key, value in params]
        pairs = [RunTag(_learn(key), tag_text(key, value)) for key, value in tags]
        with self._param_lock:
            fresh = self._fresh_params(texts)
            if points or fresh or pairs:
                self.store.log_batch(self.run_id, points, [Param(*pair) for pair in fresh.items()], pairs)
            self.params |= fresh
        for point in points:
            self.recent.setdefault(point.key, deque(maxlen=_RECENT)).append((point.step, point.value))
        self._note_tags(pairs)
        if (listener := self.listener) is not None:
            for point in points:
                listener(point.key, point.value, point.step)

    def log_inputs(self, inputs: Sequence[DatasetInput]) -> None:
        """Write data sets that went in, all or nothing."""
        if self.deleted:
            self._refuse()
        self.store.log_inputs(self.run_id, inputs)

    def _fresh_params(self, texts: list[tuple[str, str]]) -> dict[str, str]:
        fresh = dict(texts)
        if len(fresh) < len(texts):
            raise InvalidParameter("A param is given twice in one batch, which is an error even when its values are equal.")
        for key, text in texts:
            old = self.params.get(key)
            if old is not None and old != text:
                raise ParamAlreadyLogged(self.run_id, key, old, text)
            if old is not None:
                del fresh[key]
        return fresh

    def _note_tags(self, pairs: list[RunTag]) -> None:
        for tag in pairs:
            self.tags[tag.key] = tag.value
            if tag.key == RUN_NAME_TAG:
                self.store.update_run(self.run_id, None, None, tag.value)

    def update(self, status: str | None = None, end_time: int | None = None, name: str | None = None) -> None:
        """Change status, end or name; a name is also the tag ``mlflow.runName``."""
        if self.deleted:
            self._refuse()
        if name is not None:
            name = tag_text(RUN_NAME_TAG, name)
            self.store.set_tag(self.run_id, RUN_NAME_TAG, name)
            self.tags[RUN_NAME_TAG] = name
        self.store.update_run(self.run_id, status, end_time, name)
        if status is not None:
            self.running = not RunStatus.is_terminated(RunStatus.from_string(status))

    def refresh(self, run: Run) -> None:
        """Take over what others may have written, from the run as it was just read."""
        with self._param_lock:
            self.params |= run.data.params
        self.tags = dict(run.data.tags)
        self.deleted = run.info.lifecycle_stage != "active"

    def _refuse(self) -> None:
        raise InvalidParameter(f"Run {self.run_id} is deleted: restore it before writing to it.")


def _learn(key: Any) -> str:
    """Check a key once in a process's life."""
    if key not in _good_keys if isinstance(key, str) else True:
        _good_keys.add(check_key(key))
    return key  # type: ignore[no-any-return]


def new_state(store: TrackingStore, run: Run) -> RunState:
    """State of a run that was just made or read; whoever holds one of it already holds the same."""
    with _lock:
        known = _states.get((store.key, run.info.run_id))
        if known is None:
            known = _states[store.key, run.info.run_id] = RunState(store, run)
            _kept.append(known)
            return known
    known.refresh(run)
    return known


def known_state(store: TrackingStore, run_id: str) -> RunState | None:
    """State of a run that this process knows already; the store is not asked."""
    return _states.get((store.key, run_id))


def state_of(store: TrackingStore, run_id: str) -> RunState:
    """State of a run; one that this process does not know yet is read from the store.

    Raises
    ------
    NotFound
        There is no such run.
    """
    known = known_state(store, run_id)
    return known if known is not None else new_state(store, store.get_run(run_id))


def look_again(store: TrackingStore, run_id: str | None = None) -> None:
    """After a run, or an experiment with its runs, was deleted or restored: whoever holds the state of one is told."""
    states = {run: state for (key, run), state in list(_states.items()) if key == store.key and run_id in (None, run)}
    for run in store.get_runs(list(states)) if states else ():
        states[run.info.run_id].deleted = run.info.lifecycle_stage != "active"


def _after_fork() -> None:
    """Locks that another thread of the parent held would never be given up here."""
    global _lock
    _lock = threading.Lock()
    for state in list(_states.values()):
        state._param_lock = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)
