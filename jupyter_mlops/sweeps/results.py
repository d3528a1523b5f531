"""What came of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlops.entities.clock import seconds_between
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.errors import NotFound
from jupyter_mlops.storage.base import Store
from jupyter_mlops.sweeps.records import SweepRecord, TrialRecord

if TYPE_CHECKING:
    import optuna
    import pandas as pd

__all__ = ["SweepResult"]


class SweepResult:
    """A sweep that is over.

    Attributes
    ----------
    record : SweepRecord
        All of it as plain data.
    study : optuna.Study
        For Optuna's own functions; lives in memory only.
    given_name : str or None
        The name that it was given.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> mlflow.sweep(lambda x: x * x, {"x": "-2..2"}, metric="loss", sampler="grid", name="parabola")
    <sweep 'parabola': 5 trials, best loss = 0 with x=0>
    """

    def __init__(self, store: Store, record: SweepRecord, study: optuna.Study, given_name: str | None = None) -> None:
        self._store, self.record, self.study, self.given_name = store, record, study, given_name

    @property
    def run_id(self) -> str:
        """Id of the sweep's run, the parent of the trials."""
        return self.record.run_id

    @property
    def trials(self) -> list[TrialRecord]:
        """All trials, by number."""
        return self.record.trials

    @property
    def best_trial(self) -> TrialRecord:
        """The trial with the best score; `NotFound` when none has one."""
        ranked = self.record.ranked()
        if not ranked:
            raise NotFound(f"The sweep {self.record.name!r} has no best trial: of {self._done()}, {self._none()}.")
        return ranked[0]

    @property
    def best_run(self) -> Run:
        """The run of the best trial, read anew."""
        return self._store.get_run(self.best_trial.run_id)

    @property
    def best_params(self) -> dict[str, Any]:
        """The point of the best trial."""
        return dict(self.best_trial.params)

    @property
    def best_value(self) -> float:
        """The best score."""
        value = self.best_trial.value
        assert value is not None
        return value

    def to_frame(self) -> pd.DataFrame:
        """One row a trial: ``number, status``, the metric, a column a dimension, ``duration_s, error, run_id``."""
        import pandas as pd

        plan = self.record.plan
        rows = [
            {
                "number": one.number, "status": one.status, plan.metric: one.value,
                **{name: one.params.get(name) for name in plan.space if name != plan.metric},
                "duration_s": seconds_between(one.start_time, one.end_time),
                "error": one.error, "run_id": one.run_id,
            }
            for one in self.trials
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        done = f"<sweep {self.record.name!r}: {self._done()}"
        ranked = self.record.ranked()
        if not ranked:
            return f"{done}, {self._none()}>"
        point = ", ".join(f"{name}={value}" for name, value in ranked[0].params.items())
        return f"{done}, best {self.record.plan.metric} = {ranked[0].value:.5g} with {point}>"

    def _done(self) -> str:
        return f"{self.record.done} trial{'s' * (self.record.done != 1)}"

    def _none(self) -> str:
        """That there is no best, and which values are none."""
        odd = {str(one.value) for one in self.trials if one.status == "FINISHED" and one.value is not None}
        return "none with a score" + (f": {self.record.plan.metric} is {' or '.join(sorted(odd))}" if odd else "")
