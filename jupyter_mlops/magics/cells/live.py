"""The card of a tracked cell: live where a person watches, one output at the end elsewhere."""

from __future__ import annotations

import contextlib
import contextvars
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from IPython.core.display_functions import publish_display_data

from jupyter_mlops.context.notebooks import is_notebook, is_open
from jupyter_mlops.entities.ids import new_id
from jupyter_mlops.entities.variables import LIVE
from jupyter_mlops.magics.cells.outputs import CARD_THREAD
from jupyter_mlops.magics.settings import settings

__all__ = ["LiveCard", "is_watched", "kernel_id"]

_SHARE = 0.01  # of the processor, at most; sending, and the change of threads, take about as much again
_AGES, _SLOWEST_S = 100, 1.0


def is_watched() -> bool:
    """Whether a front end shows outputs while a cell runs: Jupyter with a session, VS Code, Colab.

    ``JUPYTER_MLOPS_LIVE`` decides when it is set, else ``%config JupyterMLOps.live`` can say no.
    """
    live = LIVE.get()
    if live is not None:
        return live and is_notebook()
    return settings().live and is_open()


def kernel_id() -> str | None:
    """Id by which front ends know the running kernel; None where it was not started for one."""
    ipykernel = sys.modules.get("ipykernel.connect")
    with contextlib.suppress(Exception):  # no kernel, or one of another make
        found = re.search(r"kernel-([\w-]+)\.json$", ipykernel.get_connection_file() if ipykernel else "")
        return found[1] if found else None
    return None


class LiveCard:
    """Shows a bundle at once, again while it changes, four times a second if nothing else is configured, and a last time.

    A bundle that is expensive to make is shown less often, and so is that of a cell that runs for long: after two minutes
    once a second. Watching a cell takes at most a fiftieth of a processor.

    Parameters
    ----------
    make : callable
        Returns the bundle as it is now. Called from a thread of the card's own.
    share : float, default 0.01
        Of a processor, for making bundles; more where this process waits for another one that works.
    """

    def __init__(self, make: Callable[[], dict[str, Any]], share: float = _SHARE) -> None:
        self._make, self._share = make, share
        self._every_s = settings().refresh_s
        self._shown: dict[str, Any] | None = None
        self._display = {"display_id": new_id()}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Show the card and begin to follow."""
        with contextlib.suppress(Exception):  # nobody can be shown anything: the cell runs
            self._show(update=False)
        context = contextvars.copy_context()  # outputs of the thread belong to this cell
        self._thread = threading.Thread(
            target=context.run, args=(self._follow,), daemon=True, name=CARD_THREAD
        )
        self._thread.start()

    def _follow(self) -> None:
        pause, began, costs = self._every_s, time.perf_counter(), deque([0.0], maxlen=3)
        while not self._stop.wait(pause):
            before = time.thread_time()
            with contextlib.suppress(Exception):  # the front end went away: the cell goes on
                self._show(update=True)
            age = time.perf_counter() - began
            costs.append(time.thread_time() - before)
            pause = max(self._every_s, min(_SLOWEST_S, age / _AGES), min(costs) / self._share)  # one that imports something is no rule

    def _show(self, *, update: bool) -> None:
        bundle = self._make()
        if bundle != self._shown:
            self._shown = bundle
            publish_display_data(bundle, transient=self._display, update=update)

    def finish(self) -> None:
        """Stop following and show the card as it stays."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(2)
        with contextlib.suppress(Exception):
            self._show(update=True)
