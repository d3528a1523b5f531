"""What the tests of a store have in common: the store, things in it to begin with, and the gaps that it has."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import pytest

from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.pages import PagedList
from jupyter_mlops.entities.pairs import Param, RunTag
from jupyter_mlops.entities.runs import Run
from jupyter_mlops.storage.base import Store

__all__ = ["START", "StoreFixtures", "begin_run", "walk"]

START = 1_700_000_000_123


def begin_run(
    store: Store, experiment_id: str, name: str = "calm-fox", start_time: int = START, *,
    metrics: Mapping[str, float] | None = None, params: Mapping[str, str] | None = None, tags: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """Make a run with these latest metrics, params and tags; returns its id."""
    given = {"mlflow.runName": name, "mlflow.user": "ann", **(tags or {})}
    run_id = store.create_run(experiment_id, name, "ann", start_time, given, owned=False).info.run_id
    points = [Metric(key, value, start_time, 0) for key, value in (metrics or {}).items()]
    store.log_batch(run_id, points, [Param(key, value) for key, value in (params or {}).items()], list[RunTag]())
    return run_id


def walk(page: Callable[[str | None], PagedList[Any]]) -> list[list[Any]]:
    """All pages of a search, which gets the token of each."""
    pages = [page(None)]
    while pages[-1].token:
        pages.append(page(pages[-1].token))
    return [list(one) for one in pages]


class StoreFixtures:
    """A store, and what a test of it begins with."""

    gaps: ClassVar[Mapping[str, tuple[type[BaseException], str]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if unknown := [name for name in cls.gaps if not hasattr(cls, name.partition("[")[0])]:
            raise TypeError(f"{cls.__name__}.gaps names tests that there are not: {', '.join(unknown)}.")

    @pytest.fixture(autouse=True)
    def _marked(self, request: pytest.FixtureRequest) -> None:
        """Expect a gap to be one."""
        gap = self.gaps.get(request.node.name) or self.gaps.get(request.node.originalname)
        if gap:
            request.node.add_marker(pytest.mark.xfail(raises=gap[0], reason=gap[1], strict=True))

    @pytest.fixture
    def store(self) -> Store:
        """The store that is tested. Override it."""
        raise NotImplementedError

    @pytest.fixture
    def other(self, store: Store) -> Store:
        """Another object for the same store, that reads what `store` wrote. Override it where there can be one."""
        return store

    @pytest.fixture
    def name(self) -> str:
        """A name that nothing in the store has or begins with."""
        return f"c{uuid.uuid4().hex[:12]}"

    @pytest.fixture
    def experiment(self, store: Store, name: str) -> str:
        """Id of an experiment without runs."""
        return store.create_experiment(f"{name} experiment", None, {})

    @pytest.fixture
    def run(self, store: Store, experiment: str) -> Run:
        """A run of `experiment` without metrics and params."""
        return store.get_run(begin_run(store, experiment))

    @pytest.fixture
    def model(self, store: Store, name: str) -> str:
        """Name of a registered model without versions."""
        return store.create_registered_model(f"{name} model", {}, None).name
