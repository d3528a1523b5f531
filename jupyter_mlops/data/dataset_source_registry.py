"""Which source is meant: by what a user gives, by what is stored."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.context.sources import context_tags
from jupyter_mlops.data.code_dataset_source import CodeDatasetSource
from jupyter_mlops.data.dataset import Dataset
from jupyter_mlops.data.dataset_source import DatasetSource
from jupyter_mlops.data.duckdb_dataset_source import DuckDBDatasetSource
from jupyter_mlops.data.filesystem_dataset_source import FILE_SOURCES
from jupyter_mlops.data.http_dataset_source import HTTPDatasetSource
from jupyter_mlops.entities import datasets as entities
from jupyter_mlops.entities.uris import without_secrets
from jupyter_mlops.errors import InvalidParameter, NotFound

__all__ = [
    "get_dataset_source_from_json", "get_registered_sources", "get_source", "register_dataset_source",
    "resolve_dataset_source", "source_of",
]  # fmt: skip

_registered: list[type[DatasetSource]] = [*FILE_SOURCES, HTTPDatasetSource, DuckDBDatasetSource, CodeDatasetSource]


def register_dataset_source(source: type[DatasetSource]) -> None:
    """Make a class of sources known; it comes before those that are known already."""
    _registered.append(source)


def get_registered_sources() -> list[type[DatasetSource]]:
    """All classes of sources that are known."""
    return list(_registered)


def resolve_dataset_source(raw_source: Any) -> DatasetSource:
    """The source that a path or URI means.

    Raises
    ------
    NotFound
        No class of sources knows such a place.

    Examples
    --------
    >>> resolve_dataset_source("s3://bucket/wine.csv")
    <S3ArtifactDatasetSource: {"uri": "s3://bucket/wine.csv"}>
    """
    for kind in reversed(_registered):
        if kind._can_resolve(raw_source):
            return kind._resolve(raw_source)
    shown = without_secrets(raw_source) if isinstance(raw_source, str) else raw_source
    raise NotFound(
        f"No kind of source is known for {shown!r}: give a path, a URL, or a DatasetSource of your own class."
    )


def source_of(source: Any) -> DatasetSource:
    """The source that is given with a data set; None means the code that runs."""
    if source is None:
        tags = context_tags()
        return CodeDatasetSource({key: tags[key] for key in tags if not key.startswith("jupyter_mlops.")})
    return source if isinstance(source, DatasetSource) else resolve_dataset_source(source)


def get_dataset_source_from_json(source_json: str, source_type: str) -> DatasetSource:
    """A source from what is stored of it.

    Raises
    ------
    NotFound
        No class of that type is known: see `register_dataset_source`.

    Examples
    --------
    >>> get_dataset_source_from_json('{"uri": "wine.csv"}', "local")
    <LocalArtifactDatasetSource: {"uri": "wine.csv"}>
    """
    for kind in reversed(_registered):
        if kind._get_source_type() == source_type:
            return kind.from_json(source_json)
    raise NotFound(
        f"No kind of source is known by the type {source_type!r}: register_dataset_source() makes one known."
    )


def get_source(dataset: Dataset | entities.Dataset | entities.DatasetInput) -> DatasetSource:
    """Where a data set came from, so that it can be loaded again.

    Parameters
    ----------
    dataset : Dataset or DatasetInput
        As made here, or as ``run.inputs.dataset_inputs`` has it.

    Raises
    ------
    InvalidParameter
        It is no data set.
    NotFound
        It came from a kind of place that is not known here.

    Examples
    --------
    >>> import jupyter_mlops as mlflow, pandas as pd
    >>> pd.DataFrame({"a": [1.0]}).to_csv("wine.csv", index=False)
    >>> with mlflow.start_run() as run:
    ...     mlflow.log_input(mlflow.data.from_pandas(pd.read_csv("wine.csv"), source="wine.csv"))
    >>> used = mlflow.get_run(run.info.run_id).inputs.dataset_inputs[0]
    >>> pd.read_csv(get_source(used).load())
         a
    0  1.0
    """
    if isinstance(dataset, entities.DatasetInput):
        dataset = dataset.dataset
    if isinstance(dataset, entities.Dataset):
        return get_dataset_source_from_json(dataset.source, dataset.source_type)
    if isinstance(dataset, Dataset):
        return dataset.source
    raise InvalidParameter(f"get_source() takes a Dataset or DatasetInput, not a {type(dataset).__name__}.")
