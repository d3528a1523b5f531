"""What data look like, column by column: enough to tell later how far other data have moved from them, without any row of them."""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Collection, Hashable
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import msgspec

from jupyter_mlops.data.columns import MOST_COLUMNS, input_frame, input_places
from jupyter_mlops.entities.numbers import as_json
from jupyter_mlops.errors import InvalidParameter
from jupyter_mlops.types.inference import is_instance_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "PROFILE_FILE", "ColumnProfile", "Counts", "Kind", "Profile", "frame_profile", "keep_profile", "kind_of", "profile_of", "read_profile",
    "training_profile",
]  # fmt: skip

PROFILE_FILE = "training_profile.json"
Kind = Literal["number", "category", "time"]
Counts: TypeAlias = "NDArray[np.float64]"
_BINS, _MOST_VALUES = 10, 20
_MOST_TEXT = 200  # characters, which are those that are read of a log
_MOST_ROWS, _MOST_CELLS = 10_000, 500_000  # chance gives an index of 0.001 then
_Rows = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Text = Annotated[str, msgspec.Meta(max_length=300)]


class ColumnProfile(msgspec.Struct, frozen=True):
    """What one column looks like.

    Attributes
    ----------
    name : str
    kind : {"number", "category", "time"}
    missing : int
        Rows without a value; of numbers also those that are none.
    counts : list of int
        Rows in each bin: between the edges of numbers, of each value of categories and of all others, of all times.
    edges : list of float
        Between the tenths of numbers, each the number of a row; a value that takes two tenths and more has a bin of its own.
    values : list of str
        The 20 that most rows have, and more than one has.
    """

    name: _Text
    kind: Kind
    missing: _Rows
    counts: list[_Rows]
    edges: Annotated[list[float | str], msgspec.Meta(max_length=2 * _BINS)] = []
    values: Annotated[list[_Text], msgspec.Meta(max_length=_MOST_VALUES)] = []

    def __post_init__(self) -> None:  # what is read may be anybody's
        bins = {"number": len(self.edges), "category": len(self.values), "time": 0}[self.kind] + 1
        if len(self.counts) != bins:
            raise ValueError(f"column {self.name!r} has {len(self.counts)} counts of {bins} bins")
        if len({*self.values}) < len(self.values):
            raise ValueError(f"column {self.name!r} has a value twice")

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.missing + sum(self.counts)

    def count(self, column: pd.Series) -> Counts:
        """Rows of another column in the same bins, those without a value last."""
        import numpy as np  # not before there is something to count

        there: Any = column.dropna()
        found: Any
        if self.kind == "number":
            there = _numbers(there)
            found = np.bincount(np.searchsorted(_floats(self.edges), there), minlength=len(self.edges) + 1)
        elif self.kind == "category":
            counted = _texts(there).value_counts().reindex(self.values, fill_value=0)
            found = [*counted, len(there) - counted.sum()]
        else:
            found = [len(there)]
        return np.array([*found, len(column) - len(there)], np.float64)

    def with_values(self, column: pd.Series) -> ColumnProfile:
        """With bins for the values that a tenth of another column has, too.

        Of such a value it had at most as many rows as of the rarest that it counts, and one where it counts all that two rows had.
        """
        shares = _texts(column).value_counts(normalize=True)
        fresh = [value for value in shares.index[shares >= 1 / _BINS] if value not in self.values]
        *counts, others = self.counts
        most = min([others // max(len(fresh), 1), *(counts if len(counts) == _MOST_VALUES else [1])])
        return msgspec.structs.replace(self, values=[*self.values, *fresh], counts=[*counts, *[most] * len(fresh), others - most * len(fresh)])


class Profile(msgspec.Struct, frozen=True):
    """What data look like: the rows that were looked at, and their columns."""

    rows: _Rows
    columns: Annotated[list[ColumnProfile], msgspec.Meta(max_length=MOST_COLUMNS)]

    def __post_init__(self) -> None:  # each is compared with a column of a log, which takes time
        if len({column.name for column in self.columns}) < len(self.columns):
            raise ValueError("a column is there twice")


def profile_of(data: Any, known: Collection[Hashable] | None = None) -> Profile | None:
    """What data that a model is given look like, by the names that their columns have in a log; None of what is no table, or has no rows.

    Parameters
    ----------
    data : Profile, DataFrame, Series, ndarray, list or dict
        Of more than 10,000 rows or 500,000 cells so many are looked at, by chance, and of more than 200 columns that the
        model takes the first.
    known : collection, optional
        Columns that the model takes; others are left out, and an array's are called so.

    Notes
    -----
    About 1 ms for each column of 10,000 numbers, 8 of texts.

    Examples
    --------
    >>> profile_of({"hall": ["north", "south", "north", None]}).columns[0]
    ColumnProfile(name='hall', kind='category', missing=1, counts=[2, 1], edges=[], values=['north'])
    """
    if isinstance(data, Profile):
        return data
    frame = _frame(data, known)
    return None if frame is None or frame.empty else frame_profile(frame)


def _frame(data: Any, known: Collection[Hashable] | None) -> pd.DataFrame | None:
    """What is looked at of them."""
    frame = input_frame(_some(data, known), known)
    return None if frame is None else _some(frame)  # type: ignore[no-any-return]


def frame_profile(frame: pd.DataFrame) -> Profile:
    """What a frame looks like whose columns are called as those of a log."""
    return Profile(len(frame), [_column_profile(str(name), frame[name]) for name in frame.columns[:MOST_COLUMNS]])


def _some(data: Any, known: Collection[Hashable] | None = None) -> Any:
    """All rows of small data, some of large ones, and the columns that a log has room for."""
    if isinstance(data, list):
        return [data[row] for row in _chosen(len(data), _MOST_ROWS)]
    is_frame = is_instance_of(data, "pandas", "DataFrame", "Series")
    if not (is_frame or is_instance_of(data, "numpy", "ndarray")) or data.ndim not in (1, 2):  # images are large
        return data
    width = data.shape[1] if data.ndim == 2 else 1
    most = min(_MOST_ROWS, _MOST_CELLS // max(min(width, MOST_COLUMNS), 1))
    if len(data) <= most and width <= MOST_COLUMNS:
        return data
    rows, taken = _chosen(len(data), most), data.iloc if is_frame else data
    if data.ndim == 1:
        return taken[rows]
    return taken[rows, input_places(data.columns, known) if is_frame else slice(MOST_COLUMNS)]


def _chosen(count: int, most: int) -> Any:
    """The places of some of so many rows, by chance, in their order."""
    import numpy as np

    return np.sort(np.random.default_rng(0).choice(count, most, replace=False, shuffle=False)) if count > most else np.arange(count)


def _column_profile(name: str, column: pd.Series) -> ColumnProfile:
    there = column.dropna()
    kind = kind_of(there)
    edges, values = list[float | str](), list[str]()
    if kind == "number":
        edges = [as_json(edge) for edge in _tenths(_numbers(there)).tolist()]
    elif kind == "category":
        counted = _texts(there).value_counts()
        values = counted.index[counted > 1][:_MOST_VALUES].tolist()
    unfilled = ColumnProfile(name, kind, 0, [0] * (len(edges) + len(values) + 1), edges, values)
    *counts, missing = unfilled.count(column).astype(int).tolist()
    return msgspec.structs.replace(unfilled, missing=missing, counts=counts)


def kind_of(column: pd.Series) -> Kind:
    """What a column holds, by its type."""
    from pandas.api import types

    if types.is_datetime64_any_dtype(column.dtype):
        return "time"
    return "category" if types.is_bool_dtype(column.dtype) or not types.is_numeric_dtype(column.dtype) else "number"


def _numbers(column: pd.Series) -> Counts:
    """The numbers of a column; of what is none, such as the text in a column that one request sent, nothing."""
    import pandas as pd

    found: Counts = pd.to_numeric(column, errors="coerce").dropna().to_numpy("float64")
    return found


def _texts(column: pd.Series) -> pd.Series:
    return column.astype(str).str[:_MOST_TEXT]


def _tenths(values: Counts) -> Counts:
    """The edges between the tenths; a value that takes two tenths and more gets a bin of its own."""
    import numpy as np

    if not len(values):
        return np.array([])
    places = np.linspace(0, len(values) - 1, _BINS + 1)[1:-1].round().astype(int)
    edges, times = np.unique(np.sort(values)[places], return_counts=True)
    with np.errstate(over="ignore"):  # below the least number is -infinity
        found: Counts = np.union1d(edges, np.nextafter(edges[times > 1], -np.inf))
    return found


def _floats(edges: list[float | str]) -> list[float]:
    return [float(edge) for edge in edges]


def keep_profile(data: Any, folder: str, known: Collection[Hashable] | None = None) -> str:
    """Write what data look like that a model was trained on, to a folder; returns the file's path.

    Raises
    ------
    InvalidParameter
        As for `training_profile`.
    """
    path = os.path.join(folder, PROFILE_FILE)
    text = msgspec.json.encode(training_profile(data, known))
    with open(path, "wb") as file:
        file.write(text)
    return path


def training_profile(data: Any, known: Collection[Hashable] | None = None) -> Profile:
    """As `profile_of`, of data that somebody gave as those that a model was trained on.

    Raises
    ------
    InvalidParameter
        They are no table, have no rows, or none of the columns that the model takes.
    """
    if isinstance(data, Profile):
        return data
    frame = _frame(data, known)
    if frame is None:
        shape = f" of {data.ndim} dimensions" if getattr(data, "ndim", 1) not in (1, 2) else ""
        raise InvalidParameter(f"The training data are a DataFrame, an array of one or two dimensions, or columns by name, not {type(data).__name__}{shape}.")
    if not len(frame):
        raise InvalidParameter("The training data have no rows.")
    if frame.empty:
        raise InvalidParameter(f"The training data have none of the columns that the model takes: {', '.join(map(str, known or []))[:1000]}.")
    return frame_profile(frame)


def read_profile(text: bytes) -> Profile:
    """A profile that `keep_profile` wrote, or anybody else.

    Raises
    ------
    InvalidParameter
        It is none.
    """
    try:
        found = msgspec.json.decode(text, type=Profile)
        edges = [_floats(one.edges) for one in found.columns]
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise InvalidParameter(f"No profile of data: {error}") from error
    if not all(low <= high for one in edges for low, high in itertools.pairwise([-math.inf, *one])):  # nor is there NaN
        raise InvalidParameter("No profile of data: its edges do not ascend.")
    return found
