"""DataFrames as Parquet files, without another library for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlops.storage.duckdb.sessions import quoted

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_parquet", "write_parquet"]


def write_parquet(frame: pd.DataFrame, path: str) -> None:
    """Write a DataFrame, without its index, to a Parquet file.

    Examples
    --------
    >>> import pandas as pd
    >>> write_parquet(pd.DataFrame({"a": [1, 2]}), "a.parquet")
    >>> read_parquet("a.parquet")["a"].tolist()
    [1, 2]
    """
    import duckdb

    with duckdb.connect(":memory:") as engine:
        engine.register("frame", frame)
        engine.execute(f"COPY (FROM frame) TO {quoted(path)} (FORMAT parquet)")


def read_parquet(path: str) -> pd.DataFrame:
    """What a Parquet file holds."""
    import duckdb

    with duckdb.connect(":memory:") as engine:
        return engine.execute(f"FROM read_parquet({quoted(path)})").df()
