"""How far data have moved from other data, column by column: the population stability index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Band", "Drift", "column_drift", "drifts", "stability_index"]

Band = Literal["stable", "moderate", "large", "few rows"]
_Counts = NDArray[np.float64]
_MODERATE, _LARGE, _NOISE = 0.1, 0.25, 0.1
_BINS, _MOST_VALUES = 10, 20
_MOST_TEXT = 200  # characters, which are those that are read of a log


class Drift(msgspec.Struct, frozen=True):
    """How far one column has moved.

    Attributes
    ----------
    column : str
    kind : {"number", "category", "time"}
        What it was before: of numbers, what is none now is missing. Of times only the missing ones are compared: they always move.
    psi : float or None
        See `stability_index`; missing values are a bin of their own. None where one of the sides has no rows.
    band : {"stable", "moderate", "large", "few rows"}
        ``few rows`` where as much would be seen by chance.
    missing_before, missing_now : float, 0 to 1
    bins_before, bins_now : list of float, 0 to 1
        The share of rows in each bin that any has; of numbers from the least, missing values last.
    """

    column: str
    kind: Literal["number", "category", "time"]
    psi: float | None
    band: Band
    missing_before: float
    missing_now: float
    bins_before: list[float]
    bins_now: list[float]


def stability_index(before: Sequence[float], now: Sequence[float]) -> float:
    """The population stability index of two counts of the same bins, ``sum((q - p) * ln(q / p))``.

    Notes
    -----
    0 for the same shares, below 0.1 stable, up to 0.25 moved somewhat, above that moved far. Half a row is added to each bin, so that
    an empty one gives no infinity. Of two samples of the same population about ``(bins - 1) * (1 / n + 1 / m)`` is seen by chance.

    References
    ----------
    N. Siddiqi, "Credit Risk Scorecards", Wiley 2006, for the index and its bands; B. Yurdakul and J. Naranjo, "Statistical properties
    of the population stability index", Journal of Risk Model Validation 14(4), 2020, for what is seen by chance.

    Examples
    --------
    >>> stability_index([50, 50], [50, 50]), round(stability_index([50, 50], [80, 20]), 2)
    (0.0, 0.41)
    """
    p, q = (_shares(np.asarray(counts, np.float64)) for counts in (before, now))
    return float(np.sum((q - p) * np.log(q / p)))


def _shares(counts: _Counts) -> _Counts:
    shares: _Counts = (counts + 0.5) / (counts.sum() + 0.5 * len(counts))
    return shares


def drifts(before: pd.DataFrame, now: pd.DataFrame) -> list[Drift]:
    """How far each column of `before` has moved, the farthest first; one that `now` lacks has only missing values there.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> before = pd.DataFrame({"age": np.arange(1000.0), "hall": ["north", "south"] * 500})
    >>> now = before.assign(age=before.age + 500)
    >>> [(one.column, one.band) for one in drifts(before, now)]
    [('age', 'large'), ('hall', 'stable')]
    """
    import pandas as pd

    gone = pd.Series(np.full(len(now), np.nan), index=now.index)
    found = [column_drift(name, before[name], now.get(name, gone)) for name in before]
    return sorted(found, key=lambda one: (one.band == "few rows", -(one.psi or 0.0)))


def column_drift(column: str, before: pd.Series, now: pd.Series) -> Drift:
    """How far one column has moved."""
    kind = _kind_of(before.dropna(), now.dropna())
    sides = [_numbers(one) for one in (before, now)] if kind == "number" else [before, now]
    present = [one.dropna() for one in sides]
    missing = np.array([[len(one) - len(there)] for one, there in zip(sides, present, strict=True)], np.float64)
    if kind == "number":
        counts = _number_counts(*(one.to_numpy() for one in present))
    elif kind == "category":
        counts = _category_counts(*present)
    else:
        counts = np.array([[len(one)] for one in present], np.float64)
    counts = np.hstack([counts, missing])
    counts = counts[:, counts.any(axis=0)]
    rows = [len(one) for one in sides]
    psi = stability_index(*counts) if all(rows) else None
    sizes = np.maximum(rows, 1)[:, None]
    missing_shares, bins = (missing / sizes)[:, 0].tolist(), (counts / sizes).round(4).tolist()
    return Drift(column, kind, psi, _band(psi, counts.shape[1], rows), *missing_shares, *bins)


def _band(psi: float | None, bins: int, rows: Sequence[int]) -> Band:
    if psi is None or (bins - 1) * sum(1 / count for count in rows) > _NOISE:
        return "few rows"
    return "stable" if psi < _MODERATE else "moderate" if psi <= _LARGE else "large"


def _kind_of(before: pd.Series, now: pd.Series) -> Literal["number", "category", "time"]:
    from pandas.api import types

    given = [one.dtype for one in (before, now) if len(one)]
    if any(types.is_datetime64_any_dtype(dtype) for dtype in given):
        return "time"
    is_category = any(types.is_bool_dtype(dtype) or not types.is_numeric_dtype(dtype) for dtype in given[:1])
    return "category" if is_category else "number"


def _numbers(values: pd.Series) -> pd.Series:
    """Of what is no number, such as the text in a column that one request sent, nothing."""
    import pandas as pd

    return pd.to_numeric(values, errors="coerce").astype("float64")


def _number_counts(before: _Counts, now: _Counts) -> _Counts:
    """Rows between the tenths of `before`; a value that takes two tenths and more has a bin of its own."""
    if not len(before):
        return np.array([[0.0], [len(now)]])
    places = np.linspace(0, len(before) - 1, _BINS + 1)[1:-1].round().astype(int)
    edges, times = np.unique(np.sort(before)[places], return_counts=True)
    with np.errstate(over="ignore"):  # below the least number is -infinity
        edges = np.union1d(edges, np.nextafter(edges[times > 1], -np.inf))
    return np.array([np.bincount(np.searchsorted(edges, side), minlength=len(edges) + 1) for side in (before, now)], np.float64)


def _category_counts(before: pd.Series, now: pd.Series) -> _Counts:
    """Rows of the 20 values that `before` has most, of those that a tenth of `now` has, and of all others."""
    texts = [one.astype(str).str[:_MOST_TEXT] for one in (before, now)]
    fresh = texts[1].value_counts(normalize=True)  # one text that all send would be among the others of a column of different texts
    most = texts[0].value_counts().index[:_MOST_VALUES].union(fresh.index[fresh >= 1 / _BINS], sort=False)
    counted = [one.value_counts().reindex(most, fill_value=0) for one in texts]
    return np.array([[*counts, len(one) - counts.sum()] for counts, one in zip(counted, texts, strict=True)], np.float64)
