"""What charts of many runs are drawn from: their params, metrics and tags by column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

__all__ = ["Field", "RunNames", "numbers_of", "order_of", "plain"]

Value = float | str | None


class RunNames(NamedTuple):
    """The runs of a chart: ids, names and a line of what differs, one each."""

    ids: Sequence[str]
    names: Sequence[str]
    details: Sequence[str] = ()


class Field(NamedTuple):
    """A param, metric or tag of the runs: a value each, None where a run has none.

    Attributes
    ----------
    label : str
    values : sequence of float, str or None
        Numbers alone, or texts alone.
    is_time : bool
        The numbers are milliseconds since the Unix epoch.
    """

    label: str
    values: Sequence[Value]
    is_time: bool = False

    @property
    def is_numeric(self) -> bool:
        """Whether there are values, and all of them are numbers."""
        given = [value for value in self.values if value is not None]
        return bool(given) and not any(isinstance(value, str) for value in given)


def order_of(field: Field) -> list[str]:
    """Texts of a field, each once: those that begin with a number by it, then the others by letter.

    Examples
    --------
    >>> order_of(Field("depth", ["deep", "10", "9", None, "deep"]))
    ['9', '10', 'deep']
    """
    return sorted({str(value) for value in field.values if value is not None}, key=_rank)


def _rank(text: str) -> tuple[bool, float, str]:
    try:
        number = float(text)
    except ValueError:
        return True, 0.0, text
    return math.isnan(number), 0.0 if math.isnan(number) else number, text


def numbers_of(field: Field) -> list[float | None]:
    """Values as finite numbers: those of a text field are its places in `order_of`; None where there is none.

    Examples
    --------
    >>> numbers_of(Field("opt", ["sgd", "adam", None])), numbers_of(Field("lr", [0.1, float("nan")]))
    ([1.0, 0.0, None], [0.1, None])
    """
    if field.is_numeric:
        return [None if value is None or not math.isfinite(value) else float(value) for value in field.values]  # type: ignore[arg-type]
    places = {text: float(place) for place, text in enumerate(order_of(field))}
    return [None if value is None else places[str(value)] for value in field.values]


def plain(text: Any) -> str:
    """Text that Plotly does not take for its HTML.

    Examples
    --------
    >>> plain("a < b")
    'a &lt; b'
    """
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
