"""The card of a run as the store knows it: of a project's run, whose program is another process."""

from __future__ import annotations

import math

from jupyter_mlops.entities.alerts import alerts_in
from jupyter_mlops.entities.clock import now_ms
from jupyter_mlops.entities.directions import metric_place
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import RunStatus
from jupyter_mlops.entities.tags import ERROR_TAG, NOTE_TAG
from jupyter_mlops.reproduction.recordings import has_cells
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.views.cards.cards import Card, CardMetric, Step
from jupyter_mlops.views.runs.steps import run_steps

__all__ = ["RunCards"]

_POINTS, _MOST_METRICS = 32, 24


class RunCards:
    """Makes cards of one run, one after the other: only what has changed is asked for again.

    Parameters
    ----------
    store : TrackingStore
    run_id : str
    given_name : str or None
        The name that the user gave; a generated one is not shown where outputs must not change.
    """

    def __init__(self, store: TrackingStore, run_id: str, given_name: str | None = None) -> None:
        self._store, self._run_id, self._given_name = store, run_id, given_name
        self._experiment = ""
        self._metrics: dict[str, CardMetric] = {}

    def card(self) -> Card:
        """The card as it is now."""
        run = self._store.get_run(self._run_id)
        info, tags = run.info, run.data.tags
        self._experiment = self._experiment or self._store.get_experiment(info.experiment_id).name
        ended = RunStatus.is_terminated(RunStatus.from_string(info.status))
        elapsed = max(0, (info.end_time if ended and info.end_time else now_ms()) - info.start_time) / 1000
        tree = run_steps(self._store, self._run_id)
        return Card(
            store=self._store.key, run_id=info.run_id, name=info.run_name, given_name=self._given_name, experiment=self._experiment,
            status=info.status, start_time=info.start_time, end_time=info.end_time if ended else None,
            elapsed=elapsed if ended or elapsed < 10 else int(elapsed),
            params=sorted(run.data.params.items()), metrics=self._metrics_of(run), error=tags.get(ERROR_TAG), note=tags.get(NOTE_TAG),
            alerts=alerts_in(tags), steps=[_step(one) for one in tree["steps"]], more_steps=tree["more"], has_cells=has_cells([run]),
        )  # fmt: skip

    def _metrics_of(self, run: Run) -> list[CardMetric]:
        latest = {one.key: one for one in self._store.latest_metrics([self._run_id]).get(self._run_id, ())}
        own = sorted((key for key in latest if not key.startswith("system/")), key=metric_place)
        for key in own[:_MOST_METRICS]:
            known, now = self._metrics.get(key), latest[key]
            if known is None or (known.step, known.value) != (now.step, now.value):
                self._metrics[key] = self._metric(key, now.value, now.step)
        return [self._metrics.get(key) or CardMetric(key, latest[key].value, latest[key].step, []) for key in own]

    def _metric(self, key: str, value: float, step: int) -> CardMetric:
        curves = self._store.metric_curves([self._run_id], key, "step", _POINTS)
        points = curves[self._run_id].values if self._run_id in curves else [value]
        finite = [point for point in points if math.isfinite(point)]
        return CardMetric(key, value, step, list(points), *((min(finite), max(finite)) if finite else ()))


def _step(found: dict[str, object]) -> Step:
    metric = found["metric"]
    pair = (str(metric["key"]), float(metric["value"])) if isinstance(metric, dict) else None
    return Step(**{**found, "metric": pair})  # type: ignore[arg-type]
