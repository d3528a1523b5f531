"""Following a cell while it runs: its metrics, its machine, and what is wrong with either."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections import deque

from jupyter_mlops.entities.variables import STALL_TIMEOUT
from jupyter_mlops.magics.cells.estimates import bar_steps
from jupyter_mlops.magics.cells.machines import Machine, memory_share
from jupyter_mlops.magics.cells.series import Series
from jupyter_mlops.tracking.alerts import add_alert
from jupyter_mlops.tracking.run_states import RunState
from jupyter_mlops.views.formats.bundles import is_plain
from jupyter_mlops.views.formats.numbers import duration_text

__all__ = ["CellWatch"]

_EVERY_S = 1.0
_MOST_UNSEEN = 200_000
_STALLED_INTERVALS, _LEAST_STALL_S = 10, 60.0
_FULL = 95.0


class CellWatch:
    """Takes what a run logs, samples the machine once a second, and alerts.

    Parameters
    ----------
    state : RunState
        Of the run that is the cell.

    Attributes
    ----------
    series : dict of str to Series
        The run's metrics.
    machine : Machine
    peak : int or None
        Most bytes that the process held, as of the last second.
    """

    def __init__(self, state: RunState) -> None:
        self.series: dict[str, Series] = {}
        self.machine = Machine()
        self.peak: int | None = None
        self._state = state
        self._patience = STALL_TIMEOUT.get()
        self._told: set[str] = set()
        self._moved = self._began = time.perf_counter()
        self._moves, self._bars = 0, 0.0
        self._looking = threading.Lock()
        self._stopped = threading.Event()
        self._unseen: deque[tuple[str, int, float]] = deque(maxlen=_MOST_UNSEEN)
        state.listener = self._hear
        self._thread = threading.Thread(target=self._follow, daemon=True, name="jupyter_mlops-watch")

    def start(self) -> None:
        """Begin to look at the machine."""
        self._thread.start()

    def stop(self) -> None:
        """Look a last time, and no more."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join(1)  # but not for a sensor that hangs
        self.look()
        self.peak = self.machine.peak
        self._state.listener = None

    def _hear(self, key: str, value: float, step: int) -> None:
        """On the path of every metric: keep it short."""
        self._unseen.append((key, step, value))

    def look(self) -> None:
        """Take what was logged since the last look."""
        unseen = self._unseen
        if not unseen or not self._looking.acquire(timeout=1):
            return
        try:
            came: dict[str, tuple[list[int], list[float]]] = {}
            for key, step, value in [unseen.popleft() for _ in range(len(unseen))]:
                steps, values = came.get(key) or came.setdefault(key, ([], []))
                steps.append(step)
                values.append(value)
            for key, (steps, values) in came.items():
                self.series.setdefault(key, Series()).extend(steps, values)
                self._check(key, steps, values)
            self._moved = time.perf_counter()
            self._moves += 1
        finally:
            self._looking.release()

    def _check(self, key: str, steps: list[int], values: list[float]) -> None:
        if all(map(math.isfinite, values)):
            return
        for step, value in zip(steps, values, strict=True):
            if not math.isfinite(value):
                self._tell(f"{key} is {_word(value)}", f"at step {step}")

    def _follow(self) -> None:
        while not self._stopped.wait(_EVERY_S):
            with contextlib.suppress(Exception):  # of the system or the store: a cell never suffers from being watched
                self.look()
                self.machine.sample()
                self.peak = self.machine.peak
                if not is_plain():  # a slow or small machine would change the output
                    self._judge()

    def _judge(self) -> None:
        if (bars := bar_steps()) != self._bars:
            self._bars, self._moved = bars, time.perf_counter()
        quiet = time.perf_counter() - self._moved
        if quiet > self._limit():
            self._tell("no progress", f"nothing logged for {duration_text(quiet)}")
        share = memory_share(self.machine)
        if share is not None and share >= _FULL:
            self._tell("memory is nearly full", f"{share:.0f} % in use")

    def _limit(self) -> float:
        """Seconds without a metric after which something is wrong; a cell that logs nothing has no usual interval."""
        if self._patience is not None:
            return self._patience
        if self._moves < 3:
            return math.inf
        return max(_LEAST_STALL_S, _STALLED_INTERVALS * (self._moved - self._began) / self._moves)

    def _tell(self, title: str, text: str) -> None:
        if title not in self._told:
            self._told.add(title)
            add_alert(self._state, title, text)


def _word(value: float) -> str:
    return "NaN" if math.isnan(value) else "infinite"
