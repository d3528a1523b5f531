"""Whether two runs came to the same metrics."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import msgspec

from jupyter_mlops.entities.runs import Run

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Agreement", "MetricVerdict", "agreement_of"]

_SYSTEM = "system/"
_COLUMNS = ("metric", "then", "now", "difference", "verdict")


class MetricVerdict(msgspec.Struct, frozen=True):
    """One metric of two runs.

    Attributes
    ----------
    metric : str
    old, new : float or None
        The latest values; None where a run does not have it.
    verdict : str
        ``same``, ``close`` (within the tolerance), ``differs``, ``missing`` or ``new``.
    """

    metric: str
    old: float | None
    new: float | None
    verdict: str

    @property
    def difference(self) -> float | None:
        """`new` less `old`."""
        return None if self.old is None or self.new is None else self.new - self.old


class Agreement(msgspec.Struct, frozen=True):
    """The metrics of two runs beside each other; it is shown as a table.

    Attributes
    ----------
    rows : list of MetricVerdict
    """

    rows: list[MetricVerdict]

    @property
    def agrees(self) -> bool:
        """Whether all that the old run had is in the new one, the same or within the tolerance."""
        return all(row.verdict in ("same", "close", "new") for row in self.rows)

    def to_frame(self) -> pd.DataFrame:
        """One row a metric: ``metric, then, now, difference, verdict``."""
        import pandas as pd  # only where it is asked for

        return pd.DataFrame([_cells(row) for row in self.rows], columns=list(_COLUMNS))

    def _repr_html_(self) -> str:
        if not self.rows:
            return "<p>The run had logged no metrics.</p>"
        head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
        body = "".join(f"<tr>{''.join(f'<td>{escape(_text(value))}</td>' for value in _cells(row))}</tr>" for row in self.rows)
        return f"<p><b>{escape(self._verdict())}</b></p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def __repr__(self) -> str:
        lines = [self._verdict()]
        lines += [f"  {row.metric}: {_text(row.old)} → {_text(row.new)} ({row.verdict})" for row in self.rows]
        return "\n".join(lines)

    def _verdict(self) -> str:
        if not self.rows:
            return "no metrics"
        good = sum(row.verdict in ("same", "close", "new") for row in self.rows)
        return f"✓ all {good} metrics agree" if self.agrees else f"✗ {len(self.rows) - good} of {len(self.rows)} metrics do not agree"


def agreement_of(old: Run | Mapping[str, float], new: Run | Mapping[str, float], rel_tol: float = 1e-6) -> Agreement:
    """Compare the metrics of two runs; those of the machine itself are left out.

    Parameters
    ----------
    old, new : Run or mapping of str to float
    rel_tol : float
        How far values may be apart, relative to the greater one. Whole numbers agree when they are the same.

    Examples
    --------
    >>> agreement_of({"acc": 0.5, "trees": 10.0}, {"acc": 0.5000001, "trees": 11.0})
    ✗ 1 of 2 metrics do not agree
      acc: 0.5 → 0.5 (close)
      trees: 10 → 11 (differs)
    """
    before, after = (one.data.metrics if isinstance(one, Run) else one for one in (old, new))
    keys = [key for key in sorted({*before, *after}) if not key.startswith(_SYSTEM)]
    return Agreement([MetricVerdict(key, before.get(key), after.get(key), _verdict(before.get(key), after.get(key), rel_tol)) for key in keys])


def _verdict(old: float | None, new: float | None, rel_tol: float) -> str:
    if old is None or new is None:
        return "new" if old is None else "missing"
    if old == new or (math.isnan(old) and math.isnan(new)):
        return "same"
    if old.is_integer() and new.is_integer():
        return "differs"
    return "close" if math.isclose(old, new, rel_tol=rel_tol) else "differs"


def _cells(row: MetricVerdict) -> list[object]:
    return [row.metric, row.old, row.new, row.difference, row.verdict]


def _text(value: object) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
