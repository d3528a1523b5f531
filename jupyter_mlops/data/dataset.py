"""What all data sets have in common."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import Any

from jupyter_mlops.data.dataset_source import DatasetSource
from jupyter_mlops.entities import datasets as entities

__all__ = ["Dataset"]


class Dataset(ABC):
    """A data set: its name, digest and source; what kind of data it is, the classes below this one say.

    Attributes
    ----------
    name : str
        ``"dataset"`` when none was given.
    digest : str
        Changes when the data does, computed unless it was given.
    source : DatasetSource
        Where it came from.
    schema, profile
        Its columns, and its size; None when they cannot be told.
    """

    def __init__(self, source: DatasetSource, name: str | None = None, digest: str | None = None) -> None:
        self._source = source
        self._name = name
        self._digest = digest or self._compute_digest()

    @abstractmethod
    def _compute_digest(self) -> str: ...

    @property
    def name(self) -> str:
        """The name, ``"dataset"`` when none was given."""
        return "dataset" if self._name is None else self._name

    @property
    def digest(self) -> str:
        """The digest."""
        return self._digest

    @property
    def source(self) -> DatasetSource:
        """Where the data came from."""
        return self._source

    @property
    @abstractmethod
    def schema(self) -> Any:
        """Columns or tensors, None when they cannot be told."""

    @property
    @abstractmethod
    def profile(self) -> Any:
        """Size, None when it cannot be told."""

    def _schema_dict(self) -> dict[str, Any] | None:
        return {"mlflow_colspec": self.schema.to_dict()} if self.schema else None

    def to_dict(self) -> dict[str, str | None]:
        """What is stored of the data set: texts, those of source, schema and profile JSON."""
        schema = self._schema_dict()
        return {
            "name": self.name,
            "digest": self.digest,
            "source": self.source.to_json(),
            "source_type": self.source._get_source_type(),
            "schema": None if schema is None else json.dumps(schema, default=str),  # a column may have a date for its name
            "profile": None if self.profile is None else json.dumps(self.profile),
        }

    def to_json(self) -> str:
        """The same as JSON text."""
        return json.dumps(self.to_dict())

    def _to_mlflow_entity(self) -> entities.Dataset:
        return entities.Dataset(**self.to_dict())  # type: ignore[arg-type]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: digest={self.digest!r}, name={self.name!r}, source={self.source!r}>"
