"""Runs found, as a DataFrame or a list."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.duckdb.store import DuckDBStore
from jupyter_mlops.storage.interrupts import whole_import
from jupyter_mlops.tracking.run_states import look_again
from jupyter_mlops.tracking.settings import current_store, experiment_for_run

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["delete_run", "get_parent_run", "get_run", "runs_to_frame", "search_runs"]

_log = logging.getLogger(__name__)


def get_run(run_id: str) -> Run:
    """A run with its latest metrics, params and tags, deleted ones too; `NotFound` when there is none."""
    return current_store().get_run(run_id)


def get_parent_run(run_id: str) -> Run | None:
    """The run that `run_id` is a child of, or None."""
    parent = get_run(run_id).data.tags.get("mlflow.parentRunId")
    return get_run(parent) if parent else None


def delete_run(run_id: str) -> None:
    """Set a run to deleted; ``MlflowClient().restore_run`` undoes it."""
    store = current_store()
    store.delete_run(run_id)
    look_again(store, run_id)


def search_runs(
    experiment_ids: list[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = 100000,
    order_by: list[str] | None = None,
    output_format: str = "pandas",
    search_all_experiments: bool = False,
    experiment_names: list[str] | None = None,
) -> pd.DataFrame | list[Run]:
    """Runs that match a filter, newest first by default.

    Parameters
    ----------
    experiment_ids, experiment_names : list of str, optional
        One of them; the current experiment by default.
    filter_string : str
        Such as ``"metrics.acc > 0.9 AND params.model = 'RandomForest'"``.
    run_view_type : int, default ``ViewType.ACTIVE_ONLY``
    max_results : int, default 100000
    order_by : list of str, optional
        Such as ``["metrics.acc DESC"]``.
    output_format : {"pandas", "list"}
    search_all_experiments : bool, default False
        All active experiments, when none is named.

    Returns
    -------
    pandas.DataFrame or list of Run
        One row a run: ``run_id, experiment_id, status, artifact_uri, start_time, end_time`` (times with time zone UTC),
        then ``metrics.*`` (float64), ``params.*`` and ``tags.*`` (text).

    Raises
    ------
    InvalidFilter
        The filter or order cannot be read; the message points at the place.
    InvalidParameter
        Ids and names together.

    Examples
    --------
    >>> import jupyter_mlops as mlflow
    >>> with mlflow.start_run():
    ...     mlflow.log_metric("acc", 0.9)
    >>> float(mlflow.search_runs(filter_string="metrics.acc > 0.8").loc[0, "metrics.acc"])
    0.9
    """
    if output_format not in ("pandas", "list"):
        raise ValueError(f"output_format is 'pandas' or 'list', not {output_format!r}.")
    store = current_store()
    ids = _experiments(store, experiment_ids, experiment_names, search_all_experiments)
    runs = every_page(
        lambda size, token: store.search_runs(ids, filter_string, run_view_type, size, order_by, token),
        max_results,
        10000,
    )
    return runs if output_format == "list" else runs_to_frame(runs)


def _experiments(store: DuckDBStore, ids: list[str] | None, names: list[str] | None, search_all: bool) -> list[str]:
    if ids and names:
        raise InvalidParameter("Give search_runs() either experiment_ids or experiment_names, not both.")
    if names:
        found = [(name, store.get_experiment_by_name(name)) for name in names]
        for name, experiment in found:
            if experiment is None:
                _log.warning("There is no experiment named %r; it is skipped.", name)
        return [experiment.experiment_id for _, experiment in found if experiment]
    if ids:
        return [str(i) for i in ([ids] if isinstance(ids, (str, int)) else ids)]
    if search_all:
        return [
            e.experiment_id for e in every_page(lambda n, t: store.search_experiments(None, 1, n, None, t), None, 1000)
        ]
    return [experiment_for_run()]


def runs_to_frame(runs: list[Run]) -> pd.DataFrame:
    """One row a run, with MLflow's columns."""
    import numpy as np

    pd = whole_import("pandas")
    infos = [run.info for run in runs]
    columns: dict[str, Any] = {
        name: [getattr(info, name) for info in infos] for name in ("run_id", "experiment_id", "status", "artifact_uri")
    }
    for name in ("start_time", "end_time"):
        columns[name] = pd.to_datetime([getattr(info, name) for info in infos], unit="ms", utc=True)
    for group, missing in (("metrics", np.nan), ("params", None), ("tags", None)):
        data = [getattr(run.data, group) for run in runs]
        for key in dict.fromkeys(key for entries in data for key in sorted(entries)):
            values = [entries.get(key, missing) for entries in data]
            columns[f"{group}.{key}"] = np.array(values, dtype=float) if group == "metrics" else values
    return pd.DataFrame(columns)
