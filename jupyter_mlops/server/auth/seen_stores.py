"""A store as somebody sees it who may not read all of it.

Searches and views read by it as they read any store. What it does not name cannot be asked: a method that a store gets later
is refused here until somebody says what it shows.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import msgspec

from jupyter_mlops.entities.experiments import Experiment
from jupyter_mlops.entities.lineages import Lineage
from jupyter_mlops.entities.logged_models import LoggedModel
from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.registered_models import ModelVersion, RegisteredModel
from jupyter_mlops.entities.registry_pages import ModelPage, VersionPage
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.errors import NotFound, NotPermitted
from jupyter_mlops.server.auth.callers import Caller
from jupyter_mlops.server.auth.levels import Level
from jupyter_mlops.server.auth.needs import experiment_of_run
from jupyter_mlops.server.auth.things import EXPERIMENT, MODEL
from jupyter_mlops.storage.base import Store
from jupyter_mlops.storage.run_tables import ColumnSummary, RunFacts, RunGroups, RunPart, RunQuery
from jupyter_mlops.storage.search.pages import offset_of, token_of

__all__ = ["SeenStore", "seen_by"]

T = TypeVar("T")
_STEP = 500
_FIRST = {EXPERIMENT: "experiment_id", "run": "run_id", MODEL: "name"}
_READ_OF = {  # methods by what their first argument names
    EXPERIMENT: {"get_experiment"},
    "run": {"get_metric_history", "get_run", "metric_columns"},
    MODEL: {
        "get_gates", "get_last_move", "get_latest_versions", "get_model_version", "get_model_version_by_alias", "get_registered_model",
        "preview_move",
    },
}  # fmt: skip
_PASSED = {  # changes, which the endpoint's needs have allowed, and what shows nothing
    "add_gates", "create_experiment", "create_logged_model", "create_model_version", "create_registered_model", "create_run",
    "delete_experiment", "delete_experiment_tag", "delete_logged_model", "delete_logged_model_tag", "delete_model_version",
    "delete_model_version_tag", "delete_registered_model", "delete_registered_model_alias", "delete_registered_model_tag",
    "delete_run", "delete_runs", "delete_tag", "is_journal_open", "key", "last_change", "log_batch", "log_inputs", "log_metric", "log_param",
    "record_model_use", "remove_gate", "rename_experiment", "rename_registered_model", "restore_experiment", "restore_run", "restore_runs",
    "set_experiment_tag", "set_model_version_tag", "set_registered_model_alias", "set_registered_model_tag", "set_tag", "transition_model_version_stage",
    "undo_move", "update_logged_model", "update_model_version", "update_registered_model", "update_run", "uri",
}  # fmt: skip


def seen_by(caller: Caller, store: Store) -> Store:
    """The store as `caller` sees it: all of it where nothing is hidden."""
    if caller.sees_all(EXPERIMENT) and caller.sees_all(MODEL):
        return store
    return cast(Store, SeenStore(caller, store))


class SeenStore:
    """What somebody may read of a store.

    Parameters
    ----------
    caller : Caller
    whole : Store

    Notes
    -----
    Pages are made anew of what is left, and their tokens count only that: neither tells how much there is beside it. For
    that each page is looked for from the beginning.
    """

    def __init__(self, caller: Caller, whole: Store) -> None:
        self._caller, self.whole = caller, whole

    def __getattr__(self, name: str) -> Any:
        if name in _PASSED:
            return getattr(self.whole, name)
        for kind, names in _READ_OF.items():
            if name in names:
                return functools.partial(self._checked, kind, getattr(self.whole, name))
        raise NotPermitted(f"{name} shows things of others: it is for those who may read all.")

    def _checked(self, kind: str, method: Callable[..., Any], *given: Any, **named: Any) -> Any:
        about = given[0] if given else named[_FIRST[kind]]
        if kind == "run":
            self._require(EXPERIMENT, experiment_of_run(self.whole, about))
        else:
            self._require(kind, about)
        return method(*given, **named)

    def _require(self, kind: str, name: str) -> None:
        self._caller.require(kind, name, Level.READ)

    def _sees(self, kind: str, name: str) -> bool:
        return self._caller.may(kind, name, Level.READ)

    def _sees_run(self, run_id: str) -> bool:
        try:
            return self._sees(EXPERIMENT, experiment_of_run(self.whole, run_id))
        except NotFound:
            return False

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        found = self.whole.get_experiment_by_name(name)
        if found is not None:
            self._require(EXPERIMENT, found.experiment_id)
        return found

    def search_experiments(
        self, filter_string: str | None, view_type: int, max_results: int, order_by: list[str] | None, page_token: str | None
    ) -> PagedList[Experiment]:
        return _page(
            lambda size, token: self.whole.search_experiments(filter_string, view_type, size, order_by, token),
            lambda one: self._sees(EXPERIMENT, one.experiment_id), max_results, page_token,
        )  # fmt: skip

    def search_runs(self, experiment_ids: Sequence[str] | None, *rest: Any) -> PagedList[Run]:
        return self.whole.search_runs(self._experiments(experiment_ids), *rest)

    def search_run_columns(self, experiment_ids: Sequence[str] | None, *rest: Any) -> Any:
        return self.whole.search_run_columns(self._experiments(experiment_ids), *rest)

    def count_runs(self, experiment_ids: Sequence[str] | None, *rest: Any) -> Any:
        return self.whole.count_runs(self._experiments(experiment_ids), *rest)

    def run_facts(self, query: RunQuery) -> RunFacts:
        return self.whole.run_facts(self._seen_query(query))

    def run_part(self, query: RunQuery, *rest: Any, **named: Any) -> RunPart:
        return self.whole.run_part(self._seen_query(query), *rest, **named)

    def run_groups(self, query: RunQuery, *rest: Any) -> RunGroups:
        return self.whole.run_groups(self._seen_query(query), *rest)

    def run_summary(self, query: RunQuery, column: str) -> ColumnSummary:
        return self.whole.run_summary(self._seen_query(query), column)

    def search_logged_models(self, experiment_ids: Sequence[str], *rest: Any) -> PagedList[LoggedModel]:
        return self.whole.search_logged_models(self._experiments(experiment_ids), *rest)

    def search_datasets(self, experiment_ids: Sequence[str]) -> Any:
        return self.whole.search_datasets(self._experiments(experiment_ids))

    def get_runs(self, run_ids: Sequence[str]) -> list[Run]:
        return [run for run in self.whole.get_runs(run_ids) if self._sees(EXPERIMENT, run.info.experiment_id)]

    def latest_metrics(self, run_ids: Sequence[str]) -> Any:
        return self.whole.latest_metrics(list(filter(self._sees_run, run_ids)))

    def metric_lengths(self, run_ids: Sequence[str]) -> dict[str, int]:
        return self.whole.metric_lengths(list(filter(self._sees_run, run_ids)))

    def metric_curves(self, run_ids: Sequence[str], *rest: Any, **named: Any) -> Any:
        return self.whole.metric_curves(list(filter(self._sees_run, run_ids)), *rest, **named)

    def get_logged_model(self, model_id: str) -> LoggedModel:
        model = self.whole.get_logged_model(model_id)
        self._require(EXPERIMENT, model.experiment_id)
        return model

    def logged_model_place(self, name: str, run_id: str | None = None) -> str | None:
        if run_id is not None:
            self._require(EXPERIMENT, experiment_of_run(self.whole, run_id))
        elif self.whole.logged_model_place(name) is not None:
            self.get_logged_model(name)
        return self.whole.logged_model_place(name, run_id)

    def search_registered_models(
        self, filter_string: str | None, max_results: int, order_by: list[str] | None, page_token: str | None
    ) -> PagedList[RegisteredModel]:
        return _page(
            lambda size, token: self.whole.search_registered_models(filter_string, size, order_by, token),
            lambda one: self._sees(MODEL, one.name), max_results, page_token,
        )  # fmt: skip

    def search_model_versions(
        self, filter_string: str | None, max_results: int, order_by: list[str] | None, page_token: str | None
    ) -> PagedList[ModelVersion]:
        return _page(
            lambda size, token: self.whole.search_model_versions(filter_string, size, order_by, token),
            lambda one: self._sees(MODEL, one.name), max_results, page_token,
        )  # fmt: skip

    def models_page(self, search: str, order_by: str, limit: int, token: str | None) -> ModelPage:
        page = self.whole.models_page(search, order_by, limit, None)
        found = list(page.models)
        while page.token:
            page = self.whole.models_page(search, order_by, _STEP, page.token)
            found += page.models
        seen = [model for model in found if self._sees(MODEL, model.name)]
        start = offset_of(token)
        more = token_of(start + limit) if len(seen) > start + limit else None
        return ModelPage(seen[start : start + limit], len(seen), more)

    def versions_page(self, name: str, *rest: Any, **named: Any) -> VersionPage:
        self._require(MODEL, name)
        return self._without_runs(self.whole.versions_page(name, *rest, **named))

    def versions_named(self, names: Sequence[tuple[str, str]]) -> VersionPage:
        for name, _ in names:
            self._require(MODEL, name)
        return self._without_runs(self.whole.versions_named(names))

    def get_model_history(self, name: str, max_results: int | None = None) -> Any:
        """Only of a model that is there: whose a name was before, its permissions do not tell any more."""
        self._require(MODEL, name)
        self.whole.get_registered_model(name)
        return self.whole.get_model_history(name, max_results)

    def get_lineage(self, name: str, version: str) -> Lineage:
        self._require(MODEL, name)
        return self._seen_of(self.whole.get_lineage(name, version))

    def _experiments(self, given: Sequence[str] | None) -> list[str]:
        """Those of the experiments, or of all, that may be read."""
        if given is None:
            found = every_page(lambda size, token: self.whole.search_experiments(None, ViewType.ALL, size, None, token), None, 1000)
            given = [one.experiment_id for one in found]
        return [one for one in given if self._sees(EXPERIMENT, one)]

    def _seen_query(self, query: RunQuery) -> RunQuery:
        return msgspec.structs.replace(query, experiment_ids=self._experiments(query.experiment_ids))

    def _without_runs(self, page: VersionPage) -> VersionPage:
        """A page of versions without what it tells of runs that may not be read."""
        runs = {run_id: run for run_id, run in page.runs.items() if self._sees_run(run_id)}
        keys = {key for run in runs.values() for key in run.metrics}
        return msgspec.structs.replace(page, runs=runs, metrics=[key for key in page.metrics if key in keys])

    def _seen_of(self, whole: Lineage) -> Lineage:
        """A lineage without what may not be read, and what is only known by that."""

        def is_seen(kind: str, node_id: str) -> bool:
            if kind == "run":
                return self._sees_run(node_id.partition("/")[2])
            return kind != "version" or self._sees(MODEL, node_id.partition("/")[2].rpartition("/")[0])

        seen = {node.id for node in whole.nodes if is_seen(node.kind, node.id)}
        edges = [edge for edge in whole.edges if edge.start in seen and edge.end in seen]
        joined = {whole.root, *(end for edge in edges for end in (edge.start, edge.end))}
        return Lineage(whole.root, [node for node in whole.nodes if node.id in seen & joined], edges, whole.is_whole)


def _page(
    ask: Callable[[int, str | None], PagedList[T]], is_seen: Callable[[T], bool], size: int, token: str | None
) -> PagedList[T]:
    """One page of what is seen."""
    start = offset_of(token)
    found = ask(size, None)  # which says whether there can be a page of that size
    seen = list(filter(is_seen, found))
    while found.token and len(seen) <= start + size:
        found = ask(max(size, _STEP), found.token)
        seen += filter(is_seen, found)
    return PagedList(seen[start : start + size], token_of(start + size) if len(seen) > start + size else None)


Store.register(SeenStore)
