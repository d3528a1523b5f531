"""Rows of a log: what a model was given and what it said, as columns that every file and database takes."""

from __future__ import annotations

import contextlib
import functools
import itertools
import math
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_mlops.types.inference import is_instance_of

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_mlops.types.schema import Schema

__all__ = ["MOST_COLUMNS", "OWN", "PREDICTION", "Logged", "beginning", "input_frame", "input_names", "input_places", "joined", "log_frame"]

OWN = ("_time", "_latency_ms", "_status", "_version", "_rate", "_row")
PREDICTION = "_prediction"
MOST_COLUMNS = 200
_MOST_ROWS, _MOST_NAME, _MOST_TEXT = 1000, 200, 1000


class Logged(NamedTuple):
    """A request as it is kept.

    Attributes
    ----------
    data, predictions : Any
        What `beginning` gave of them.
    own : mapping
        The values of `OWN` but ``_row``.
    size : int, bytes
        What data and predictions took on their way, and so take here, about.
    """

    data: Any
    predictions: Any
    own: Mapping[str, Any]
    size: int = 0

    @property
    def rows(self) -> int:
        """How many rows it takes, about."""
        data: Any = next(iter(self.data.values()), None) if isinstance(self.data, Mapping) else self.data
        return max(len(data) if hasattr(data, "__len__") else 1, 1)


def beginning(data: Any) -> Any:
    """The first 1,000 rows and 200 columns of what a model is given or says, as a copy; None of what is no table."""
    with contextlib.suppress(Exception):  # strangers' data, and whatever a model makes of it: no request fails for its log
        if is_instance_of(data, "pandas", "DataFrame"):
            return (data if len(data) <= _MOST_ROWS and data.shape[1] <= MOST_COLUMNS else data.iloc[:_MOST_ROWS, :MOST_COLUMNS]).copy()
        if is_instance_of(data, "pandas", "Series"):
            return data.iloc[:_MOST_ROWS].copy()
        if is_instance_of(data, "numpy", "ndarray") and data.ndim in (1, 2):
            return data[:_MOST_ROWS].copy() if data.ndim == 1 else data[:_MOST_ROWS, :MOST_COLUMNS].copy()
        if isinstance(data, list):
            return [_first_columns(row) for row in data[:_MOST_ROWS]]
        if isinstance(data, Mapping):
            return {name: beginning(values) for name, values in itertools.islice(data.items(), MOST_COLUMNS)}
    return None


def _first_columns(row: Any) -> Any:
    if isinstance(row, Mapping):
        return dict(itertools.islice(row.items(), MOST_COLUMNS))
    return row[:MOST_COLUMNS] if isinstance(row, (list, tuple)) else row


def log_frame(requests: Sequence[Logged], without: Collection[str] = (), known: Collection[Hashable] | None = None) -> pd.DataFrame:
    """The rows of some requests: `OWN`, the columns of the data by their names, and ``_prediction`` or ``_prediction_<name>``.

    Parameters
    ----------
    requests : sequence of Logged, not empty
    without : collection of str, optional
        Columns that are left out, also of predictions that have columns: a model may give back what it was given.
    known : collection, optional
        Columns that the model takes; what else was sent is left out.

    Returns
    -------
    DataFrame
        Of a request without a table it has one row.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> seen = Logged(pd.DataFrame({"a": [1, 2], "name": ["x", "y"]}), np.array([0.5, 0.6]), {"_status": 200})
    >>> log_frame([seen], without=["name"]).to_dict("records")
    [{'_status': 200, '_row': 0, 'a': 1, '_prediction': 0.5}, {'_status': 200, '_row': 1, 'a': 2, '_prediction': 0.6}]
    """
    import pandas as pd  # not before there is something to log

    left_out, taken = frozenset(without), None if known is None else tuple(known)
    given, said = [_table(one.data) for one in requests], [_said_table(one.predictions) for one in requests]
    counts = [max(len(one) if one is not None else len(other) if other is not None else 1, 1) for one, other in zip(given, said, strict=True)]
    own = {name: [one.own[name] for one, count in zip(requests, counts, strict=True) for _ in range(count)] for name in requests[0].own}
    rows = pd.DataFrame({**own, "_row": [row for count in counts for row in range(count)]})
    inputs = _below_each_other(given, counts, lambda frame: _inputs(frame, left_out, taken))
    return pd.concat([rows, inputs, _below_each_other(said, counts, lambda frame: _said(frame, left_out))], axis=1)


