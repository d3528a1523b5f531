"""Functions, classes and comprehensions seen from outside: their events without the names that are their own."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from jupyter_mlops.reproduction.events import NO_NAMES, Event, Late, Names, unsure

__all__ = ["aliases_of", "from_outside", "late_of", "late_of_function", "resolved"]


def late_of_function(events: list[Event], node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, declared: Names = NO_NAMES) -> Late:
    """What a function does that has these events in its body; `declared` global are not its own names."""
    params = frozenset(one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg))
    late = late_of(events, params, declared)
    late.yields = any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in ast.walk(node))
    return late


def late_of(events: list[Event], params: Names, declared: Names = NO_NAMES) -> Late:
    """The events of a function's body as they are seen from outside of it."""
    bound = frozenset(name for event in events if event.kind == "bind" for name in event.names)
    own = (bound | params) - declared
    aliases = aliases_of(events, own)
    inner = [one for event in events if event.kind == "bind" and event.names <= own for one in event.lates]
    seen = [from_outside(event, own, aliases) for event in events if event.kind not in ("bind", "delete") or not event.names <= own]
    for one in inner:  # functions in it, which it may call
        seen += [from_outside(event, own, aliases) for event in one.events]
    seen = [unsure(event) for event in seen if event.names or event.kind == "magic"]
    changing = (event for event in events if event.kind == "change" or (event.kind == "method" and event.what == "changes"))
    touched = frozenset(name for event in changing for name in _reach(event.names, aliases))
    passed_on = frozenset(name for event in events if event.kind == "call" for name in _reach(event.others, aliases))
    return Late(seen, bool((touched | passed_on) & params) or any(one.changes_arguments for one in inner))


def aliases_of(events: list[Event], own: Iterable[str]) -> dict[str, set[str]]:
    """Which names the own names of a scope may share objects with."""
    shared: dict[str, set[str]] = {name: set() for name in own}
    for event in events:
        if event.kind in ("bind", "hold"):
            for name in event.names & shared.keys():
                shared[name] |= event.others
    return shared


def _reach(names: Iterable[str], aliases: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    rest = list(names)
    while rest:
        name = rest.pop()
        if name not in found:
            found.add(name)
            rest += aliases.get(name, ())
    return found


def resolved(names: Iterable[str], aliases: dict[str, set[str]]) -> Names:
    return frozenset(_reach(names, aliases))


def from_outside(event: Event, own: Iterable[str], aliases: dict[str, set[str]]) -> Event:
    """An event with the names outside of a scope in place of the scope's own."""
    own = frozenset(own)
    names = event.names if event.kind in ("read", "bind", "delete") else resolved(event.names, aliases)
    others = resolved(event.others, aliases) - own
    kind = "change" if event.kind == "method" and event.what == "changes" and event.names <= own else event.kind
    return Event(kind, names - own, others, event.text, event.what, event.sure, event.bare, event.lates)
