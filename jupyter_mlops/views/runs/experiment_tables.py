"""A list of experiments, as ``%experiment`` shows it."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.views.formats.html import escape, table
from jupyter_mlops.views.formats.texts import text_table

__all__ = ["ExperimentTable"]

_MOST = 50


class ExperimentTable:
    """Experiments with the number of their runs; the current one first.

    Attributes
    ----------
    experiments : list of Experiment
    current : str
        Name of the one that new runs belong to.
    """

    def __init__(self, store: TrackingStore, experiments: Sequence[Experiment], current_id: str) -> None:
        self.experiments = sorted(experiments, key=lambda one: one.experiment_id != current_id)
        self.current = next((one.name for one in experiments if one.experiment_id == current_id), current_id)
        self._rows = [
            [one.name, store.count_runs([one.experiment_id], None, ViewType.ACTIVE_ONLY)] for one in self.experiments[:_MOST]
        ]

    def _repr_html_(self) -> str:
        more = len(self.experiments) - _MOST
        rest = f"<p>… {more} more</p>" if more > 0 else ""
        return f"<p>Runs belong to <b>{escape(self.current)}</b>.</p>{table(['experiment', 'runs'], self._rows)}{rest}"

    def __repr__(self) -> str:
        shown = text_table(["experiment", "runs"], self._rows, more=len(self.experiments) - _MOST)
        return f"Runs belong to {self.current!r}.\n{shown}"
