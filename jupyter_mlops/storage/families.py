"""Runs with those below them, in a store that can only be asked for the children of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from jupyter_mlops.entities.page_walks import every_page
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.entities.statuses import ViewType
from jupyter_mlops.entities.tags import PARENT_TAG

__all__ = ["runs_with_those_below"]


class Lists(Protocol):
    """What a store must be able to."""

    def get_runs(self, run_ids: Sequence[str]) -> list[Run]: ...

    def search_runs(
        self, experiment_ids: Sequence[str] | None, filter_string: str | None, view_type: int, max_results: int,
        order_by: list[str] | None, page_token: str | None,
    ) -> PagedList[Run]: ...  # fmt: skip


def runs_with_those_below(store: Lists, run_ids: Sequence[str]) -> list[Run]:
    """Those of the runs that are there, and all below them in their experiments, deleted ones too."""
    found = {run.info.run_id: run for run in store.get_runs(run_ids)}
    waiting = list(found.values())
    while waiting:
        for run in _children(store, waiting.pop()):
            if run.info.run_id not in found:
                found[run.info.run_id] = run
                waiting.append(run)
    return list(found.values())


def _children(store: Lists, run: Run) -> list[Run]:
    homes, where = [run.info.experiment_id], f"tags.`{PARENT_TAG}` = '{run.info.run_id}'"

    def page(size: int, token: str | None) -> PagedList[Run]:
        return store.search_runs(homes, where, ViewType.ALL, size, None, token)

    return every_page(page, None, 1000)
