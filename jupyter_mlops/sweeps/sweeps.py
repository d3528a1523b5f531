"""``sweep``: a function called with points of a space."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_mlops.entities.names import check_key
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.sweeps.drivers import Sweep
from jupyter_mlops.sweeps.records import MOST_TRIALS, Plan
from jupyter_mlops.sweeps.results import SweepResult
from jupyter_mlops.sweeps.spaces import has_no_more_points, read_space
from jupyter_mlops.sweeps.studies import PRUNERS, SAMPLERS, is_maximized

__all__ = ["plan_sweep", "sweep"]

_TRIALS = 20


def sweep(
    function: Callable[..., Any],
    space: Mapping[str, Any],
    *,
    metric: str,
    maximize: bool | None = None,
    n: int | None = None,
    sampler: str | None = None,
    pruner: str = "median",
    parallel: int = 1,
    timeout_s: float | None = None,
    seed: int = 0,
    name: str | None = None,
    resume: bool | str = False,
    stop_on_error: bool = False,
) -> SweepResult:
    """Call a function with points of a space, each call a child run, and learn where it is best.

    Parameters
    ----------
    function : callable
        Called with one keyword argument a dimension. Its score is what it logs as `metric`, else what it returns.
    space : mapping of str to str, range or sequence
        Such as ``{"lr": "log(1e-4,1e-1)", "depth": "2..8", "kernel": ["rbf", "poly"]}``; ``steps(0,1,0.1)`` has steps.
    metric : str
    maximize : bool, optional
        Minimize by default; has to be said for accuracies, scores and the like.
    n : int, default 20, or the whole grid
        Trials in all, those of earlier calls included.
    sampler : {"tpe", "random", "grid"}, optional
        By default the whole grid when it has no more points than there are trials, else "tpe", which learns from trials.
    pruner : {"median", "hyperband", "none"}
        Ends a trial that logs `metric` step by step and is worse than others were at that step.
    parallel : int, default 1
        Trials at a time, in threads: of use where the work is done in C (numpy, scikit-learn, torch) or elsewhere, for
        Python itself runs in one thread at a time.
    timeout_s : float, seconds, optional
        No trial begins later.
    seed : int, default 0
        One seed is one sequence of points, as long as `parallel` is 1.
    name : str, optional
        Of the sweep's run.
    resume : bool or str, default False
        Go on with the sweep of this run (its id or name). With True go on with the last one of `name`, or that has these
        dimensions and this metric; when there is none yet, begin one.
    stop_on_error : bool, default False
        End with the first trial that fails; else it is FAILED and the sweep goes on.

    Returns
    -------
    SweepResult

    Raises
    ------
    InvalidParameter
        A dimension or option that cannot be.
    PackageMissing
        Optuna is not installed.
    TrialsFailed
        All trials failed, the first three did alike, or one did with `stop_on_error`.

    Notes
    -----
    About 3 ms a trial. Nothing is kept but runs: trials that were interrupted are KILLED and run again by `resume`, pruned
    ones are KILLED with the tag ``jupyter_mlops.pruned``. An interrupt ends a trial of a thread at its next `log_metric`;
    until then it computes on, unrecorded.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> result = mlflow.sweep(lambda x: (x - 3) ** 2, {"x": "0..9"}, metric="loss", n=10, sampler="grid")
    >>> result.best_params, result.best_value
    ({'x': 3}, 0.0)
    """
    if not callable(function):
        raise InvalidParameter(f"A sweep calls a function, and {function!r} is none.")
    plan = plan_sweep(space, metric=metric, maximize=maximize, n=n, sampler=sampler, pruner=pruner, seed=seed)
    made = Sweep(plan, parallel=parallel, timeout_s=timeout_s, name=name, resume=resume, stop_on_error=stop_on_error)
    made.run(lambda trial: function(**trial.params))
    return made.result()


def plan_sweep(
    space: Mapping[str, Any], *, metric: str, maximize: bool | None, n: int | None, sampler: str | None, pruner: str, seed: int
) -> Plan:
    """What is asked for, checked."""
    dimensions = read_space(space)
    if n is not None and (type(n) is not int or not 1 <= n <= MOST_TRIALS):
        raise InvalidParameter(f"n is how many trials there are to be, from 1 to {MOST_TRIALS:,}, not {n!r}.")
    if type(seed) is not int or seed < 0:
        raise InvalidParameter(f"seed is a whole number from 0, not {seed!r}.")
    if sampler is None:
        sampler = "grid" if has_no_more_points(dimensions, n or _TRIALS) else "tpe"
    for given, known, what in ((sampler, SAMPLERS, "sampler"), (pruner, PRUNERS, "pruner")):
        if given not in known:
            raise InvalidParameter(f"There is no {what} {given!r}: say {', '.join(known)}.")
    if not metric:
        raise InvalidParameter("Say which metric decides: metric='acc' (--metric acc).")
    check_key(metric, "metric")
    texts = {name: str(dimension) for name, dimension in dimensions.items()}
    return Plan(texts, metric, is_maximized(metric, maximize), n or (0 if sampler == "grid" else _TRIALS), sampler, pruner, seed)
