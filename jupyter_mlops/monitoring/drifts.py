"""How far data have moved from other data, column by column: the population stability index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

from jupyter_mlops.data.profiles import ColumnProfile, Counts, Kind, kind_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Band", "Drift", "column_drift", "drifts", "stability_index"]

Band = Literal["stable", "moderate", "large", "few rows"]
_MODERATE, _LARGE, _NOISE = 0.1, 0.25, 0.1


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
    kind: Kind
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


def _shares(counts: Counts) -> Counts:
    shares: Counts = (counts + 0.5) / (counts.sum() + 0.5 * len(counts))
    return shares


def drifts(before: Sequence[ColumnProfile], now: pd.DataFrame) -> list[Drift]:
    """How far each column has moved, the farthest first; one that `now` lacks has only missing values there.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from jupyter_mlops.data.profiles import frame_profile
    >>> before = pd.DataFrame({"age": np.arange(1000.0), "hall": ["north", "south"] * 500})
    >>> now = before.assign(age=before.age + 500)
    >>> [(one.column, one.band) for one in drifts(frame_profile(before).columns, now)]
    [('age', 'large'), ('hall', 'stable')]
    """
    import pandas as pd

    gone = pd.Series(np.full(len(now), np.nan), index=now.index)
    found = [column_drift(one, now.get(one.name, gone)) for one in before]
    return sorted(found, key=lambda one: (one.band == "few rows", -(one.psi or 0.0)))


def column_drift(before: ColumnProfile, now: pd.Series) -> Drift:
    """How far one column has moved."""
    before = _comparable(before, now)
    counts = np.array([[*before.counts, before.missing], before.count(now)], np.float64)
    rows = counts.sum(axis=1)
    missing = (counts[:, -1] / np.maximum(rows, 1)).tolist()
    counts = counts[:, counts.any(axis=0)]
    psi = stability_index(*counts) if rows.all() else None
    bins = (counts / np.maximum(rows, 1)[:, None]).round(4).tolist()
    return Drift(before.name, before.kind, psi, _band(psi, counts.shape[1], rows.tolist()), *missing, *bins)


def _comparable(before: ColumnProfile, now: pd.Series) -> ColumnProfile:
    """Without bins where there is nothing to compare them with: of times, and of a column that had no values; with those of new categories."""
    there = now.dropna()
    kind = kind_of(there) if len(there) else before.kind
    if kind == "time" or not any(before.counts):
        return ColumnProfile(before.name, kind, before.missing, [sum(before.counts)])
    return before.with_values(there) if before.kind == "category" else before


def _band(psi: float | None, bins: int, rows: Sequence[float]) -> Band:
    if psi is None or (bins - 1) * sum(1 / count for count in rows) > _NOISE:
        return "few rows"
    return "stable" if psi < _MODERATE else "moderate" if psi <= _LARGE else "large"
