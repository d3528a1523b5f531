"""The half of a store that logs: every call is one record of a journal, the store's own or that of its outbox."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from msgspec.structs import astuple

from jupyter_mlops.entities.clock import stamp_ms
from jupyter_mlops.entities.datasets import DatasetInput, checked_inputs
from jupyter_mlops.entities.metrics import Metric
from jupyter_mlops.entities.pairs import Param, RunTag
from jupyter_mlops.storage.base import TrackingStore
from jupyter_mlops.storage.journal.operations import BATCH, INPUTS, PARAM, TAG, UPDATE
from jupyter_mlops.storage.journal.writers import Writer

__all__ = ["JournaledStore"]


class JournaledStore(TrackingStore, ABC):
    """A store whose log calls append to a journal, and are done when they return. Its `log_metric` is its own: the hot path."""

    @abstractmethod
    def _writer(self) -> Writer:
        """This process's writer."""

    def _stamp(self, run_id: str) -> int:
        """The time of a record of a run."""
        return stamp_ms()

    def _append(self, kind: int, run_id: str, *fields: Any) -> None:
        self._writer().append((kind, self._stamp(run_id), run_id, *fields))

    def update_run(self, run_id: str, status: str | None, end_time: int | None, run_name: str | None) -> None:
        self._append(UPDATE, run_id, status, end_time, run_name)
        if end_time is not None:
            self._writer().sync_soon()

    def log_param(self, run_id: str, key: str, value: str) -> None:
        self._append(PARAM, run_id, key, value)

    def set_tag(self, run_id: str, key: str, value: str) -> None:
        self._append(TAG, run_id, key, value)

    def log_batch(
        self, run_id: str, metrics: Sequence[Metric], params: Sequence[Param], tags: Sequence[RunTag]
    ) -> None:
        points = [(m.key, m.value, m.timestamp, m.step) for m in metrics]
        pairs = [[(pair.key, pair.value) for pair in group] for group in (params, tags)]
        self._append(BATCH, run_id, points, *pairs)

    def log_inputs(self, run_id: str, datasets: Sequence[DatasetInput]) -> None:
        checked = checked_inputs(datasets)
        fields = [(*astuple(item.dataset), [(tag.key, tag.value) for tag in item.tags]) for item in checked]
        if fields:
            self._append(INPUTS, run_id, fields)
