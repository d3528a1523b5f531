"""From data to what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlops.tracking.queries import sql

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["lineage"]

_QUERY = """
SELECT d.name AS dataset, d.digest, i.context, r.experiment_name AS experiment, r.run_id, r.run_name, r.status, r.start_time,
       v.name AS model, v.version, v.stage
FROM inputs i JOIN datasets d USING (dataset_id) JOIN runs r USING (run_id) LEFT JOIN model_versions v USING (run_id)
WHERE r.lifecycle_stage = 'active' AND {}
ORDER BY r.start_time, r.run_id, i.context, model, v.version
"""


def lineage(dataset: Any, store: str | None = None) -> pd.DataFrame:
    """Runs that a data set went into, and model versions that came out of them.

    Parameters
    ----------
    dataset : str or Dataset
        Name or digest, or a data set as it was logged.
    store : str, optional
        The current one by default.

    Returns
    -------
    pandas.DataFrame
        One row for each use in a run and model version of that run, the earliest run first: ``dataset``, ``digest``,
        ``context``, ``experiment``, ``run_id``, ``run_name``, ``status``, ``start_time``, ``model``, ``version``,
        ``stage``; the last three are missing for a run without model version.

    Examples
    --------
    >>> import jupyter_mlops as mlflow, numpy as np
    >>> with mlflow.start_run(run_name="first"):
    ...     mlflow.log_input(mlflow.data.from_numpy(np.eye(2), name="wine"), context="training")
    >>> lineage("wine")[["dataset", "context", "run_name"]]
      dataset   context run_name
    0    wine  training    first
    """
    if isinstance(dataset, str):
        return sql(_QUERY.format("? IN (d.name, d.digest)"), dataset, store=store)
    return sql(_QUERY.format("d.name = ? AND d.digest = ?"), dataset.name, dataset.digest, store=store)
