"""Runs found, as a DataFrame or a list."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import PARENT_TAG
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.columns import RunColumns, columns_of
from jupyter_mlops.tracking.run_frames import frame_of
from jupyter_mlops.tracking.run_states import look_again
from jupyter_mlops.tracking.settings import current_store, experiment_for_run

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["delete_run", "get_parent_run", "get_run", "restore_run", "search_runs"]

_log = logging.getLogger(__name__)
_PAGE = 10_000


def get_run(run_id: str) -> Run:
    """A run with its latest metrics, params and tags, deleted ones too; `NotFound` when there is none."""
    return current_store().get_run(run_id)


def get_parent_run(run_id: str) -> Run | None:
    """The run that `run_id` is a child of, or None."""
    parent = get_run(run_id).data.tags.get(PARENT_TAG)
    return get_run(parent) if parent else None


def delete_run(run_id: str) -> None:
    """Set a run to deleted; `restore_run` undoes it."""
    store = current_store()
    store.delete_run(run_id)
    look_again(store, run_id)


def restore_run(run_id: str) -> None:
    """Set a deleted run to active."""
    store = current_store()
    store.restore_run(run_id)
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
    if output_format == "pandas":
        return frame_of(_column_pages(store, ids, filter_string, run_view_type, max_results, order_by))
    return every_page(
        lambda size, token: store.search_runs(ids, filter_string, run_view_type, size, order_by, token),
        max_results,
        _PAGE,
    )


def _column_pages(
    store: Store, ids: list[str], filter_string: str, view: int, wanted: int, order_by: list[str] | None
) -> list[RunColumns]:
    """The pages that make up the first `wanted` runs."""
    pages: list[RunColumns] = []
    token: str | None = None
    while wanted > 0 and (token or not pages):
        pages.append(store.search_run_columns(ids, filter_string, view, min(wanted, _PAGE), order_by, token))
        wanted -= _PAGE
        token = pages[-1].token
    return pages or [columns_of([])]


def _experiments(store: Store, ids: list[str] | None, names: list[str] | None, search_all: bool) -> list[str]:
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
