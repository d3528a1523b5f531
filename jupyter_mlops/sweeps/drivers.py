"""One sweep at work: its run, its trials one after the other or side by side, its end."""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import BEST_TAG, DURATION_TAG, ERROR_TAG, RUN_NAME_TAG, SWEEP_TAG
from jupyter_mlops.errors import InvalidParameter, TrialsFailed
from jupyter_mlops.storage.base import Store
from jupyter_mlops.sweeps.records import Plan, SweepRecord, TrialRecord, plan_of, read_sweep
from jupyter_mlops.sweeps.results import SweepResult
from jupyter_mlops.sweeps.studies import Study
from jupyter_mlops.sweeps.trials import Trial, call_trial
from jupyter_mlops.tracking import stacks
from jupyter_mlops.tracking.active_runs import begin_again, begin_new, end
from jupyter_mlops.tracking.run_names import random_name
from jupyter_mlops.tracking.run_references import find_run
from jupyter_mlops.tracking.settings import current_store, experiment_for_run, experiment_named

__all__ = ["Sweep"]

_log = logging.getLogger(__name__)
_ALIKE = 3
_MOST_SWEEPS = 1000
_PATIENCE_S = 2.0
_MOST_THREADS = 64


class Sweep:
    """One sweep, from its run's begin to its end.

    Parameters
    ----------
    plan : Plan
    parallel, timeout_s, name, resume, stop_on_error
        As `sweep` has them.
    experiment : str, optional
        Name of the experiment of a new sweep.
    tags : mapping of str to str, optional
        Of its run.
    """

    def __init__(
        self, plan: Plan, *, parallel: int = 1, timeout_s: float | None = None, name: str | None = None,
        resume: bool | str = False, stop_on_error: bool = False, experiment: str | None = None, tags: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        if not 1 <= parallel <= _MOST_THREADS:
            raise InvalidParameter(f"From 1 to {_MOST_THREADS} trials run at a time, not {parallel}.")
        if timeout_s is not None and timeout_s <= 0:
            raise InvalidParameter(f"The timeout is a time above 0 s, not {timeout_s}.")
        self.study = Study(plan)
        self.plan = msgspec.structs.replace(plan, n=min(plan.n or 10**9, self.study.grid_size or plan.n))
        self.store = current_store()
        self.given_name = name
        self._parallel, self._stop_on_error = parallel, stop_on_error
        self._until = time.monotonic() + timeout_s if timeout_s else None
        self._experiment_id = experiment_named(experiment) if experiment else experiment_for_run()
        former = self._former(resume, name) if resume else None
        self._before = self._remembered(former) if former else None
        self._trials: list[Trial] = []
        self._best: Trial | None = None
        done = self._before.done if self._before else 0
        self.plan = msgspec.structs.replace(self.plan, n=max(self.plan.n, done))
        self._left = self.plan.n - done
        self._stop, self._lock = threading.Event(), threading.Lock()
        self._failure: Trial | None = None
        self._started = time.monotonic()
        self._ended: float | None = None
        self.status = "RUNNING"
        self.experiment: str = self.store.get_experiment(former.info.experiment_id if former else self._experiment_id).name
        self.active = self._begin(name, dict(tags or {}))

    def _former(self, resume: bool | str, name: str | None) -> Run | None:
        """The run of the sweep that is meant; None where there is none yet and nobody named one."""
        found: Run | None
        if isinstance(resume, str):
            found = find_run(resume, self.store, self._experiment_id)
            if plan_of(found) is None:
                raise InvalidParameter(f"Run {found.info.run_name!r} is not a sweep.")
        else:
            found = _last_like(self.plan, self.store, self._experiment_id, name)
        if found and found.info.status == "RUNNING":  # not an error: a server does not notice that a process died
            _log.warning("Sweep %s still runs elsewhere, as far as its run tells: trials that are left may be run twice.", found.info.run_name)
        return found

    def _remembered(self, parent: Run) -> SweepRecord:
        """Tell the study what was done before."""
        before = read_sweep(self.store, parent.info.run_id, self.plan)
        counted = [one for one in before.trials if one.counts]
        ids = [one.run_id for one in counted]
        curves = self.store.metric_curves(ids, self.plan.metric, "step", 10_000) if ids and self.plan.pruner != "none" else {}
        self.study.remember(counted, {run: dict(zip(curve.places, curve.values, strict=True)) for run, curve in curves.items()})
        return msgspec.structs.replace(before, trials=counted)

    def _begin(self, name: str | None, tags: dict[str, str]) -> stacks.Active:
        tags[SWEEP_TAG] = msgspec.json.encode(self.plan).decode()
        if self._before:
            return begin_again(self.store, self._before.run_id, tags)
        above = stacks.current()
        tags[RUN_NAME_TAG] = name or random_name()
        return begin_new(self.store, self._experiment_id, tags, above.run.info.run_id if above else None)

    def run(self, call: Callable[[Trial], Any], first: Callable[[], None] = lambda: None) -> None:
        """Run the trials to the end; `first` is done within the sweep's run before them.

        Raises
        ------
        KeyboardInterrupt
            After everything that runs was ended as KILLED.
        TrialsFailed
        """
        status = "FINISHED"
        try:
            first()
            if self._parallel > 1:
                self._side_by_side(call)
            else:
                self._one_by_one(call)
            if self._failure:
                status = "FAILED"
        except KeyboardInterrupt:
            status = "KILLED"
            raise
        except BaseException:
            status = "FAILED"
            raise
        finally:
            self._end(status)
        if self._failure:
            raise TrialsFailed(str(self._why()), self._failure.exception) from self._failure.exception

    def _one_by_one(self, call: Callable[[Trial], Any]) -> None:
        while (trial := self._next()) is not None:
            try:
                call_trial(trial, call)
            finally:
                self._count(trial)

    def _side_by_side(self, call: Callable[[Trial], Any]) -> None:
        def work() -> None:
            try:
                self._one_by_one(call)
            except KeyboardInterrupt:  # of a trial that was stopped
                pass
            except BaseException as error:
                trouble.append(error)
                self._stop.set()

        trouble: list[BaseException] = []
        threads = [
            threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True, name=f"jupyter_mlops-trial-{index}")
            for index in range(min(self._parallel, max(1, self._left)))
        ]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.2)  # an interrupt reaches this thread alone
        except BaseException:
            self._stop.set()
            self._abandon(threads)
            raise
        if trouble:
            raise trouble[0]

    def _abandon(self, threads: list[threading.Thread]) -> None:
        patience = time.monotonic() + _PATIENCE_S
        for thread in threads:
            thread.join(max(0.0, patience - time.monotonic()))

    def _next(self) -> Trial | None:
        """The next trial, begun in this thread; None when there is to be none."""
        with self._lock:
            late = self._until is not None and time.monotonic() >= self._until
            if self._left < 1 or late or self._stop.is_set() or self._failure:
                return None
            asked = self.study.ask()
            if asked is None:
                return None
            self._left -= 1
            trial = Trial(self.plan, asked[1], asked[2], asked[0], self._stop)
            self._trials.append(trial)  # first: whatever interrupts its begin, its run is ended with the sweep
            info = self.active.run.info
            trial.begin(self.store, info.experiment_id, info.run_id, f"{info.run_name} {trial.number}")
            return trial

    def _count(self, trial: Trial) -> None:
        if trial.status == "KILLED":
            return
        self.study.tell(trial.asked, trial.status, trial.value)
        with self._lock:
            if trial.status == "FINISHED" and self.plan.is_better(trial.value, self._best.value if self._best else None):
                if self._best:
                    self._best.memory = None
                self._best = trial
            else:
                trial.memory = None
            if trial.status == "FAILED" and self._fails():
                self._failure = trial
            elif trial.exception:
                trial.exception.with_traceback(None)  # its frames hold whatever the trial made

    def _fails(self) -> bool:
        """Whether the failure of a trial is that of the sweep."""
        if self._stop_on_error:
            return True
        ended = [one for one in self._trials if one.status != "RUNNING"]
        failed = [one for one in ended if one.status == "FAILED"]
        if len(failed) < len(ended) or (self._before and self._before.done):
            return False
        is_over = self._left < 1 and len(ended) == len(self._trials)
        return is_over or (len(failed) >= _ALIKE and len({one.error for one in failed[:_ALIKE]}) == 1)

    def _why(self) -> str | None:
        if self._failure is None:
            return None
        failed = sum(one.status == "FAILED" for one in self._trials)
        if failed == 1 or self._stop_on_error:
            what = f"Trial {self._failure.number} failed"
        else:
            what = f"The first {failed} trials failed alike" if self._left else f"All {failed} trials failed, the last one"
        return f"{what}: {self._failure.error}"

    def _end(self, status: str) -> None:
        self._ended = time.monotonic()
        for trial in self._trials:
            trial.end("KILLED")  # if it is not over
        tags = {DURATION_TAG: f"{self._elapsed():.3f}"}
        ranked = self.record().ranked()
        if ranked:
            tags[BEST_TAG] = ranked[0].run_id
        if why := self._why():
            tags[ERROR_TAG] = why
        self.active.state.set_tags(tags)
        if not self.active.ended:  # by the user's own end_run()
            end(self.active, status)
        self.status = status

    def _elapsed(self) -> float:
        now = time.monotonic() if self._ended is None else self._ended
        return now - self._started + (self._before.elapsed if self._before else 0.0)

    def record(self) -> SweepRecord:
        """The sweep as it is now."""
        info = self.active.run.info
        trials: list[TrialRecord] = [*(self._before.trials if self._before else ()), *(one.record() for one in list(self._trials) if one.active)]
        end_time = None if self.status == "RUNNING" else info.start_time + round(self._elapsed() * 1000)
        return SweepRecord(
            self.store.key, info.run_id, info.run_name, self.experiment, self.status, self.plan, info.start_time, end_time,
            self._elapsed(), sorted(trials, key=lambda one: one.number), self._why(), self._expected(),
        )  # fmt: skip

    def _expected(self) -> float | None:
        ended = sum(one.status != "RUNNING" for one in list(self._trials))
        if self.status != "RUNNING" or not ended:
            return None
        rest = (time.monotonic() - self._started) / ended * (self._left + len(self._trials) - ended)
        return rest if self._until is None else min(rest, max(0.0, self._until - time.monotonic()))

    @property
    def best(self) -> Trial | None:
        """The best trial of this call."""
        return self._best

    def result(self) -> SweepResult:
        """What came of it."""
        return SweepResult(self.store, self.record(), self.study.study, self.given_name)


def _last_like(plan: Plan, store: Store, experiment_id: str, name: str | None) -> Run | None:
    """The last sweep of the experiment by this metric: the one of that name or id, else one with these dimensions."""
    found = store.search_runs([experiment_id], f"tags.`{SWEEP_TAG}` LIKE '%'", ViewType.ACTIVE_ONLY, _MOST_SWEEPS, None, None)
    for run in found:
        known = plan_of(run)
        if known is None or (known.metric, known.maximize) != (plan.metric, plan.maximize):
            continue
        if (name in (run.info.run_name, run.info.run_id)) if name else set(known.space) == set(plan.space):
            return run
    return None
