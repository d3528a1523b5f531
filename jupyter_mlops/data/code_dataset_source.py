"""Data that code made: the source when none is named."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.data.dataset_source import DatasetSource

__all__ = ["CodeDatasetSource"]


class CodeDatasetSource(DatasetSource):
    """The program, notebook and commit that made the data, as tags."""

    def __init__(self, tags: dict[str, Any]) -> None:
        self._tags = tags

    @staticmethod
    def _get_source_type() -> str:
        return "code"

    def load(self, dst_path: str | None = None) -> Any:
        """Not possible: the data was made by code and lies nowhere."""
        raise NotImplementedError(
            "The data was made by code; give source= when you make the data set, to load it again."
        )

    @staticmethod
    def _can_resolve(raw_source: Any) -> bool:
        return False

    @classmethod
    def _resolve(cls, raw_source: Any) -> CodeDatasetSource:
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """The tags."""
        return {"tags": self._tags}

    @classmethod
    def from_dict(cls, source_dict: dict[str, Any]) -> CodeDatasetSource:
        """A source from what is stored of it."""
        return cls(source_dict.get("tags") or {})
