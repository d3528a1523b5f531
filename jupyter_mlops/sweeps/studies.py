"""Which point comes next: an Optuna study in memory, whose past is the runs of the sweep."""

from __future__ import annotations

import itertools
import math
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mlops.entities.directions import direction_of
from jupyter_mlops.errors import InvalidParameter, PackageMissing
from jupyter_mlops.sweeps.records import Plan, TrialRecord
from jupyter_mlops.sweeps.spaces import Choices, Dimension, Floats, Ints, grid_points, read_space

if TYPE_CHECKING:
    import optuna

__all__ = ["PRUNERS", "SAMPLERS", "Study", "is_maximized"]

SAMPLERS = ("tpe", "random", "grid")
PRUNERS = ("median", "hyperband", "none")


def is_maximized(metric: str, maximize: bool | None) -> bool:
    """Whether to maximize; minimize by default, but not what everybody maximizes.

    Examples
    --------
    >>> is_maximized("loss", None), is_maximized("acc", True)
    (False, True)
    >>> is_maximized("val_acc", None)
    Traceback (most recent call last):
    jupyter_mlops.errors.InvalidParameter: Is a greater 'val_acc' better? Say so: maximize (--maximize), or minimize (--minimize).
    """
    if maximize is None and direction_of(metric) == "higher":
        raise InvalidParameter(f"Is a greater {metric!r} better? Say so: maximize (--maximize), or minimize (--minimize).")
    return bool(maximize)


class Study:
    """Draws the points of one sweep.

    Every point depends on the seed, its number and the trials before it alone: a sweep that was interrupted and goes on
    draws what it would have drawn. With trials side by side, also on which of them ends first.

    Parameters
    ----------
    plan : Plan

    Attributes
    ----------
    study : optuna.Study

    Notes
    -----
    Use it from any thread.
    """

    def __init__(self, plan: Plan) -> None:
        self._optuna = _optuna()
        self._plan = plan
        self._space = read_space(plan.space)
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._taken: set[int] = set()
        self._grid = _Grid(self._space) if plan.sampler == "grid" else None
        self.study: optuna.Study = self._optuna.create_study(
            direction="maximize" if plan.maximize else "minimize", pruner=self._pruner(), sampler=self._sampler(0)
        )
        self._distributions = {name: self._distribution(dimension) for name, dimension in self._space.items()}

    @property
    def grid_size(self) -> int | None:
        """How many points the grid has, if it is one."""
        return len(self._grid.points) if self._grid else None

    def remember(self, trials: Iterable[TrialRecord], curves: Mapping[str, Mapping[int, float]]) -> None:
        """Add trials that were run before, with what they reported by run id; the numbers of others stay free."""
        states = self._optuna.trial.TrialState
        kinds = {"FINISHED": states.COMPLETE, "PRUNED": states.PRUNED, "FAILED": states.FAIL}
        for one in trials:
            value = one.value if one.value is not None and math.isfinite(one.value) else None
            state = states.FAIL if value is None and one.status == "FINISHED" else kinds[one.status]
            self.study.add_trial(
                self._optuna.trial.create_trial(
                    state=state, value=None if state == states.FAIL else value, params=one.params,
                    distributions=self._distributions, intermediate_values=dict(curves.get(one.run_id, {})),
                )
            )  # fmt: skip
            self._taken.add(one.number)
            if self._grid:
                self._grid.take(one.params)

    def ask(self) -> tuple[optuna.Trial, int, dict[str, Any]] | None:
        """The next trial, its number and its point; None when a grid is at its end."""
        with self._lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what Optuna calls experimental
            if self._grid:
                point = self._grid.next()
                if point is None:
                    return None
                self.study.enqueue_trial(point)
            number = next(one for one in self._numbers if one not in self._taken)
            self.study.sampler = self._sampler(number)
            trial = self.study.ask(self._distributions)
            return trial, number, {name: _tidy(trial.params[name], dimension) for name, dimension in self._space.items()}

    def tell(self, trial: optuna.Trial, status: str, value: float | None) -> None:
        """How a trial ended."""
        states = self._optuna.trial.TrialState
        with self._lock:
            if status == "PRUNED":
                self.study.tell(trial, state=states.PRUNED)
            elif status == "FINISHED" and value is not None and math.isfinite(value):
                self.study.tell(trial, value)
            else:
                self.study.tell(trial, state=states.FAIL)

    def _sampler(self, number: int) -> Any:
        import numpy as np

        samplers = self._optuna.samplers
        seed = int(np.random.SeedSequence([self._plan.seed, number]).generate_state(1)[0])
        if self._plan.sampler != "tpe":
            return samplers.RandomSampler(seed=seed)  # a grid's points are given
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return samplers.TPESampler(seed=seed, constant_liar=True)

    def _pruner(self) -> Any:
        pruners = self._optuna.pruners
        if self._plan.pruner == "median":
            return pruners.MedianPruner()
        return pruners.HyperbandPruner() if self._plan.pruner == "hyperband" else pruners.NopPruner()

    def _distribution(self, dimension: Dimension) -> Any:
        kinds = self._optuna.distributions
        if isinstance(dimension, Choices):
            return kinds.CategoricalDistribution(dimension.values)
        if isinstance(dimension, Ints):
            return kinds.IntDistribution(dimension.low, dimension.high, log=dimension.log, step=dimension.step)
        high = dimension.high if dimension.step is None else dimension.points()[-1]
        return kinds.FloatDistribution(dimension.low, high, log=dimension.log, step=dimension.step)


class _Grid:
    """The points of a grid that nobody has run yet, in order."""

    def __init__(self, space: Mapping[str, Dimension]) -> None:
        self.points = list(grid_points(space))
        self._taken: set[str] = set()
        self._next: Iterator[dict[str, Any]] = iter(self.points)

    def take(self, point: Mapping[str, Any]) -> None:
        self._taken.add(repr(dict(point)))

    def next(self) -> dict[str, Any] | None:
        return next((point for point in self._next if repr(point) not in self._taken), None)


def _tidy(value: Any, dimension: Dimension) -> Any:
    """0.3 instead of 0.30000000000000004."""
    return round(value, 12) if isinstance(dimension, Floats) and dimension.step is not None else value


def _optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        raise PackageMissing("A sweep needs Optuna: pip install 'jupyter-mlops[sweep]'.") from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
