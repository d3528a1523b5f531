"""One page of a search: ids by the compiled query, then the rows of those ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.logged_models import LoggedModel
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.registered_models import ModelVersion, RegisteredModel
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import LifecycleStage
from jupyter_mlops.storage.columns import RunColumns
from jupyter_mlops.storage.duckdb import (
    experiments,
    logged_models,
    model_versions,
    registered_models,
    run_columns,
    runs,
)
from jupyter_mlops.storage.duckdb.sessions import Session
from jupyter_mlops.storage.search.filters import parse_filter
from jupyter_mlops.storage.search.orders import parse_order_by
from jupyter_mlops.storage.search.pages import check_max_results, cut_page, offset_of
from jupyter_mlops.storage.search.queries import (
    Query,
    experiments_query,
    logged_models_query,
    model_versions_query,
    registered_models_query,
    runs_query,
)
from jupyter_mlops.storage.search.subjects import (
    EXPERIMENTS,
    LOGGED_MODELS,
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    RUNS,
    Subject,
)

__all__ = ["experiments_page", "logged_models_page", "models_page", "run_columns_page", "run_count", "runs_page", "versions_page"]

T = TypeVar("T")
_ALL = 2**62


def _page(
    session: Session, query: Callable[..., Query], limit: int, subject: Subject, token: str | None,
    fetch: Callable[[Session, list[Any]], list[T]],
) -> PagedList[T]:  # fmt: skip
    ids, next_token = _ids(session, query, limit, subject, token)
    return PagedList(fetch(session, ids), next_token)


def _ids(
    session: Session, query: Callable[..., Query], limit: int, subject: Subject, token: str | None
) -> tuple[list[Any], str | None]:
    """Ids of one page, and the token of the next."""
    limit = check_max_results(limit, subject)
    offset = offset_of(token)
    sql, parameters = query(limit=limit + 1, offset=offset)
    page, next_token = cut_page(session.rows(sql, parameters), offset, limit)
    return [row[0] if len(row) == 1 else row for row in page], next_token


def runs_page(
    session: Session, experiment_ids: Sequence[str] | None, filter_string: str | None, view_type: int,
    max_results: int, order_by: list[str] | None, page_token: str | None,
) -> PagedList[Run]:  # fmt: skip
    """One page of runs."""
    query = _runs_query(session, experiment_ids, filter_string, view_type, order_by)
    return _page(session, query, max_results, RUNS, page_token, runs.fetch)


def run_columns_page(
    session: Session, experiment_ids: Sequence[str] | None, filter_string: str | None, view_type: int,
    max_results: int, order_by: list[str] | None, page_token: str | None,
) -> RunColumns:  # fmt: skip
    """One page of runs by column."""
    query = _runs_query(session, experiment_ids, filter_string, view_type, order_by)
    rids, token = _ids(session, query, max_results, RUNS, page_token)
    return RunColumns(run_columns.infos(session, rids), run_columns.cells(session, rids), token)


def run_count(session: Session, experiment_ids: Sequence[str] | None, filter_string: str | None, view_type: int) -> int:
    """How many runs are found, on all pages."""
    sql, parameters = _runs_query(session, experiment_ids, filter_string, view_type, None)(limit=_ALL, offset=0)
    return int(session.rows(f"SELECT count(*) FROM ({sql})", parameters)[0][0])


def _runs_query(
    session: Session, experiment_ids: Sequence[str] | None, filter_string: str | None, view_type: int,
    order_by: list[str] | None,
) -> Callable[..., Query]:  # fmt: skip
    tree, orders = parse_filter(filter_string, RUNS), parse_order_by(order_by, RUNS)
    numbers = None if experiment_ids is None else [experiments.number_of(i) for i in experiment_ids]

    def query(limit: int, offset: int) -> Query:
        stages = LifecycleStage.of_view(view_type)
        return runs_query(
            tree, orders, experiment_ids=numbers, stages=stages, limit=limit, offset=offset, root=session.root
        )

    return query


def experiments_page(
    session: Session, filter_string: str | None, view_type: int, max_results: int, order_by: list[str] | None,
    page_token: str | None,
) -> PagedList[Experiment]:  # fmt: skip
    """One page of experiments."""
    tree, orders = parse_filter(filter_string, EXPERIMENTS), parse_order_by(order_by, EXPERIMENTS)

    def query(limit: int, offset: int) -> Query:
        return experiments_query(tree, orders, stages=LifecycleStage.of_view(view_type), limit=limit, offset=offset)

    return _page(session, query, max_results, EXPERIMENTS, page_token, experiments.fetch)


def models_page(
    session: Session, filter_string: str | None, max_results: int, order_by: list[str] | None, page_token: str | None
) -> PagedList[RegisteredModel]:
    """One page of registered models."""
    tree, orders = parse_filter(filter_string, REGISTERED_MODELS), parse_order_by(order_by, REGISTERED_MODELS)

    def query(limit: int, offset: int) -> Query:
        return registered_models_query(tree, orders, limit=limit, offset=offset)

    return _page(session, query, max_results, REGISTERED_MODELS, page_token, registered_models.fetch)


def versions_page(
    session: Session, filter_string: str | None, max_results: int, order_by: list[str] | None, page_token: str | None
) -> PagedList[ModelVersion]:
    """One page of model versions."""
    tree, orders = parse_filter(filter_string, MODEL_VERSIONS), parse_order_by(order_by, MODEL_VERSIONS)

    def query(limit: int, offset: int) -> Query:
        return model_versions_query(tree, orders, limit=limit, offset=offset, root=session.root)

    return _page(session, query, max_results, MODEL_VERSIONS, page_token, model_versions.fetch)


def logged_models_page(
    session: Session, experiment_ids: Sequence[str], filter_string: str | None, max_results: int, order_by: list[str] | None,
    page_token: str | None,
) -> PagedList[LoggedModel]:  # fmt: skip
    """One page of logged models."""
    tree, orders = parse_filter(filter_string, LOGGED_MODELS), parse_order_by(order_by, LOGGED_MODELS)
    numbers = [experiments.number_of(i) for i in experiment_ids]

    def query(limit: int, offset: int) -> Query:
        return logged_models_query(tree, orders, experiment_ids=numbers, limit=limit, offset=offset)

    return _page(session, query, max_results, LOGGED_MODELS, page_token, logged_models.fetch)
