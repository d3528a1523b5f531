"""What the expressions of a cell do with names, and whose objects are in their values."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterable

from jupyter_mlops.context.magic_calls import magic_of
from jupyter_mlops.reproduction.events import NO_NAMES, Event, Late, Names, unsure
from jupyter_mlops.reproduction.known_calls import HOLDS_ALL, LOOKS_ONLY, MAKES_NEW, MUTATES_FIRST, SCALARS
from jupyter_mlops.reproduction.scopes import aliases_of, from_outside, late_of_function, resolved

__all__ = ["ExpressionReader"]


class ExpressionReader(ABC):
    """Reads the expressions of one scope into events."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.lates: list[Late] = []  # of the statement that is being read

    def add(self, kind: str, names: Iterable[str], others: Iterable[str] = (), **more: object) -> None:
        self.events.append(Event(kind, frozenset(names), frozenset(others), **more))  # type: ignore[arg-type]

    @abstractmethod
    def events_of(self, source: str) -> list[Event]:
        """The events of the Python behind a magic."""

    def target(self, node: ast.expr, carried: Names, sure: bool, what: str = "value") -> None:
        """Assign to a name, to a part of an object, or to several."""
        if isinstance(node, ast.Name):
            self.add("bind", [node.id], carried, what=what, sure=sure, lates=list(self.lates))
        elif isinstance(node, (ast.Tuple, ast.List)):
            for one in node.elts:
                self.target(one, carried, sure)
        elif isinstance(node, ast.Starred):
            self.target(node.value, carried, sure)
        elif isinstance(node, (ast.Attribute, ast.Subscript)):
            if isinstance(node, ast.Subscript):
                carried = carried | self.value(node.slice)
            changed = self.value(node.value)
            path = _path(node.value)
            self.add("change", changed, text=path[1] if path else "")
            self.add("hold", changed, carried, lates=list(self.lates))

    # ---- expressions: each returns the names whose objects are, or are in, its value

    def value(self, node: ast.expr | None, bare: bool = False) -> Names:
        if node is None or isinstance(node, ast.Constant):
            return NO_NAMES
        if isinstance(node, ast.Name):
            self.add("read", [node.id], sure=True)
            return frozenset([node.id])
        if isinstance(node, ast.Call):
            return self._call(node, bare)
        if isinstance(node, ast.NamedExpr):
            carried = self.value(node.value)
            self.target(node.target, carried, sure=False)
            return carried | {node.target.id}
        if isinstance(node, ast.Lambda):
            late = self._lambda_late(node)
            self.defaults(node.args)
            self.events += late.events  # what it is given to may call it at once
            self.lates.append(late)
            return frozenset(name for event in late.events for name in event.names)
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            return self._comprehension(node)
        carried = frozenset().union(*(self.value(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)))
        if isinstance(node, ast.Attribute):
            return carried
        if isinstance(node, ast.Subscript):
            return self._known(node.value)
        return NO_NAMES if isinstance(node, (ast.Compare, ast.JoinedStr, ast.Slice)) else carried

    def _known(self, node: ast.expr) -> Names:
        """What `value` says of an expression that was read before."""
        length, lates = len(self.events), len(self.lates)
        carried = self.value(node)
        del self.events[length:], self.lates[lates:]
        return carried

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Names:
        inner = type(self)()
        for part in node.generators:
            inner.target(part.target, inner.value(part.iter), sure=True)
            for test in part.ifs:
                inner.value(test)
        made = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        carried = frozenset().union(*(inner.value(one) for one in made))
        own = {one.id for part in node.generators for one in ast.walk(part.target) if isinstance(one, ast.Name)}
        aliases = aliases_of(inner.events, own)
        self.events += [from_outside(event, own, aliases) for event in inner.events if event.kind != "bind" or not event.names <= own]
        self.lates += inner.lates
        return resolved(carried, aliases) - own

    def _call(self, node: ast.Call, bare: bool) -> Names:
        magic = magic_of(node)
        if magic is not None:
            return self._magic(magic)
        path = _path(node.func)
        receiver = self.value(node.func.value) if isinstance(node.func, ast.Attribute) else NO_NAMES
        called = self.value(node.func) if not isinstance(node.func, ast.Attribute) else NO_NAMES
        first = self.value(node.args[0]) if node.args else NO_NAMES
        given = first.union(*(self.value(one) for one in node.args[1:]), *(self.value(one.value) for one in node.keywords))
        if isinstance(node.func, ast.Attribute):
            return self._method(node, path, receiver, given, bare)
        if not isinstance(node.func, ast.Name):
            self.add("call", called, given)
            return called | given
        name = node.func.id
        if name in SCALARS:
            return NO_NAMES
        if name in MUTATES_FIRST:
            self.add("change", first)
            self.add("hold", first, given)
        self.add("call", [name], given, bare=bare)
        return given if name in HOLDS_ALL else given | {name}

    def _method(self, node: ast.Call, path: tuple[str, str] | None, receiver: Names, given: Names, bare: bool) -> Names:
        assert isinstance(node.func, ast.Attribute)
        name = node.func.attr
        in_place = any(k.arg == "inplace" and not (isinstance(k.value, ast.Constant) and k.value.value is False) for k in node.keywords)
        text = path[1] if path else name
        self.add("method", receiver, given, text=text, bare=bare, what="looks" if name in LOOKS_ONLY and not in_place else "changes")
        if name not in LOOKS_ONLY and receiver:
            self.add("hold", receiver, given, text=text, lates=list(self.lates))
        return NO_NAMES if name in MAKES_NEW and not in_place else receiver | given

    def _magic(self, magic: tuple[str, str]) -> Names:
        """Python behind a magic that executes it; of the others their text."""
        kind, body = magic
        if kind == "python":
            self.events += [unsure(event) for event in self.events_of(body)]
        else:
            self.add("magic", NO_NAMES, text=body)
        return NO_NAMES

    def _lambda_late(self, node: ast.Lambda) -> Late:
        inner = type(self)()
        inner.value(node.body)
        return late_of_function(inner.events, node)

    def defaults(self, args: ast.arguments) -> Names:
        found = [self.value(one) for one in (*args.defaults, *args.kw_defaults)]
        for one in ast.walk(args):
            if isinstance(one, ast.arg) and one.annotation is not None:
                self.value(one.annotation)
        return frozenset().union(*found)


def _path(node: ast.expr) -> tuple[str, str] | None:
    """Name and dotted path after it: ``np.random.seed`` is ``("np", "random.seed")``."""
    parts: list[str] = []
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        else:
            node = node.value if isinstance(node, ast.Subscript) else node.func
    return (node.id, ".".join(reversed(parts))) if isinstance(node, ast.Name) else None
