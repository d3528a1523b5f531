"""Which run is active: a stack per thread, and per task where ``with`` is used.

A run begun by ``with start_run()`` is active in its context (`contextvars`), so that concurrent tasks of one thread each
see their own; a bare ``start_run()`` stands on its thread's stack, where the next notebook cell still finds it.
"""

from __future__ import annotations

import os
import threading
from contextvars import ContextVar

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.tracking.captures import Capture
from jupyter_mlops.tracking.run_states import RunState
from jupyter_mlops.tracking.system_metrics import SystemMetricsMonitor

__all__ = ["Active", "current", "enter", "leave", "on_thread", "open_runs", "push", "remove"]


class Active:
    """A run on the stack.

    Attributes
    ----------
    state : RunState
    run : Run
        As it was when it started.
    holds_children : bool
        Whether a plain ``start_run()`` inside it begins a child, as in a tracked cell.
    children : int
        Runs begun inside it by this thread.
    inherited : bool
        Whether this process was forked inside the run: then the parent ends it.
    monitor : SystemMetricsMonitor or None
        What logs system metrics to it.
    capture : Capture or None
        What is gathered for its end.
    """

    __slots__ = ("capture", "children", "ended", "holds_children", "inherited", "monitor", "run", "state", "under")

    def __init__(self, state: RunState, run: Run, holds_children: bool = False) -> None:
        self.state = state
        self.run = run
        self.holds_children = holds_children
        self.under: Active | None = None  # the innermost `with` run round its start
        self.ended = False
        self.inherited = False
        self.children = 0
        self.monitor: SystemMetricsMonitor | None = None
        self.capture: Capture | None = None


_entered: ContextVar[Active | None] = ContextVar("jupyter_mlops_active_run", default=None)
_thread = threading.local()
_open: set[Active] = set()


def _innermost() -> Active | None:
    node = _entered.get()
    while node is not None and node.ended:
        node = node.under
    return node


def current() -> Active | None:
    """The active run of this thread and task, None when there is none. On the path of every metric: keep it short."""
    node = _entered.get()
    if node is not None and node.ended:
        node = _innermost()
    try:
        stack = _thread.stack
    except AttributeError:
        return node
    if not stack:
        return node
    if stack[-1].under is node:
        return stack[-1]  # type: ignore[no-any-return]
    return next((bare for bare in reversed(stack) if bare.under is node), node)


def push(active: Active) -> None:
    """Put a run on this thread's stack."""
    if (above := current()) is not None:
        above.children += 1
    active.under = _innermost()
    if not hasattr(_thread, "stack"):
        _thread.stack = []
    _thread.stack.append(active)
    _open.add(active)


def enter(run_id: str) -> None:
    """Move a run from the thread's stack into the context: it was begun by ``with``."""
    for active in reversed(getattr(_thread, "stack", ())):
        if active.run.info.run_id == run_id:
            _thread.stack.remove(active)
            _entered.set(active)
            return


def leave(run_id: str) -> list[Active]:
    """Take a ``with`` run out of the context; returns it and what was begun inside and never ended, innermost first."""
    node = _entered.get()
    while node is not None and node.run.info.run_id != run_id:
        node = node.under
    if node is None:
        return []
    inner = [bare for bare in reversed(getattr(_thread, "stack", ())) if bare.under is node]
    _entered.set(node.under)
    return [a for a in [*inner, node] if not (a.ended or a.inherited)]


def on_thread() -> list[Active]:
    """Bare runs of this thread that are open, outermost first."""
    return list(getattr(_thread, "stack", ()))


def remove(active: Active) -> None:
    """Take a run off: it is ended, whatever happens next."""
    active.ended = True
    _open.discard(active)
    stack = getattr(_thread, "stack", [])
    if active in stack:
        stack.remove(active)
    _thread.last = active.state


def last_ended() -> RunState | None:
    """The run that this thread ended last."""
    return getattr(_thread, "last", None)


def open_runs() -> list[Active]:
    """All open runs of the process, of any thread."""
    return list(_open)


def _after_fork() -> None:
    """A forked child goes on inside its parent's runs, but ending them is the parent's business."""
    for active in _open:
        active.inherited = True
        active.monitor = active.capture = None  # their threads are not here, and locks may be held for ever
    _open.clear()


os.register_at_fork(after_in_child=_after_fork)
