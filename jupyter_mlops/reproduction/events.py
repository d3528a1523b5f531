"""What a cell does with names, read from its Python: a list of events in the order in which they happen.

Nothing is executed. What an event means depends on what the names stand for then, which `slices.py` keeps account of.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from jupyter_mlops.reproduction.known_calls import HOLDS_ALL, ITERATORS, LOOKS_ONLY, MAKES_NEW, MUTATES_FIRST, SCALARS
from jupyter_mlops.reproduction.magic_calls import magic_of

__all__ = ["Event", "Late", "events_of"]

Names = frozenset[str]
_NONE: Names = frozenset()
_LOOPS = 3  # passes through a loop: what one turn binds, the next one reads


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
        It happens whenever what was before it has.
    bare : bool
        Nothing is made of the result of a call.
    lates : list of Late
        Of functions that are in the value.
    """

    kind: str
    names: Names
    others: Names = _NONE
    text: str = ""
    what: str = "value"
    sure: bool = False
    bare: bool = False
    lates: list[Late] = field(default_factory=list)


def events_of(source: str) -> list[Event]:
    """The events of a cell.

    Parameters
    ----------
    source : str
        Python, magics rewritten as IPython does. What cannot be read may read every name that it mentions.

    Examples
    --------
    >>> [(event.kind, *event.names) for event in events_of("total = count + 1\\nrows.append(total)")]
    [('read', 'count'), ('bind', 'total'), ('read', 'rows'), ('read', 'total'), ('method', 'rows'), ('hold', 'rows')]
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return [Event("magic", _NONE, text=source)]
    walk = _Walk()
    for statement in tree.body:
        walk.statement(statement, sure=True)
    return walk.events


class _Walk:
    """Reads statements and expressions of one scope into events."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.lates: list[Late] = []  # of the statement that is being read

    def add(self, kind: str, names: Iterable[str], others: Iterable[str] = (), **more: object) -> None:
        self.events.append(Event(kind, frozenset(names), frozenset(others), **more))  # type: ignore[arg-type]

    # ---- statements

    def statement(self, node: ast.stmt, sure: bool) -> None:
        self.lates = []
        read = getattr(self, f"_{type(node).__name__.lower()}", None)
        if read is not None:
            read(node, sure)
        else:
            self._compound(node, sure)

    def _block(self, nodes: Iterable[ast.stmt], sure: bool = False) -> None:
        for node in nodes:
            self.statement(node, sure)

    @contextlib.contextmanager
    def _branch(self) -> Iterator[None]:
        """What happens in it happens in turn, or not at all."""
        self.add("fork", ())
        yield
        self.add("join", ())

    def _compound(self, node: ast.AST, sure: bool) -> None:
        """``try``, ``match``, ``assert``, ``raise``, …: each statement in it may happen."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                self.statement(child, sure and not isinstance(node, ast.stmt))
            elif isinstance(child, ast.expr):
                self.value(child)
            elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
                with self._branch():
                    self._caught(child)
                    self._compound(child, True)
            else:
                self._caught(child)
                self._compound(child, False)

    def _caught(self, node: ast.AST) -> None:
        """The name of an except clause, or what a pattern catches."""
        name = getattr(node, "name", None) or getattr(node, "rest", None)
        if isinstance(name, str):
            self.add("bind", [name], self._all_read())

    def _all_read(self) -> Names:
        return frozenset(name for event in self.events if event.kind == "read" for name in event.names)

    def _if(self, node: ast.If, sure: bool) -> None:
        self.value(node.test)
        for body in (node.body, node.orelse):
            with self._branch():
                self._block(body, True)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        for _ in range(_LOOPS):
            carried = self.value(node.test if isinstance(node, ast.While) else node.iter)
            with self._branch():
                if not isinstance(node, ast.While):
                    self.target(node.target, carried, sure=True)
                self._block(node.body, True)
        self._block(node.orelse)

    def _for(self, node: ast.For, sure: bool) -> None:
        self._loop(node)

    def _asyncfor(self, node: ast.AsyncFor, sure: bool) -> None:
        self._loop(node)

    def _while(self, node: ast.While, sure: bool) -> None:
        self._loop(node)

    def _with(self, node: ast.With | ast.AsyncWith, sure: bool) -> None:
        with self._branch():  # an error in it may be silenced
            for item in node.items:
                carried = self.value(item.context_expr)
                if item.optional_vars is not None:
                    self.target(item.optional_vars, carried, sure=True)
            self._block(node.body, True)

    _asyncwith = _with

    def _expr(self, node: ast.Expr, sure: bool) -> None:
        self.value(node.value, bare=True)

    def _assign(self, node: ast.Assign, sure: bool) -> None:
        carried = self.value(node.value)
        for target in node.targets:
            self.target(target, carried, sure, _kind(node.value))

    def _annassign(self, node: ast.AnnAssign, sure: bool) -> None:
        self.value(node.annotation)
        if node.value is not None:
            self.target(node.target, self.value(node.value), sure)

    def _augassign(self, node: ast.AugAssign, sure: bool) -> None:
        given = self.value(node.value)
        if isinstance(node.target, ast.Name):
            name = node.target.id
            self.add("read", [name])
            self.add("change", [name])
            self.add("hold", [name], given)
            self.add("bind", [name], given | {name}, sure=sure)
        else:
            self.target(node.target, given, sure)

    def _delete(self, node: ast.Delete, sure: bool) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.add("read", [target.id])
                self.add("delete", [target.id], sure=sure)
            else:
                self.target(target, _NONE, sure)

    def _import(self, node: ast.Import | ast.ImportFrom, sure: bool) -> None:
        for alias in node.names:
            if alias.name != "*":  # what a star brought is seen when it was executed
                self.add("bind", [alias.asname or alias.name.partition(".")[0]], what="import", sure=sure, text=_origin(node, alias))

    _importfrom = _import

    def _global(self, node: ast.Global, sure: bool) -> None:
        """Of interest inside of functions alone, see `_late`."""

    _nonlocal = _global

    def _functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef, sure: bool) -> None:
        late = self.function(node)
        for decorator in node.decorator_list:
            self.value(decorator)
        if node.decorator_list:
            self.events += late.events  # it may be called by what decorates it
        self.add("bind", [node.name], _defaults(self, node.args), what="code", sure=sure, lates=[late])

    _asyncfunctiondef = _functiondef

    def _classdef(self, node: ast.ClassDef, sure: bool) -> None:
        bases = frozenset().union(*(self.value(one) for one in (*node.bases, *node.decorator_list, *(k.value for k in node.keywords))))
        inner = _Walk()
        inner._block(node.body, True)
        late = _late(inner.events, params=frozenset())
        methods = [one for event in inner.events for one in event.lates]
        self.events += late.events
        if node.decorator_list or node.bases or node.keywords:
            self.events += [event for one in methods for event in one.events]
        self.add("bind", [node.name], bases, what="code", sure=sure, lates=methods)

    # ---- targets

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
            return _NONE
        if isinstance(node, ast.Name):
            self.add("read", [node.id])
            return frozenset([node.id])
        if isinstance(node, ast.Call):
            return self._call(node, bare)
        if isinstance(node, ast.NamedExpr):
            carried = self.value(node.value)
            self.target(node.target, carried, sure=False)
            return carried | {node.target.id}
        if isinstance(node, ast.Lambda):
            late = self.function(node)
            _defaults(self, node.args)
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
        return _NONE if isinstance(node, (ast.Compare, ast.JoinedStr, ast.Slice)) else carried

    def _known(self, node: ast.expr) -> Names:
        """What `value` says of an expression that was read before."""
        length, lates = len(self.events), len(self.lates)
        carried = self.value(node)
        del self.events[length:], self.lates[lates:]
        return carried

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Names:
        inner = _Walk()
        for part in node.generators:
            inner.target(part.target, inner.value(part.iter), sure=True)
            for test in part.ifs:
                inner.value(test)
        made = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        carried = frozenset().union(*(inner.value(one) for one in made))
        own = {one.id for part in node.generators for one in ast.walk(part.target) if isinstance(one, ast.Name)}
        aliases = _aliases(inner.events, own)
        self.events += [_outside(event, own, aliases) for event in inner.events if event.kind != "bind" or not event.names <= own]
        self.lates += inner.lates
        return _resolve(carried, aliases) - own

    def _call(self, node: ast.Call, bare: bool) -> Names:
        magic = magic_of(node)
        if magic is not None:
            return self._magic(magic)
        path = _path(node.func)
        receiver = self.value(node.func.value) if isinstance(node.func, ast.Attribute) else _NONE
        called = self.value(node.func) if not isinstance(node.func, ast.Attribute) else _NONE
        first = self.value(node.args[0]) if node.args else _NONE
        given = first.union(*(self.value(one) for one in node.args[1:]), *(self.value(one.value) for one in node.keywords))
        if isinstance(node.func, ast.Attribute):
            return self._method(node, path, receiver, given, bare)
        if not isinstance(node.func, ast.Name):
            self.add("call", called, given)
            return called | given
        name = node.func.id
        if name in SCALARS:
            return _NONE
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
        return _NONE if name in MAKES_NEW and not in_place else receiver | given

    def _magic(self, magic: tuple[str, str]) -> Names:
        """Python behind a magic that executes it; of the others their text."""
        kind, body = magic
        if kind == "python":
            self.events += [_unsure(event) for event in events_of(body)]
        else:
            self.add("magic", _NONE, text=body)
        return _NONE

    # ---- functions

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Late:
        inner = _Walk()
        if isinstance(node, ast.Lambda):
            inner.value(node.body)
            declared: Names = _NONE
        else:
            inner._block(node.body)
            declared = frozenset(name for one in ast.walk(node) if isinstance(one, ast.Global) for name in one.names)
        params = frozenset(one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg))
        late = _late(inner.events, params, declared)
        late.yields = any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in ast.walk(node))
        return late


def _late(events: list[Event], params: Names, declared: Names = _NONE) -> Late:
    """The events of a function's body as they are seen from outside of it."""
    bound = frozenset(name for event in events if event.kind == "bind" for name in event.names)
    own = (bound | params) - declared
    aliases = _aliases(events, own)
    inner = [one for event in events if event.kind == "bind" and event.names <= own for one in event.lates]
    seen = [_outside(event, own, aliases) for event in events if event.kind not in ("bind", "delete") or not event.names <= own]
    for one in inner:  # functions in it, which it may call
        seen += [_outside(event, own, aliases) for event in one.events]
    seen = [_unsure(event) for event in seen if event.names or event.kind == "magic"]
    changing = (event for event in events if event.kind == "change" or (event.kind == "method" and event.what == "changes"))
    touched = frozenset(name for event in changing for name in _reach(event.names, aliases))
    passed_on = frozenset(name for event in events if event.kind == "call" for name in _reach(event.others, aliases))
    return Late(seen, bool((touched | passed_on) & params) or any(one.changes_arguments for one in inner))


