"""What a cell does with names, read from its Python: its events in the order in which they happen. Nothing is executed."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterable, Iterator

from jupyter_mlops.reproduction.events import NO_NAMES, Event, Late, Names
from jupyter_mlops.reproduction.expressions import ExpressionReader
from jupyter_mlops.reproduction.known_calls import ITERATORS
from jupyter_mlops.reproduction.scopes import late_of, late_of_function

__all__ = ["events_of"]

_LOOPS = 3  # passes through a loop: what one turn binds, the next one reads


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
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [Event("magic", NO_NAMES, text=source)]
    reader = _StatementReader()
    for statement in tree.body:
        reader.statement(statement, sure=True)
    return reader.events


class _StatementReader(ExpressionReader):
    """Reads the statements of one scope into events."""

    def events_of(self, source: str) -> list[Event]:
        return events_of(source)

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
            self.add("read", [name], sure=True)
            self.add("change", [name])
            self.add("hold", [name], given)
            self.add("bind", [name], given | {name}, sure=sure)
        else:
            self.target(node.target, given, sure)

    def _delete(self, node: ast.Delete, sure: bool) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.add("read", [target.id], sure=True)
                self.add("delete", [target.id], sure=sure)
            else:
                self.target(target, NO_NAMES, sure)

    def _import(self, node: ast.Import | ast.ImportFrom, sure: bool) -> None:
        for alias in node.names:
            if alias.name != "*":  # what a star brought is seen when it was executed
                self.add("bind", [alias.asname or alias.name.partition(".")[0]], what="import", sure=sure, text=_origin(node, alias))

    _importfrom = _import

    def _global(self, node: ast.Global, sure: bool) -> None:
        """Of interest inside of functions alone, see `_function_late`."""

    _nonlocal = _global

    def _functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef, sure: bool) -> None:
        late = self._function_late(node)
        for decorator in node.decorator_list:
            self.value(decorator)
        if node.decorator_list:
            self.events += late.events  # it may be called by what decorates it
        self.add("bind", [node.name], self.defaults(node.args), what="code", sure=sure, lates=[late])

    _asyncfunctiondef = _functiondef

    def _classdef(self, node: ast.ClassDef, sure: bool) -> None:
        bases = frozenset().union(*(self.value(one) for one in (*node.bases, *node.decorator_list, *(k.value for k in node.keywords))))
        inner = _StatementReader()
        inner._block(node.body, True)
        late = late_of(inner.events, params=frozenset())
        methods = [one for event in inner.events for one in event.lates]
        self.events += late.events
        if node.decorator_list or node.bases or node.keywords:
            self.events += [event for one in methods for event in one.events]
        self.add("bind", [node.name], bases, what="code", sure=sure, lates=methods)

    def _function_late(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Late:
        inner = _StatementReader()
        inner._block(node.body)
        declared = frozenset(name for one in ast.walk(node) if isinstance(one, ast.Global) for name in one.names)
        return late_of_function(inner.events, node, declared)


def _origin(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    return f"{node.module or ''}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name


def _kind(node: ast.expr) -> str:
    """Whether an expression makes an iterator."""
    named = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    return "iterator" if isinstance(node, ast.GeneratorExp) or named in ITERATORS else "value"
