"""What the same cell took before."""

from __future__ import annotations

import contextlib
import sys
from collections import deque
from collections.abc import Sequence

from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import CELL_ID_TAG, DURATION_TAG
from jupyter_mlops.storage.base import Store
from jupyter_mlops.tracking.stacks import Active

__all__ = ["Usual"]

_LAST = 5
_PATIENCE_S = 15.0  # a cell that long can afford to load the database
_here: dict[str, deque[float]] = {}


class Usual:
    """Durations of a cell: those in this kernel, else those that the store knows, which is asked once.

    Parameters
    ----------
    store : Store
    active : Active
        The cell's run.
    """

    def __init__(self, store: Store, active: Active) -> None:
        self._store, self._active = store, active
        self._cell = active.state.tags.get(CELL_ID_TAG)
        self._found: Sequence[float] | None = _here.get(self._cell or "")

    def durations(self, elapsed: float) -> Sequence[float]:
        """Seconds that finished runs of the cell took; none while the cell is too young to ask for them."""
        if self._found is None and (elapsed > _PATIENCE_S or (elapsed > 1 and "duckdb" in sys.modules)):
            self._found = ()
            with contextlib.suppress(Exception):  # a store that does not answer: nothing is told
                self._found = self._ask()
        return self._found or ()

    def _ask(self) -> list[float]:
        if self._cell is None or "'" in self._cell:
            return []
        text = f"tags.`{CELL_ID_TAG}` = '{self._cell}' AND attributes.status = 'FINISHED'"
        found = self._store.search_runs(
            [self._active.run.info.experiment_id], text, ViewType.ACTIVE_ONLY, _LAST, ["start_time DESC"], None
        )
        return [
            float(run.data.tags[DURATION_TAG])
            for run in found
            if DURATION_TAG in run.data.tags
        ]

    def note(self, elapsed: float) -> None:
        """Remember that the cell has finished."""
        if self._cell is not None:
            _here.setdefault(self._cell, deque(maxlen=_LAST)).append(elapsed)
