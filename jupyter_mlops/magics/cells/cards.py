"""What the card of a tracked cell shows, from the cell's first line to its end."""

from __future__ import annotations

import io
import logging
import time
from typing import Any

from IPython.core.display_functions import publish_display_data

from jupyter_mlops.context.notebooks import shell
from jupyter_mlops.context.sources import is_captured
from jupyter_mlops.entities.alerts import alerts_in
from jupyter_mlops.entities.directions import metric_place
from jupyter_mlops.entities.tags import NOTE_TAG, RUN_NAME_TAG
from jupyter_mlops.magics.cells.durations import Usual
from jupyter_mlops.magics.cells.estimates import by_bar, by_steps, by_usual
from jupyter_mlops.magics.cells.figures import Figures
from jupyter_mlops.magics.cells.live import LiveCard, is_watched, kernel_id
from jupyter_mlops.magics.cells.outputs import Tee, last_lines
from jupyter_mlops.magics.cells.watches import CellWatch
from jupyter_mlops.storage.base import Store
from jupyter_mlops.tracking.artifacts import put_stream
from jupyter_mlops.tracking.stacks import Active
from jupyter_mlops.views.cards.bundles import card_bundle
from jupyter_mlops.views.cards.cards import Card, CardMetric, Estimate, Gauge

__all__ = ["CellCard"]

_log = logging.getLogger(__name__)


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
    stdout : Tee
        What the cell prints.
    literals : dict
        Values that become params when the cell ends, such as ``epochs``.
    is_live : bool
        False for one output at the end in any case.

    Attributes
    ----------
    stderr : Tee
    warned : str
        What the cell wrote there, when it has ended.
    """

    def __init__(
        self, active: Active, store: Store, experiment: str, given_name: str | None, stdout: Tee,
        literals: dict[str, Any] | None = None, *, is_live: bool = True,
    ) -> None:  # fmt: skip
        self._active, self._store, self._experiment, self._given_name = active, store, experiment, given_name
        self.stderr = Tee("stderr", stdout)
        self.warned = ""
        self._literals = literals or {}
        self._started, self._since = time.perf_counter(), time.time()
        self._status = "RUNNING"
        self._error: str | None = None
        self._elapsed = 0.0
        self.warnings: list[str] = []
        self._usual = Usual(store, active)
        self._figures = Figures(shell())
        self._watch = CellWatch(active.state)
        self._watch.start()
        self._live = LiveCard(self.bundle) if is_live and is_watched() else None
        if self._live:
            self._live.start()

    def close(self) -> None:
        """Watch no longer what the cell does; its figures are kept with the run, which is still open."""
        self.warned = self.stderr.close_and_read()
        figures = self._figures.close()
        target = (self._store, self._active.run.info.run_id)
        try:
            self._watch.stop()
            for name, data in figures.items() if is_captured("notebook") else ():
                put_stream(target, io.BytesIO(data), f"cell/figures/{name}")
        except Exception as trouble:  # what surrounds a run must not cost the cell its result
            _log.warning("The cell's figures were not kept: %s", trouble)

    def finish(self, status: str, error: str | None, elapsed: float) -> None:
        """Leave the card as it stays, after the run was ended."""
        self._status, self._error, self._elapsed = status, error, elapsed
        if status == "FINISHED":
            self._usual.note(elapsed)
        if self._live:
            self._live.finish()
        else:
            publish_display_data(self.bundle())

    def bundle(self) -> dict[str, Any]:
        """The card as it is now."""
        self._watch.look()
        state, info = self._active.state, self._active.run.info
        running = self._status == "RUNNING"
        now = time.perf_counter() - self._started
        printed = last_lines("".join(list(self.stderr.recent))) if running else []
        return card_bundle(
            Card(
                store=self._store.key,
                run_id=info.run_id,
                name=state.tags.get(RUN_NAME_TAG, info.run_name),
                given_name=self._given_name,
                experiment=self._experiment,
                status=self._status,
                start_time=info.start_time,
                end_time=None if running else info.start_time + round(self._elapsed * 1000),
                elapsed=(round(now, 1) if now < 10 else int(now)) if running else self._elapsed,
                params=sorted(dict(state.params).items()),
                metrics=self._metrics(),
                error=self._error,
                children=self._active.children,
                note=state.tags.get(NOTE_TAG),
                alerts=alerts_in(state.tags),
                warnings=self.warnings,
                estimate=self._estimate(now, printed) if running else None,
                memory=self._watch.peak,
                gauges=[Gauge(key, one.value, one.points) for key, one in list(self._watch.machine.series.items())]
                if running
                else [],
                figures=self._figures.count,
                log=printed,
                kernel=kernel_id() if running else None,
            )
        )

    def _metrics(self) -> list[CardMetric]:
        series = sorted(self._watch.series.items(), key=lambda pair: metric_place(pair[0]))
        return [CardMetric(key, one.value, one.step, list(one.points), *(one.range or ())) for key, one in series]

    def _estimate(self, elapsed: float, printed: list[str]) -> Estimate | None:
        last = max((line for line in printed[-2:] if "%|" in line), default="")
        params = {**self._literals, **self._active.state.params}
        found = by_bar(self._since, last) or by_steps(params, self._watch.series)
        return found or by_usual(self._usual.durations(elapsed), elapsed)
