"""An account, cell by cell, of what each name stands for: the cell that bound it, whose objects its value may share, and the cells that
may have changed these since.

What cannot be known counts as a dependency, with the conventions of `known_calls.py`: a method of an object may change it, a
function of a library leaves alone what it is given.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from jupyter_mlops.reproduction.events import Event, Late
from jupyter_mlops.reproduction.known_calls import CONSUMES_RANDOM, FOR_EFFECT_ONLY, SETS_PROCESS
from jupyter_mlops.reproduction.statements import events_of

__all__ = ["Account", "ExecutedCell"]

_RANDOM = "@random"  # the state of the generators that belong to no name
_WORD = re.compile(r"[^\W\d]\w*")
_GIVEN = frozenset(dir(builtins)) | {"get_ipython", "display", "exit", "quit", "open"}


@dataclass(eq=False)
class ExecutedCell:
    """A cell as it was executed.

    Attributes
    ----------
    source : str
        As it was written.
    python : str
        With its magics rewritten as IPython does.
    bound : frozenset of str
        Names that it was seen to bind, those too that its text does not tell of.
    failed : bool
    cell_id : str or None
    count : int or None
        Its execution count.
    at : float, seconds since the Unix epoch
        When it ended; below 0 for cells of which nobody knows more than the text.
    """

    source: str
    python: str = ""
    bound: frozenset[str] = frozenset()
    failed: bool = False
    cell_id: str | None = None
    count: int | None = None
    at: float = 0.0


@dataclass(eq=False)
class _Value:
    """What a name stands for since one cell bound it."""

    cell: int
    what: str = "value"
    origin: str = ""
    holds: set[_Value] = field(default_factory=set)
    lates: set[Late] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)


@lru_cache(1000)
def _events(python: str) -> tuple[Event, ...]:
    return tuple(events_of(python))


class Account:
    """What names stand for after the cells that were executed so far."""

    def __init__(self) -> None:
        self.names: dict[str, set[_Value]] = {}
        self.needs: list[set[int]] = []
        self.used: list[dict[str, set[int]]] = []
        self.unknown: list[set[str]] = []
        self.unsure: list[set[str]] = []
        self.kept: list[int] = []
        self._bound: dict[tuple[int, str], _Value] = {}  # by event: a loop that is read again binds the same
        self._running: set[Late] = set()
        self._forks: list[dict[str, set[_Value]]] = []

    def unknown_in(self, place: int) -> set[str]:
        """Names that a cell uses, and that no cell has bound; a function may be called after what it reads is bound."""
        return self.unknown[place] | (self.unsure[place] - self.names.keys())

    def execute(self, place: int, cell: ExecutedCell) -> None:
        self.place, self.failed = place, cell.failed
        self.needs.append(set())
        self.used.append({})
        self.unknown.append(set())
        self.unsure.append(set())
        self._bound.clear()
        self._forks.clear()
        before = set(self.names)
        for event in _events(cell.python or cell.source):
            self._do(event)
        mentioned = frozenset(self.used[place])
        for name in cell.bound:  # by exec, a star, a magic: what is bound is known, what it holds is not
            if not any(value.cell == place for value in self.names.get(name, ())):
                if name in before:
                    self.needs[place] |= {value.cell for value in self.names[name]}
                self._assign(Event("bind", frozenset([name]), mentioned, sure=not cell.failed), name)
        self.needs[place].discard(place)

    # ---- events

    def _do(self, event: Event) -> None:
        getattr(self, f"_{event.kind}")(event)

    def _magic(self, event: Event) -> None:
        for name in set(_WORD.findall(event.text)) & self.names.keys():
            self._look_up(name)
            self._touch(self.names[name])

    def _bind(self, event: Event) -> None:
        for name in event.names:
            self._assign(event, name)

    def _read(self, event: Event) -> None:
        for name in event.names:
            self._look_up(name, event.sure)

    def _change(self, event: Event) -> None:
        values = self._values(event.names)
        self._touch(values)
        if any(value.what == "import" for value in values):  # as in os.environ["A"] = "1"
            self._keep()

    def _delete(self, event: Event) -> None:
        for name in event.names:
            gone = _Value(self.place)
            gone.changed = {value.cell for value in self.names.get(name, ())}
            self.names[name] = self.names.get(name, set()) | {gone}

    def _fork(self, event: Event) -> None:
        self._forks.append(dict(self.names))

    def _join(self, event: Event) -> None:
        for name, values in self._forks.pop().items():
            if self.names[name] is not values:
                self.names[name] = self.names[name] | values

    def _look_up(self, name: str, sure: bool = True) -> None:
        values = self.names.get(name)
        if values is None:
            if name not in _GIVEN and not (name.startswith("__") and name.endswith("__")):
                (self.unknown if sure else self.unsure)[self.place].add(name)
            return
        before = {value.cell for value in values} - {self.place}
        if before:
            self.used[self.place].setdefault(name, set()).update(before)
        reached = _reach(values)
        for value in reached:
            self.needs[self.place] |= {value.cell, *value.changed}
            if value.what == "iterator":
                value.changed.add(self.place)
        for late in {late for value in reached for late in value.lates} - self._running:
            self._running.add(late)
            for event in late.events:
                self._do(event)
            self._running.discard(late)
        self.needs[self.place].discard(self.place)

    def _assign(self, event: Event, name: str) -> None:
        key = (id(event), name)
        value = self._bound.get(key)
        held = {one for one in self._values(event.others) if one.what != "import"}
        if value is None:
            makes = any(late.yields for one in self._values(event.others) if one.what == "code" for late in one.lates)
            what = "iterator" if event.what == "value" and makes else event.what
            value = self._bound[key] = _Value(self.place, what, event.text)
        value.holds |= held - {value}
        value.lates |= set(event.lates)
        if event.what == "value":
            value.holds |= {one for late in event.lates for one in self._late_values(late)} - {value}
        if event.sure and not self.failed:
            self.names[name] = {value}
        else:
            self.names[name] = self.names.get(name, set()) | {value}

    def _touch(self, values: Iterable[_Value]) -> None:
        for value in _reach(values):
            value.changed.add(self.place)

    def _hold(self, event: Event) -> None:
        held = {one for one in self._values(event.others) if one.what != "import"}
        for value in self._values(event.names):
            if value.what != "import":
                value.holds |= held - {value}
                value.lates |= set(event.lates)

    def _call(self, event: Event) -> None:
        for value in self._values(event.names):
            if value.what == "import":
                if CONSUMES_RANDOM.fullmatch(f"{value.origin}"):
                    self._consume()
                if SETS_PROCESS.fullmatch(value.origin.rpartition(".")[2]):
                    self._keep()
                elif event.bare and value.origin.partition(".")[0] not in FOR_EFFECT_ONLY:
                    self._touch(self._values(event.others))
            elif value.what in ("value", "iterator"):
                self._touch([value])
            reached = _reach([value])
            if any(late.changes_arguments for one in reached for late in one.lates):
                self._touch([value, *self._values(event.others)])

    def _method(self, event: Event) -> None:
        values = self._values(event.names)
        modules = [value for value in values if value.what == "import"]
        if event.what == "changes":
            self._touch(value for value in values if value.what != "import")
        for module in modules:
            if CONSUMES_RANDOM.fullmatch(f"{module.origin}.{event.text}"):
                self._consume()
            if SETS_PROCESS.fullmatch(event.text):
                self._keep()
            elif event.bare and module.origin.partition(".")[0] not in FOR_EFFECT_ONLY:
                self._touch(self._values(event.others))

    # ---- what is behind them

    def _values(self, names: Iterable[str]) -> set[_Value]:
        return {value for name in names for value in self.names.get(name, ())}

    def _late_values(self, late: Late) -> set[_Value]:
        return {one for one in self._values(name for event in late.events for name in event.names) if one.what == "value"}

    def _consume(self) -> None:
        self.names.setdefault(_RANDOM, {_Value(self.place)})
        self._look_up(_RANDOM)
        self._touch(self.names[_RANDOM])
        self.used[self.place].pop(_RANDOM, None)

    def _keep(self) -> None:
        if self.place not in self.kept:
            self.kept.append(self.place)


def _reach(values: Iterable[_Value]) -> set[_Value]:
    """Values, and all that they hold."""
    found: set[_Value] = set()
    rest = list(values)
    while rest:
        value = rest.pop()
        if value not in found:
            found.add(value)
            rest += value.holds
    return found