def _aliases(events: list[Event], own: Iterable[str]) -> dict[str, set[str]]:
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


def _resolve(names: Iterable[str], aliases: dict[str, set[str]]) -> Names:
    return frozenset(_reach(names, aliases))


def _outside(event: Event, own: Iterable[str], aliases: dict[str, set[str]]) -> Event:
    """An event with the names outside of a scope in place of the scope's own."""
    own = frozenset(own)
    names = event.names if event.kind in ("read", "bind", "delete") else _resolve(event.names, aliases)
    others = _resolve(event.others, aliases) - own
    kind = "change" if event.kind == "method" and event.what == "changes" and event.names <= own else event.kind
    return Event(kind, names - own, others, event.text, event.what, event.sure, event.bare, event.lates)


def _unsure(event: Event) -> Event:
    return Event(event.kind, event.names, event.others, event.text, event.what, False, event.bare, event.lates) if event.sure else event


def _defaults(walk: _Walk, args: ast.arguments) -> Names:
    found = [walk.value(one) for one in (*args.defaults, *args.kw_defaults)]
    for one in ast.walk(args):
        if isinstance(one, ast.arg) and one.annotation is not None:
            walk.value(one.annotation)
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


def _origin(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    return f"{node.module or ''}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name


def _kind(node: ast.expr) -> str:
    """Whether an expression makes an iterator."""
    named = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    return "iterator" if isinstance(node, ast.GeneratorExp) or named in ITERATORS else "value"
