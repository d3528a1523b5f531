"""Logging to the active run: params, metrics, tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.tracking import stacks
from jupyter_mlops.tracking.active_runs import state_or_start
from jupyter_mlops.tracking.run_operations import RunOperations
from jupyter_mlops.tracking.run_states import RunState, state_of
from jupyter_mlops.tracking.settings import current_store

__all__ = ["delete_tag", "log_metric", "log_metrics", "log_param", "log_params", "set_tag", "set_tags", "state_for"]


def state_for(run_id: str | None) -> RunState:
    """State of a run that is named, else of the active one (started when there is none)."""
    return state_or_start() if run_id is None else state_of(current_store(), run_id)


def log_param(key: str, value: Any, synchronous: bool | None = None) -> Any:
    """Log a param of the active run.

    Parameters
    ----------
    key : str
        Letters, digits and ``_ - . / : space``, at most 250 characters.
    value : Any
        Kept as ``str(value)``; text over 6000 characters is cut with a warning.
    synchronous : bool, optional
        A call is on disk when it returns, either way; False, or ``MLFLOW_ENABLE_ASYNC_LOGGING``, changes what it returns.

    Returns
    -------
    Any
        `value`; with ``synchronous=False`` a `RunOperations`.

    Raises
    ------
    ParamAlreadyLogged
        The run has another value of that param.
    InvalidParameter
        The key cannot be, or the run is deleted.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run():
    ...     mlflow.log_param("lr", 0.1)
    0.1
    """
    state = state_for(None)
    state.log_param(key, value)
    return state.answer(synchronous, value)


def log_params(
    params: Mapping[str, Any], synchronous: bool | None = None, run_id: str | None = None
) -> RunOperations | None:
    """Log several params, all or nothing.

    Raises
    ------
    ParamAlreadyLogged
        The run has another value of one of them; nothing is written.
    InvalidParameter
        A key cannot be; nothing is written.
    """
    state = state_for(run_id)
    state.log_batch(params=params.items())
    return state.answer(synchronous)  # type: ignore[no-any-return]


def log_metric(
    key: str,
    value: float,
    step: int | None = None,
    synchronous: bool | None = None,
    timestamp: int | None = None,
    run_id: str | None = None,
    model_id: str | None = None,
    dataset: Any = None,
) -> RunOperations | None:
    """Log one point of a metric.

    Parameters
    ----------
    key : str
        Letters, digits and ``_ - . / : space``, at most 250 characters.
    value : float
        Or whatever becomes one: numbers, booleans, arrays and tensors of one element.
    step : int, default 0
    synchronous : bool, optional
        A call is on disk when it returns, either way; with False it returns a `RunOperations`.
    timestamp : int, milliseconds since the Unix epoch, UTC, optional
        Now by default.
    run_id : str, optional
        The active run by default.
    model_id, dataset : optional
        Accepted for MLflow's sake, not kept: `log_input` says which data went in.

    Raises
    ------
    InvalidParameter
        The key or value cannot be, or the run is deleted.
    JournalFull
        The disk is full; nothing of the point is kept.

    Notes
    -----
    About two µs. When the call returns the point survives ``kill -9`` of the process, and every reader on the machine
    sees it. Safe from any thread.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run() as run:
    ...     for step in range(3):
    ...         mlflow.log_metric("loss", 1 / (1 + step), step=step)
    >>> len(mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss"))
    3
    """
    if run_id is None:
        active = stacks.current()
        state = active.state if active is not None else state_or_start()
    else:
        state = state_of(current_store(), run_id)
    state.log_metric(key, value, timestamp or None, step or 0)
    return None if (state.synchronous if synchronous is None else synchronous) else RunOperations()


def log_metrics(
    metrics: Mapping[str, float],
    step: int | None = None,
    synchronous: bool | None = None,
    run_id: str | None = None,
    timestamp: int | None = None,
    model_id: str | None = None,
    dataset: Any = None,
) -> RunOperations | None:
    """Log one point of each of several metrics, all or nothing; parameters are those of `log_metric`.

    Raises
    ------
    InvalidParameter
        A key or value cannot be; nothing is written.
    """
    state = state_for(run_id)
    state.log_metrics(metrics, timestamp or None, step)
    return state.answer(synchronous)  # type: ignore[no-any-return]


def set_tag(key: str, value: Any, synchronous: bool | None = None) -> RunOperations | None:
    """Set a tag of the active run; ``mlflow.runName`` renames it."""
    return set_tags({key: value}, synchronous)


def set_tags(tags: Mapping[str, Any], synchronous: bool | None = None) -> RunOperations | None:
    """Set several tags of the active run, all or nothing."""
    state = state_for(None)
    state.set_tags(tags)
    return state.answer(synchronous)  # type: ignore[no-any-return]


def delete_tag(key: str) -> None:
    """Remove a tag of the active run.

    Raises
    ------
    NotFound
        The run has no such tag.
    """
    state = state_for(None)
    if not isinstance(key, str):
        raise InvalidParameter(f"A tag's name is a str, not {key!r}.")
    state.store.delete_tag(state.run_id, key)
