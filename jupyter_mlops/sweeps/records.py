"""A sweep as it is now: what it searches, and its trials. Made of a running sweep, or of its runs in the store."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import DURATION_TAG, ERROR_TAG, PRUNED_TAG, SWEEP_TAG, TRIAL_TAG
from jupyter_mlops.errors import NotFound
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.sweeps.spaces import Dimension, read_space

__all__ = ["MOST_TRIALS", "Plan", "SweepRecord", "TrialRecord", "plan_of", "read_sweep", "trial_of"]

MOST_TRIALS = 1_000_000


class Plan(msgspec.Struct, frozen=True):
    """What a sweep is asked to do.

    Attributes
    ----------
    space : dict of str to str
        Dimensions as `read_space` reads them.
    metric : str
    maximize : bool
    n : int
        How many trials in all; 0 for the whole grid.
    sampler : {"tpe", "random", "grid"}
    pruner : {"median", "hyperband", "none"}
    seed : int
    """

    space: dict[str, str]
    metric: str
    maximize: bool = False
    n: int = 20
    sampler: str = "tpe"
    pruner: str = "median"
    seed: int = 0

    def is_better(self, value: float | None, than: float | None) -> bool:
        """Whether a score beats another one."""
        return value is not None and math.isfinite(value) and (than is None or (value > than if self.maximize else value < than))


class TrialRecord(msgspec.Struct, frozen=True):
    """One trial.

    Attributes
    ----------
    status : {"RUNNING", "FINISHED", "PRUNED", "FAILED", "KILLED"}
    params : dict
        Value by dimension.
    value : float or None
        Its score, or the last one that it reported.
    start_time, end_time : int, milliseconds since the Unix epoch, UTC
    """

    number: int
    run_id: str
    name: str
    status: str
    params: dict[str, Any]
    value: float | None = None
    error: str | None = None
    start_time: int = 0
    end_time: int | None = None

    @property
    def counts(self) -> bool:
        """Whether it is one of the sweep's `n`: one that was interrupted is run again."""
        return self.status in ("FINISHED", "PRUNED", "FAILED")


class SweepRecord(msgspec.Struct, frozen=True):
    """A sweep and its trials.

    Attributes
    ----------
    elapsed : float, seconds
        Of all calls that worked on it.
    left_s : float or None, seconds
        What is left of it, as far as can be told.
    trials : list of TrialRecord
        By number.
    """

    store: str
    run_id: str
    name: str
    experiment: str
    status: str
    plan: Plan
    start_time: int
    end_time: int | None
    elapsed: float
    trials: list[TrialRecord]
    error: str | None = None
    left_s: float | None = None

    def ranked(self) -> list[TrialRecord]:
        """Trials that finished with a number, the best first; of equal ones the earlier."""
        scored = [one for one in self.trials if one.status == "FINISHED" and one.value is not None and math.isfinite(one.value)]
        return sorted(scored, key=lambda one: (-one.value if self.plan.maximize else one.value, one.number))  # type: ignore[operator]

    def count(self, *statuses: str) -> int:
        """How many trials have one of these statuses."""
        return sum(one.status in statuses for one in self.trials)

    @property
    def done(self) -> int:
        """How many trials of `n` are done."""
        return sum(one.counts for one in self.trials)


def read_sweep(store: TrackingStore, run_id: str, plan: Plan | None = None) -> SweepRecord:
    """A sweep as the store has it; with `plan` only the trials that lie in its space.

    Raises
    ------
    NotFound
        There is no such run, or it is no sweep.
    """
    parent = store.get_run(run_id)
    info, plan = parent.info, plan or plan_of(parent)
    if plan is None:
        raise NotFound(f"Run {info.run_name!r} ({run_id}) is not a sweep.")
    found = every_page(
        lambda size, token: store.search_runs(
            [info.experiment_id], f"tags.mlflow.parentRunId = '{run_id}'", ViewType.ACTIVE_ONLY, size, ["start_time ASC"], token
        ),
        MOST_TRIALS,
        1000,
    )
    space = read_space(plan.space)
    trials = _latest([one for run in found if (one := trial_of(run, plan.metric, space))])
    experiment = store.get_experiment(info.experiment_id).name
    return SweepRecord(
        store.key, run_id, info.run_name, experiment, info.status, plan, info.start_time, info.end_time,
        _elapsed(parent, trials), trials, parent.data.tags.get(ERROR_TAG),
    )  # fmt: skip


def _elapsed(parent: Run, trials: Sequence[TrialRecord]) -> float:
    try:
        return float(parent.data.tags[DURATION_TAG])
    except (KeyError, ValueError):
        begin = parent.info.start_time
        end = parent.info.end_time or max((one.end_time or one.start_time for one in trials), default=begin)
        return max(0, end - begin) / 1000


def _latest(trials: Sequence[TrialRecord]) -> list[TrialRecord]:
    """By number; of an interrupted trial and the one that did its work later, the latter."""
    by_number = {one.number: one for one in sorted(trials, key=lambda one: (one.counts, one.start_time))}
    return [by_number[number] for number in sorted(by_number)]


def plan_of(parent: Run) -> Plan | None:
    """What the run of a sweep was asked to do; None when it is not one."""
    text = parent.data.tags.get(SWEEP_TAG)
    if text is None:
        return None
    try:
        return msgspec.json.decode(text.encode(), type=Plan)
    except msgspec.DecodeError:
        return None


def trial_of(run: Run, metric: str, space: Mapping[str, Dimension]) -> TrialRecord | None:
    """The trial that a child run is; None when it is none, or of another space."""
    data, info = run.data, run.info
    try:
        number = int(data.tags[TRIAL_TAG])
        params = {name: dimension.read(data.params[name]) for name, dimension in space.items()}
    except (KeyError, ValueError):
        return None
    status = "PRUNED" if info.status == "KILLED" and data.tags.get(PRUNED_TAG) == "true" else info.status
    value, error = data.metrics.get(metric), data.tags.get(ERROR_TAG)
    return TrialRecord(number, info.run_id, info.run_name, status, params, value, error, info.start_time, info.end_time)