def input_frame(data: Any, known: Collection[Hashable] | None = None) -> pd.DataFrame | None:
    """What a model is given, as the columns of a log; None of what is no table. `known` as for `log_frame`."""
    frame = _table(data)
    if frame is None:
        return None
    return _typed(_inputs(frame.reset_index(drop=True), frozenset(), None if known is None else tuple(known)))


def input_names(schema: Schema | None) -> list[Any] | None:
    """The columns that a model of this schema takes; None where nobody knows."""
    return schema.input_names() if schema is not None and schema.has_input_names() else None


def input_places(columns: pd.Index, known: Collection[Hashable] | None) -> list[int] | slice:
    """Where the first 200 of those columns are that a model takes; the first of all where nobody knows, or where they have no names."""
    import pandas as pd

    if known is None or isinstance(columns, pd.RangeIndex):
        return slice(MOST_COLUMNS)
    return _kept(tuple(columns), frozenset(), tuple(known))[0]


def joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The rows of several `log_frame` as one, each column of one type."""
    import pandas as pd

    whole = pd.concat(frames, ignore_index=True)
    return _typed(whole.iloc[:, : len(OWN) + 2 * MOST_COLUMNS])  # each request may bring other columns


def _inputs(frame: pd.DataFrame, without: frozenset[str], known: tuple[Hashable, ...] | None) -> pd.DataFrame:
    import pandas as pd

    is_nameless = isinstance(frame.columns, pd.RangeIndex)  # such as {"inputs": [[1, 2]]}
    columns = known[:MOST_COLUMNS] if known is not None and is_nameless and frame.shape[1] == min(len(known), MOST_COLUMNS) else tuple(frame.columns)
    places, names = _kept(columns, without, known)
    return frame.iloc[:, places].set_axis(pd.Index(names, dtype=object), axis=1)


@functools.lru_cache(64)  # most requests have the columns of those before
def _kept(columns: tuple[Hashable, ...], without: frozenset[str], known: tuple[Hashable, ...] | None) -> tuple[list[int], list[str]]:
    """The places of the columns that are kept, and their names."""
    taken = None if known is None else {*known, *map(str, known)}
    places = [place for place, name in enumerate(columns) if str(name) not in without and (taken is None or name in taken or str(name) in taken)]
    names = [str(columns[place]) for place in places[:MOST_COLUMNS]]
    return places[:MOST_COLUMNS], _called([f"input {name}" if _is_ours(name) else name for name in names])


def _is_ours(name: str) -> bool:
    return name.casefold() in OWN or name.casefold().startswith(PREDICTION)


def _said_table(predictions: Any) -> pd.DataFrame | None:
    """Predictions as rows and columns; the column of what is no DataFrame has no name when it is alone."""
    frame = _table(predictions)
    if frame is None or frame.empty:
        return None
    return frame.set_axis([None], axis=1) if frame.shape[1] == 1 and not is_instance_of(predictions, "pandas", "DataFrame") else frame


def _said(frame: pd.DataFrame, without: frozenset[str]) -> pd.DataFrame:
    import pandas as pd

    names = _called(PREDICTION if column is None else f"{PREDICTION}_{column}" for column in frame)
    kept = [name not in without and str(column) not in without for name, column in zip(names, frame, strict=True)]
    return frame.set_axis(pd.Index(names, dtype=object), axis=1).loc[:, kept]


def _table(data: Any) -> pd.DataFrame | None:
    """Data as rows and columns, each called by its place where it has no name; None of what is no table."""
    import pandas as pd

    with contextlib.suppress(Exception):  # strangers' data, such as lists of different lengths
        if is_instance_of(data, "pandas", "DataFrame"):
            return data  # type: ignore[no-any-return]
        if is_instance_of(data, "pandas", "Series"):
            return data.to_frame("0" if data.name is None else data.name)  # type: ignore[no-any-return]
        if is_instance_of(data, "numpy", "ndarray") and data.ndim in (1, 2):
            return pd.DataFrame(data)
        if isinstance(data, Mapping) and data:
            return pd.DataFrame({name: list(values) for name, values in data.items()})
        if isinstance(data, list) and data:
            return pd.DataFrame(data, columns=_names_of(data) if isinstance(data[0], Mapping) else None)
    return None


def _names_of(rows: Sequence[Mapping[Hashable, Any]]) -> list[Hashable]:
    """The first 200 names; each row may bring others, and a table has room for all of them in every row."""
    names = dict.fromkeys(itertools.chain.from_iterable(rows))
    return list(itertools.islice(names, MOST_COLUMNS))


def _called(columns: Iterable[str]) -> list[str]:
    """Names that can be seen, and differ by more than the size of letters, which databases do not see."""
    names, seen = list[str](), set[str]()
    for column in columns:
        plain = "".join(letter for letter in column if letter.isprintable())[:_MOST_NAME] or "column"
        name = next(one for one in itertools.chain([plain], (f"{plain} ({number})" for number in itertools.count(2))) if one.casefold() not in seen)
        seen.add(name.casefold())
        names.append(name)
    return names


def _below_each_other(
    frames: Sequence[pd.DataFrame | None], counts: Sequence[int], named: Callable[[pd.DataFrame], pd.DataFrame]
) -> pd.DataFrame:  # fmt: skip
    """Frames, of which some lack, as one with so many rows of each; those in a row that have the same columns are named together, which is much faster."""
    import pandas as pd

    there = [pd.DataFrame(index=range(count)) if frame is None or len(frame) != count else frame for frame, count in zip(frames, counts, strict=True)]
    groups = [list(group) for _, group in itertools.groupby(there, lambda frame: (isinstance(frame.columns, pd.RangeIndex), tuple(frame.columns)))]
    fit = [named(pd.concat(group, ignore_index=True)) for group in groups]
    names = list(dict.fromkeys(name for frame in fit for name in frame))
    kept = set(names[:MOST_COLUMNS])
    if len(names) > len(kept):
        fit = [frame.loc[:, [name in kept for name in frame]] for frame in fit]
    return _typed(pd.concat(fit, ignore_index=True))


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({name: _of_one_type(frame[name]) for name in frame}, index=frame.index)


def _of_one_type(column: pd.Series) -> pd.Series:
    """Numbers, truth values and times as they are, also those with gaps, all else as texts of at most 1,000 characters."""
    import pandas as pd
    from pandas.api import types

    if isinstance(column.dtype, pd.CategoricalDtype):  # requests have its values, not the type
        column = column.astype(object)
    kind = types.infer_dtype(column, skipna=True) if column.dtype == object else ""
    with contextlib.suppress(OverflowError):  # a whole number beyond all floats
        if types.is_bool_dtype(column.dtype) or kind == "boolean":
            return column.astype("boolean")
        if types.is_float_dtype(column.dtype) or kind in ("floating", "integer", "mixed-integer-float"):
            return pd.to_numeric(column, errors="coerce").astype("float64")
        if types.is_integer_dtype(column.dtype):
            return column
        if types.is_datetime64_any_dtype(column.dtype):
            return column.dt.tz_convert("UTC").dt.tz_localize(None) if getattr(column.dtype, "tz", None) else column
    return pd.Series([_text(value) for value in column], index=column.index, dtype=object)


def _text(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and math.isnan(value)) or type(value).__name__ in ("NAType", "NaTType"):
        return None
    text = str(value)[:_MOST_TEXT]
    return text if text.isascii() else text.encode(errors="replace").decode()  # no lone surrogates
