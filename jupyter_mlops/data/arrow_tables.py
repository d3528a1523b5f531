"""Data sets of Arrow."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.data.pandas_dataset import PandasDataset, from_pandas
from jupyter_mlops.errors import InvalidParameter

__all__ = ["from_arrow"]


def from_arrow(
    table: Any,
    source: Any = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> PandasDataset:
    """A data set from a table of Arrow; other parameters are those of `from_pandas`.

    Parameters
    ----------
    table : pyarrow.Table or pyarrow.RecordBatch
        It is copied to a DataFrame, so that digest and schema are those of the same data in pandas.

    Returns
    -------
    PandasDataset

    Raises
    ------
    InvalidParameter
        `table` is no table.
    """
    if not hasattr(table, "schema") or not hasattr(table, "to_pandas"):
        raise InvalidParameter(f"from_arrow() takes a Table or RecordBatch of pyarrow, not a {type(table).__name__}.")
    return from_pandas(table.to_pandas(), source, targets, name, digest, predictions)
