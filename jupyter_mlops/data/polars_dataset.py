"""Data sets of polars."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jupyter_mlops.data.dataset import Dataset
from jupyter_mlops.data.dataset_source import DatasetSource
from jupyter_mlops.data.dataset_source_registry import source_of
from jupyter_mlops.data.pandas_dataset import check_columns
from jupyter_mlops.data.pyfunc_dataset_mixin import PyFuncConvertibleDatasetMixin, PyFuncInputsOutputs
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.storage.interrupts import whole_import
from jupyter_mlops.types.columns import ColSpec
from jupyter_mlops.types.composites import Array, Object, Property
from jupyter_mlops.types.data_types import DataType
from jupyter_mlops.types.inference import is_instance_of
from jupyter_mlops.types.schema import Schema

if TYPE_CHECKING:
    import polars as pl

__all__ = ["PolarsDataset", "from_polars"]

_log = logging.getLogger(__name__)
_TYPES = {
    "Binary": DataType.binary, "Boolean": DataType.boolean, "Datetime": DataType.datetime, "Date": DataType.datetime,
    "Float32": DataType.float, "Float64": DataType.double, "Int8": DataType.integer, "Int16": DataType.integer,
    "Int32": DataType.integer, "Int64": DataType.long, "UInt8": DataType.integer, "UInt16": DataType.integer,
    "UInt32": DataType.long, "String": DataType.string, "Categorical": DataType.string, "Enum": DataType.string,
}  # fmt: skip


class PolarsDataset(Dataset, PyFuncConvertibleDatasetMixin):
    """A DataFrame of polars as a data set; made by `from_polars`.

    Attributes
    ----------
    df : polars.DataFrame
    targets, predictions : str or None
        Names of columns.
    """

    def __init__(
        self,
        df: pl.DataFrame,
        source: DatasetSource,
        targets: str | None = None,
        name: str | None = None,
        digest: str | None = None,
        predictions: str | None = None,
    ) -> None:
        check_columns(df.columns, targets, predictions)
        self._df, self._targets, self._predictions = df, targets, predictions
        super().__init__(source, name, digest)

    def _compute_digest(self) -> str:
        return str(self._df.hash_rows().sum())

    @property
    def df(self) -> pl.DataFrame:
        """The data."""
        return self._df

    @property
    def targets(self) -> str | None:
        """Name of the column that a model should predict."""
        return self._targets

    @property
    def predictions(self) -> str | None:
        """Name of the column that a model predicted."""
        return self._predictions

    @cached_property
    def schema(self) -> Schema | None:
        """The columns, None when no type holds one of them."""
        try:
            return Schema([ColSpec(_type(c.dtype), c.name, required=c.count() > 0) for c in self._df.get_columns()])
        except Exception as error:  # a data set does not need a schema
            _log.debug("The data set has no schema: %s", error)
            return None

    @property
    def profile(self) -> dict[str, int]:
        """Rows, and values in all."""
        return {"num_rows": self._df.height, "num_elements": self._df.height * self._df.width}

    def to_pyfunc(self) -> PyFuncInputsOutputs:
        """The columns without targets, and the targets, in pandas."""
        pd = whole_import("pandas")  # Polars' own to_pandas() needs pyarrow
        frame = pd.DataFrame({name: self._df.get_column(name).to_numpy() for name in self._df.columns})
        if not self._targets:
            return PyFuncInputsOutputs(frame)
        return PyFuncInputsOutputs(frame.drop(columns=[self._targets]), frame[self._targets])


def _type(dtype: Any) -> Any:
    """Type of a column by its dtype; KeyError when there is none."""
    kind = type(dtype).__name__ if not isinstance(dtype, type) else dtype.__name__
    if kind in ("List", "Array"):
        return Array(_type(dtype.inner))
    if kind == "Struct":
        return Object([Property(field.name, _type(field.dtype)) for field in dtype.fields])
    return _TYPES[kind]


def from_polars(
    df: pl.DataFrame,
    source: Any = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> PolarsDataset:
    """A data set from a DataFrame of polars; parameters are those of `from_pandas`.

    Returns
    -------
    PolarsDataset

    Raises
    ------
    InvalidParameter
        `df` is no DataFrame of polars, or has no column of that name.

    Notes
    -----
    The digest is the sum of the hashes of the rows, so their order does not matter; polars hashes differently from
    version to version.
    """
    if not is_instance_of(df, "polars", "DataFrame"):
        hint = ": collect() it first" if is_instance_of(df, "polars", "LazyFrame") else ""
        raise InvalidParameter(f"from_polars() takes a DataFrame of polars, not a {type(df).__name__}{hint}.")
    return PolarsDataset(df, source_of(source), targets, name, digest, predictions)
