"""Data sets that are not at hand: only where they lie, and what they look like."""

from __future__ import annotations

import hashlib
import json

from jupyter_mlops.data.dataset import Dataset
from jupyter_mlops.data.dataset_source import DatasetSource
from jupyter_mlops.types.schema import Schema

__all__ = ["MetaDataset"]


class MetaDataset(Dataset):
    """A data set by its source alone, for data that is not loaded here.

    Parameters
    ----------
    source : DatasetSource
    name : str, optional
    digest : str, optional
        By default of the name, source and schema: it does not change with the data.
    schema : Schema, optional

    Examples
    --------
    >>> from jupyter_mlops.data.http_dataset_source import HTTPDatasetSource
    >>> reviews = MetaDataset(HTTPDatasetSource("https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"))
    >>> reviews.digest
    '31c0f746'
    """

    def __init__(
        self, source: DatasetSource, name: str | None = None, digest: str | None = None, schema: Schema | None = None
    ) -> None:
        self._schema = schema
        self._name, self._source = name, source  # the digest is made of them
        super().__init__(source, name, digest)

    def _compute_digest(self) -> str:
        known = {
            "name": self.name,
            "source": self.source.to_json(),
            "source_type": self.source._get_source_type(),
            "schema": self.schema.to_dict() if self.schema else "",
        }
        return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:8]

    @property
    def schema(self) -> Schema | None:
        """The schema that was given."""
        return self._schema

    @property
    def profile(self) -> None:
        """None: the data is not at hand."""
        return None
