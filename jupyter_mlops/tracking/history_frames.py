"""The history of a metric as a DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlops.storage.interrupts import whole_import
from jupyter_mlops.tracking.settings import current_store

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["metric_history_frame"]


def metric_history_frame(run_id: str, key: str) -> pd.DataFrame:
    """All points of a metric of a run, to plot or to compute with.

    Parameters
    ----------
    run_id : str
    key : str
        Name of the metric.

    Returns
    -------
    pandas.DataFrame
        One row a point: ``step`` (int64), ``timestamp`` (time with time zone UTC), ``value`` (float64), in the order of
        time, step and value; identical points once. Empty when the run has no such metric.

    Raises
    ------
    NotFound
        There is no such run.

    Notes
    -----
    A million points take a quarter of a second; ``MlflowClient().get_metric_history``, a list of `Metric`, twice that.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run() as run:
    ...     for step in range(3):
    ...         mlflow.log_metric("loss", 1 / (1 + step), step=step)
    >>> mlflow.metric_history_frame(run.info.run_id, "loss")[["step", "value"]].tail(1)
       step     value
    2     2  0.333333
    """
    pd = whole_import("pandas")
    columns = current_store().metric_columns(run_id, key)
    time = pd.to_datetime(columns["timestamp"], unit="ms", utc=True)
    return pd.DataFrame({"step": columns["step"], "timestamp": time, "value": columns["value"]})
