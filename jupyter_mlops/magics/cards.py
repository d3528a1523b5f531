"""What the card of a tracked cell shows, from the cell's first line to its end."""

from __future__ import annotations

import time
from typing import Any

from IPython.core.display_functions import publish_display_data

from jupyter_mlops.magics.live import LiveCard, is_watched
from jupyter_mlops.storage.base import Store
from jupyter_mlops.tracking.stacks import Active
from jupyter_mlops.views.cards import Card, card_bundle

__all__ = ["CellCard"]


class CellCard:
    """The card of a run that is a cell: live where a person watches, one output at the end elsewhere.

    Parameters
    ----------
    active : Active
    store : Store
    experiment : str
        Name of the run's experiment.
    given_name : str or None
        The name that the user gave.
    is_live : bool
        False for one output at the end in any case.
    """

    def __init__(
        self, active: Active, store: Store, experiment: str, given_name: str | None, *, is_live: bool = True
    ) -> None:
        self._active, self._store, self._experiment, self._given_name = active, store, experiment, given_name
        self._started = time.perf_counter()
        self._status = "RUNNING"
        self._error: str | None = None
        self._elapsed = 0.0
        self._live = LiveCard(self.bundle) if is_live and is_watched() else None
        if self._live:
            self._live.start()

    def finish(self, status: str, error: str | None, elapsed: float) -> None:
        """Leave the card as it stays, after the run was ended."""
        self._status, self._error, self._elapsed = status, error, elapsed
        if self._live:
            self._live.finish()
        else:
            publish_display_data(self.bundle())

    def bundle(self) -> dict[str, Any]:
        """The card as it is now."""
        state, info = self._active.state, self._active.run.info
        running = self._status == "RUNNING"
        recent = {key: list(points) for key, points in list(state.recent.items())}
        return card_bundle(
            Card(
                store=self._store.key,
                run_id=info.run_id,
                name=state.tags.get("mlflow.runName", info.run_name),
                given_name=self._given_name,
                experiment=self._experiment,
                status=self._status,
                start_time=info.start_time,
                end_time=None if running else info.start_time + round(self._elapsed * 1000),
                elapsed=round(time.perf_counter() - self._started, 1) if running else self._elapsed,
                params=sorted(dict(state.params).items()),
                metrics=[
                    (key, points[-1][1], points[-1][0], [v for _, v in points])
                    for key, points in sorted(recent.items())
                ],
                error=self._error,
                children=self._active.children,
                note=state.tags.get("mlflow.note.content"),
            )
        )
