"""The order of a search's results: reads ``order_by``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_mlops.errors import InvalidFilter
from jupyter_mlops.storage.search.fields import NAME, check_characters, read_field
from jupyter_mlops.storage.search.subjects import Subject
from jupyter_mlops.storage.search.trees import Field

__all__ = ["Order", "parse_order_by"]

_MOST_FIELDS = 100  # each may be one more join
_ENTRY = re.compile(rf"\s*(?P<name>{NAME})(?:\s+(?P<direction>ASC|DESC))?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Order:
    """One key of an order. Missing values come last in both directions, NaN after the numbers.

    Attributes
    ----------
    field : Field
    descending : bool
    """

    field: Field
    descending: bool = False


def parse_order_by(order_by: Sequence[str] | None, subject: Subject) -> tuple[Order, ...]:
    """Read an ``order_by``; what decides between equals is appended, so that pages never overlap.

    Parameters
    ----------
    order_by : sequence of str or None
        Each ``"field [ASC|DESC]"``, ascending by default. None or empty is the subject's default order.
    subject : Subject

    Returns
    -------
    tuple of Order

    Raises
    ------
    InvalidFilter
        An entry cannot be read, names what `subject` cannot be ordered by, or repeats a field.

    Examples
    --------
    >>> from jupyter_mlops.storage.search.subjects import RUNS
    >>> for order in parse_order_by(["metrics.loss", "run_id DESC"], RUNS):
    ...     print(order.field.entity, order.field.key, order.descending)
    metric loss False
    attribute run_id True
    attribute start_time True
    """
    if isinstance(order_by, str):
        raise InvalidFilter(f"order_by is a list of str, one for each field: write [{order_by!r}].", order_by)
    if order_by and len(order_by) > _MOST_FIELDS:
        raise InvalidFilter(f"order_by names {len(order_by)} fields; at most {_MOST_FIELDS} are read.")
    orders: list[Order] = []
    for entry in order_by or subject.default_order:
        order = _read(entry, subject)
        if any(order.field == earlier.field for earlier in orders):
            raise InvalidFilter(f"order_by names the field of {entry!r} twice; keep one.", entry, 0)
        orders.append(order)
    for entry in subject.tie_break:
        order = _read(entry, subject)
        if all(order.field != earlier.field for earlier in orders):
            orders.append(order)
    return tuple(orders)


def _read(entry: str, subject: Subject) -> Order:
    if not isinstance(entry, str):
        raise InvalidFilter(f"order_by is a list of str such as 'metrics.loss DESC', not of {entry!r}.", str(entry))
    parts = _ENTRY.fullmatch(check_characters(entry))
    if not parts:
        start = _ENTRY.match(entry)
        raise InvalidFilter(
            "Expected one field and then ASC or DESC, such as 'metrics.loss DESC'; each field is an entry of its own.",
            entry,
            start.end() if start else 0,
        )
    field = read_field(parts["name"], subject, entry, parts.start("name"), subject.order_keys)
    if field.entity != "attribute" and field.entity not in subject.order_entities:
        raise InvalidFilter(
            f"A {subject.noun} cannot be ordered by a {field.entity}; "
            f"valid are {', '.join([*subject.order_keys, *(f'{e}s.<key>' for e in subject.order_entities)])}.",
            entry,
            parts.start("name"),
        )
    return Order(field, (parts["direction"] or "").upper() == "DESC")
