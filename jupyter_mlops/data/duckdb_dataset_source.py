"""What a query of DuckDB gives."""

from __future__ import annotations

import os
import tempfile
from typing import Any

from jupyter_mlops.data.dataset_source import DatasetSource
from jupyter_mlops.entities.uris import without_secrets
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.duckdb.tables import query_to_parquet

__all__ = ["DuckDBDatasetSource"]


class DuckDBDatasetSource(DatasetSource):
    """A query that reads, and the database file that it reads from.

    Attributes
    ----------
    query : str
    database : str or None
        Path of a DuckDB file; None for a query that names files itself, such as ``FROM 'wine.parquet'``.
    """

    def __init__(self, query: str, database: str | None = None) -> None:
        self.query, self.database = query, database

    @staticmethod
    def _get_source_type() -> str:
        return "duckdb"

    def load(self, dst_path: str | None = None) -> str:
        """Run the query again, into ``data.parquet`` in the folder `dst_path` (a temporary one by default).

        Raises
        ------
        InvalidParameter
            It does more than read, or does not run.
        """
        folder = dst_path or tempfile.mkdtemp(prefix="mlops-")
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, "data.parquet")
        query_to_parquet(self.query, self.database, path)
        return path

    @staticmethod
    def _can_resolve(raw_source: Any) -> bool:
        return False  # a text is a path

    @classmethod
    def _resolve(cls, raw_source: Any) -> DuckDBDatasetSource:
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """The query and the database."""
        return {"query": without_secrets(self.query), "database": self.database and without_secrets(self.database)}

    @classmethod
    def from_dict(cls, source_dict: dict[str, Any]) -> DuckDBDatasetSource:
        """A source from what is stored of it."""
        if not isinstance(query := source_dict.get("query"), str):
            raise InvalidParameter(f"The source of a data set by DuckDB needs a 'query', not {source_dict!r}.")
        return cls(query, source_dict.get("database"))
