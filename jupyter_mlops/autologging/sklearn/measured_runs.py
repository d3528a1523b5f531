"""The metrics that are computed after a fit, in one run: how they are called, and which call made them."""

from __future__ import annotations

import json
import os
import tempfile
import weakref
from collections import defaultdict
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar
from weakref import WeakValueDictionary

from jupyter_mlops.entities.runs import Run
from jupyter_mlops.storage.opened import artifacts_to_write
from jupyter_mlops.tracking.run_states import RunState

__all__ = ["Known", "MeasuredRun"]

T = TypeVar("T")
_FILE = "metric_info.json"
_DATASETS = 100  # a loop that predicts row by row is not to fill the store


class Known(Generic[T]):
    """Something about objects, by identity, for as long as they live; they need be neither hashable nor comparable."""

    def __init__(self) -> None:
        self._entries: dict[int, tuple[weakref.ref[Any], T]] = {}

    def get(self, key: Any) -> T | None:
        entry = self._entries.get(id(key))
        return entry[1] if entry is not None and entry[0]() is key else None

    def put(self, key: Any, value: T) -> None:
        number = id(key)
        try:
            self._entries[number] = weakref.ref(key, lambda _: self._entries.pop(number, None)), value
        except TypeError:
            return  # lists and the like cannot be followed


class MeasuredRun:
    """A run with the data sets that its models predicted from and the metrics of that; made by `of`.

    Attributes
    ----------
    state : RunState
    """

    _known: ClassVar[WeakValueDictionary[str, MeasuredRun]] = WeakValueDictionary()

    def __init__(self, state: RunState, run: Run) -> None:
        self.state = state
        self._info = run.info
        self._datasets: defaultdict[str, Known[int]] = defaultdict(Known)
        self._logged: Known[bool] = Known()
        self._room = _DATASETS
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._calls: defaultdict[str, int] = defaultdict(int)
        self._texts: dict[str, str] = {}

    @classmethod
    def of(cls, state: RunState, run: Run) -> MeasuredRun:
        """The one of this run, as long as one of its models or predictions lives."""
        known = cls._known.get(state.run_id)
        if known is None:
            known = cls._known[state.run_id] = cls(state, run)
        return known

    def dataset(self, data: Any, name: str) -> str:
        """Name of a data set in metrics; another one of the same name gets a number."""
        index = self._datasets[name].get(data)
        if index is None:
            index = self._counts[name]
            self._datasets[name].put(data, index)
            self._counts[name] += 1
        return _numbered(name, index)

    def is_to_log(self, data: Any) -> bool:
        """Whether this data set is to be logged: once, and not any number of them."""
        if self._logged.get(data) or self._room == 0:
            return False
        self._logged.put(data, True)
        self._room -= 1
        return True

    def log(self, metric: str, dataset: str, value: Any, call: Callable[[], str]) -> None:
        """Log a metric of a data set, and which call made it."""
        key = f"{_numbered(metric, self._calls[metric])}_{dataset}"
        self._calls[metric] += 1
        self.state.log_metric(key, value)
        self._texts[key] = call()
        with tempfile.TemporaryDirectory(prefix="mlops-") as folder:
            path = os.path.join(folder, _FILE)
            with open(path, "w", encoding="utf-8") as file:
                json.dump(dict(sorted(self._texts.items())), file, indent=2)
            artifacts_to_write(self.state.store, self._info).put_file(path, _FILE)


def _numbered(name: str, index: int) -> str:
    return name if index == 0 else f"{name}-{index + 1}"
