"""The contract of a source: where a data set came from."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import Any

__all__ = ["DatasetSource"]


class DatasetSource(ABC):
    """Where a data set came from; a class of your own becomes known by `register_dataset_source`.

    References
    ----------
    ``mlflow.data.dataset_source.DatasetSource``, whose methods these are, the private ones included.
    """

    @staticmethod
    @abstractmethod
    def _get_source_type() -> str:
        """Kind of place, such as ``"s3"``."""

    @abstractmethod
    def load(self, dst_path: str | None = None) -> Any:
        """Bring the data to this machine; returns its local path."""

    @staticmethod
    @abstractmethod
    def _can_resolve(raw_source: Any) -> bool:
        """Whether `raw_source`, as a user gave it, is such a place."""

    @classmethod
    @abstractmethod
    def _resolve(cls, raw_source: Any) -> DatasetSource:
        """The source that `raw_source` means."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """What is stored of it: leads to the data, lets nobody in."""

    def to_json(self) -> str:
        """The same as JSON text."""
        return json.dumps(self.to_dict())

    @classmethod
    @abstractmethod
    def from_dict(cls, source_dict: dict[str, Any]) -> DatasetSource:
        """A source from what is stored of it."""

    @classmethod
    def from_json(cls, source_json: str) -> DatasetSource:
        """A source from its JSON text."""
        return cls.from_dict(json.loads(source_json))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.to_json()}>"
