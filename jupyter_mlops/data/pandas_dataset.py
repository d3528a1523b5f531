"""Data sets of pandas."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from jupyter_mlops.data.dataset import Dataset
from jupyter_mlops.data.dataset_source import DatasetSource
from jupyter_mlops.data.dataset_source_registry import source_of
from jupyter_mlops.data.digests import pandas_digest
from jupyter_mlops.data.pyfunc_dataset_mixin import PyFuncConvertibleDatasetMixin, PyFuncInputsOutputs
from jupyter_mlops.data.schema import schema_or_none
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.types.inference import is_instance_of
from jupyter_mlops.types.schema import Schema

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PandasDataset", "check_columns", "from_pandas"]


class PandasDataset(Dataset, PyFuncConvertibleDatasetMixin):
    """A DataFrame as a data set; made by `from_pandas`.

    Attributes
    ----------
    df : pandas.DataFrame
    targets, predictions : str or None
        Names of columns.
    """

    def __init__(
        self,
        df: pd.DataFrame,
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
        return pandas_digest(self._df)

    @property
    def df(self) -> pd.DataFrame:
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
        """The columns, None when no type holds one of them or two have one name."""
        return schema_or_none(self._df) if self._df.columns.is_unique else None

    @property
    def profile(self) -> dict[str, int]:
        """Rows, and values in all."""
        return {"num_rows": len(self._df), "num_elements": int(self._df.size)}

    def to_pyfunc(self) -> PyFuncInputsOutputs:
        """The columns without targets, and the targets."""
        if not self._targets:
            return PyFuncInputsOutputs(self._df)
        return PyFuncInputsOutputs(self._df.drop(columns=[self._targets]), self._df[self._targets])


def check_columns(columns: Any, targets: str | None, predictions: str | None) -> None:
    """`InvalidParameter` when a column is named that the data does not have."""
    for what, name in (("targets", targets), ("predictions", predictions)):
        if name is not None and name not in columns:
            raise InvalidParameter(f"{what}={name!r} is no column of the data, which has {list(columns)[:20]!r}.")


def from_pandas(
    df: pd.DataFrame,
    source: Any = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> PandasDataset:
    """A data set from a DataFrame.

    Parameters
    ----------
    df : pandas.DataFrame
    source : str, path or DatasetSource, optional
        Where it came from: a path, a URL, ``s3://…``, ``runs:/…``. By default the code that runs.
    targets, predictions : str, optional
        Columns that a model should predict, and did predict.
    name : str, optional
        ``"dataset"`` by default.
    digest : str of at most 36 characters, optional
        By default computed from the data, equal to MLflow's.

    Returns
    -------
    PandasDataset

    Raises
    ------
    InvalidParameter
        `df` is no DataFrame, or has no column of that name.
    NotFound
        `source` is of no kind that is known.

    Notes
    -----
    Milliseconds; a column of objects is looked at value by value. Credentials in `source` are not stored.

    Examples
    --------
    >>> import jupyter_mlops as mlflow, pandas as pd
    >>> wine = from_pandas(pd.DataFrame({"ph": [3.1, 3.4], "good": [0, 1]}), "wine.csv", targets="good", name="wine")
    >>> wine.digest, wine.profile
    ('073857c0', {'num_rows': 2, 'num_elements': 4})
    >>> with mlflow.start_run():
    ...     mlflow.log_input(wine, context="training")
    """
    if not is_instance_of(df, "pandas", "DataFrame"):
        raise InvalidParameter(f"from_pandas() takes a DataFrame of pandas, not a {type(df).__name__}.")
    return PandasDataset(df, source_of(source), targets, name, digest, predictions)
