"""What happens to names in a cell: its events, as `statements.py` reads them from Python.

What an event means depends on what the names stand for then, which `accounts.py` keeps account of.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["NO_NAMES", "Event", "Late", "Names", "unsure"]

Names = frozenset[str]
NO_NAMES: Names = frozenset()


@dataclass(eq=False)
class Late:
    """What a function does when it is called: events on names outside of it, and whether it changes what it is given.

    One that yields returns an iterator, which whoever reads it uses up.
    """

    events: list[Event] = field(default_factory=list)
    changes_arguments: bool = False
    yields: bool = False


@dataclass(eq=False)
class Event:
    """One thing that happens to names.

    Attributes
    ----------
    kind : str
        ``read``, ``bind``, ``change`` (in place), ``hold`` (`names` hold what `others` hold from now on), ``call`` (of `names`),
        ``method`` (`text` is the dotted path after the name), ``delete``, ``magic`` (`text`), ``fork`` and ``join`` (what is between
        them happens or not).
    names, others : frozenset of str
        What it happens to; whose objects are in the value, or are given.
    what : str
        Of ``bind``: ``value``, ``iterator``, ``code`` or ``import``.
    sure : bool
        It happens whenever what was before it has; of ``read``: here, and not only where a function is called.
    bare : bool
        Nothing is made of the result of a call.
    lates : list of Late
        Of functions that are in the value.
    """

    kind: str
    names: Names
    others: Names = NO_NAMES
    text: str = ""
    what: str = "value"
    sure: bool = False
    bare: bool = False
    lates: list[Late] = field(default_factory=list)


def unsure(event: Event) -> Event:
    """The same event, where it may happen or not."""
    return Event(event.kind, event.names, event.others, event.text, event.what, False, event.bare, event.lates) if event.sure else event
