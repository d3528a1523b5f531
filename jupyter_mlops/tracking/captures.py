"""What of a run's circumstances takes longer than its start may: gathered beside the run, written with its end.

The state of the work tree takes `git` from some ms to seconds. A thread asks when the run begins, because that is the code
that the run is made of; runs that begin within `_FRESH_S` have the same answer, so that a hundred short runs ask once. The
end of a run waits for it, but not beyond `_PATIENCE_S` after the asking began: a run that is shorter than that, in a work
tree so large, goes without, and so does one that is killed. A run in a clean work tree costs 0.1 ms of CPU more for all of
this, one in a dirty tree 0.5 ms: the diff's folders and file.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from jupyter_mlops.context.programs import program_tree
from jupyter_mlops.context.sources import final_tags, is_captured
from jupyter_mlops.entities.runs import Run, RunInfo
from jupyter_mlops.entities.tags import DIRTY_TAG
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.tracking.run_states import RunState

if TYPE_CHECKING:
    from jupyter_mlops.context.git_diffs import WorkTreeState

__all__ = ["Capture", "begin_capture"]

_log = logging.getLogger(__name__)
_DIFF = "source/git.diff"
_FRESH_S = 5.0
_PATIENCE_S = 2.0
_LONGEST_S = 60.0
_loading = threading.Lock()  # a child forked while a thread imports has that import's locks, and nobody to release them


class _Asking:
    """One look at a work tree, in a thread of its own."""

    def __init__(self, top: str, places: Collection[str]) -> None:
        self.began = time.monotonic()
        self.state: WorkTreeState | None = None
        self._thread = threading.Thread(target=self._ask, args=(top, places), daemon=True, name="jupyter_mlops-git")
        self._thread.start()

    def _ask(self, top: str, places: Collection[str]) -> None:
        with _loading:
            import subprocess  # noqa: F401 - what git_diffs will import

            from jupyter_mlops.context.git_diffs import work_tree_state  # only where there is a work tree

            tempfile.gettempdir()  # looked for once, under a lock
        try:
            self.state = work_tree_state(top, places, _LONGEST_S)
        except Exception as error:  # a run is never lost for want of its circumstances
            _log.warning("What is not committed is left out: %s", error)

    def wait(self) -> WorkTreeState | None:
        """The answer; None when there is none, or none yet."""
        self._thread.join(max(0.0, self.began + _PATIENCE_S - time.monotonic()))
        return self.state


_askings: dict[tuple[str, str], _Asking] = {}  # the last one by work tree and store


class Capture:
    """What is being gathered for one run.

    Parameters
    ----------
    store : TrackingStore
    run : Run
    """

    def __init__(self, store: TrackingStore, run: Run) -> None:
        self._store, self._run = store, run
        top = program_tree() if is_captured("git_diff") else None
        self._asking = _asking(top, store.key, store.own_places) if top else None
        self._diff = b""

    def finish(self, state: RunState) -> None:
        """Write tags of what was gathered; what goes wrong is only logged."""
        try:
            tree = self._asking.wait() if self._asking else None
            tags = final_tags() | ({DIRTY_TAG: str(tree.dirty).lower()} if tree else {})
            if tags:
                state.set_tags(tags)
            self._diff = tree.diff if tree else b""
        except Exception as error:  # a run is never lost for want of its circumstances
            _log.log(logging.DEBUG if state.deleted else logging.WARNING, "Context of the run left out: %s", error)

    def keep_diff(self) -> None:
        """Write the diff, after the end of the run: a bucket that does not answer takes minutes, which an interrupt ends."""
        try:
            if self._diff:
                _put(self._diff, self._store, self._run.info)
        except Exception as error:
            _log.warning("What is not committed is left out: %s", error)


def begin_capture(store: TrackingStore, run: Run) -> Capture | None:
    """Begin to gather for a run that has just begun; None where that cannot be, which is only logged."""
    try:
        return Capture(store, run)
    except Exception as error:  # a run is never lost for want of its circumstances
        _log.warning("Context of the run left out: %s", error)
        return None


def _asking(top: str, key: str, places: Callable[[], Collection[str]]) -> _Asking:
    last = _askings.get((top, key))
    if last is None or time.monotonic() - last.began > _FRESH_S:
        last = _askings[top, key] = _Asking(top, places())
    return last


def _put(diff: bytes, store: TrackingStore, info: RunInfo) -> None:
    from jupyter_mlops.storage.opened import artifacts_to_write  # only where something is not committed

    with tempfile.NamedTemporaryFile() as file:
        file.write(diff)
        file.flush()
        artifacts_to_write(store, info).put_file(file.name, _DIFF)


def _after_fork() -> None:
    """A thread of the parent will answer nothing here."""
    _askings.clear()
    _loading.release()


os.register_at_fork(before=_loading.acquire, after_in_parent=_loading.release, after_in_child=_after_fork)
